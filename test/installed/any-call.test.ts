/** The example “any other call of Spotify”, as published, in a real Node-RED: each button works at the first click. */
import assert from "node:assert/strict";
import type { EditorClient } from "../../scripts/editor-client";
import { readExample, signedIn } from "../../scripts/examples";
import { deployWithOwnApp } from "../../scripts/own-app";
import { CATALOGUE } from "../simulator/world/catalogue";
import { RUNTIMES } from "./runtimes";
import { Workshop } from "./workshop";

const FILE = "12 - any other call of Spotify.json";
const OTHERS = "Somebody else’s hits";

for (const runtime of RUNTIMES) {
  describe(`“any other call of Spotify” in ${runtime.title}`, function () {
    this.timeout(120_000);
    const flow = readExample(FILE);
    let workshop: Workshop;
    let editor: EditorClient;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      editor = await workshop.start();
      const { account } = workshop.spotify;
      // Followed playlists come first in the list, and the Web API does not return their tracks.
      account.playlists.add({ name: OTHERS, owner: "somebody-else" });
      const flows = signedIn(flow, account.credentialsJson);
      await deployWithOwnApp(editor, workshop.spotify, flows, workshop.red.url);
    });

    after(async () => {
      await workshop?.close();
    });

    const idOf = (button: string): string => {
      const found = flow.filter(({ name, type }) => name === button && type === "inject");
      assert.equal(found.length, 1, button);
      return found[0]!.id;
    };
    /** Presses a button, and waits for the output of a debug node. */
    const press = async (button: string, debugNode: string): Promise<unknown> => {
      const from = editor.debug.length;
      await editor.press(idOf(button));
      const shown = await editor.waitForDebug(({ name }) => name === debugNode || name === "why", { from });
      assert.equal(shown.name, debugNode, JSON.stringify(shown.value));
      return shown.value;
    };

    it("names all playlists, including followed ones", async () => {
      const own = CATALOGUE.playlists.map(({ name }) => name);
      assert.deepEqual(await press("read", "names"), [OTHERS, ...own]);
    });

    it("looks into the first playlist that the person owns, and leaves out followed ones", async () => {
      const [first] = CATALOGUE.playlists;
      const titles = first?.items.slice(0, 10).map(({ name }) => name);
      assert.ok(titles && titles.length > 0);
      assert.deepEqual(await press("look into one", "titles"), titles);
    });

    it("searches for the words in the message", async () => {
      assert.ok(Array.isArray(await press("Beethoven", "albums")));
      const asked = workshop.simulator.stats.webApiRequests.at(-1);
      assert.match(asked?.path ?? "", /^\/v1\/search/);
    });

    it("says why a call failed, and shows no result then", async () => {
      workshop.simulator.faults.webApiStatus = { value: 404, times: 1 };
      const from = editor.debug.length;
      await editor.press(idOf("read"));
      const { value } = await editor.waitForDebug(({ name }) => name === "why", { from });
      assert.match((value as { message: string }).message, /404/);
      assert.equal(
        editor.debug.slice(from).some(({ name }) => name === "names"),
        false,
      );
    });
  });
}
