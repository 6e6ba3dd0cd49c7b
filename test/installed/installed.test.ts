/** The tarball that npm would publish, in a real Node-RED, with the published examples. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DebugMessage, EditorClient } from "../../scripts/editor-client";
import { readExamples, signedIn } from "../../scripts/examples";
import type { FlowNode } from "../../scripts/user-dir";
import { CLIENT_IDS } from "../../src/core/knowledge";
import type { PlaybackState } from "../../src/player/playback-state";
import { CATALOGUE } from "../simulator/world/catalogue";
import { RUNTIMES } from "./runtimes";
import { filesBelow, foundIn, secretsOf } from "./secrets";
import { ADMIN_AUTH, logIn } from "./users";
import { Workshop } from "./workshop";

const PLAYER = "/v1/me/player";

for (const runtime of RUNTIMES) {
  describe(`installed into ${runtime.title}`, function () {
    this.timeout(120_000);
    let workshop: Workshop;
    let editor: EditorClient;
    /** The examples unchanged, and signed in. Node-RED keeps credentials that a deploy does not mention. */
    const unsigned = readExamples();
    let flows: FlowNode[];

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      flows = signedIn(readExamples(), workshop.spotify.account.credentialsJson);
      editor = await workshop.start();
    });

    after(async () => {
      await workshop?.close();
    });

    const nodeNamed = (name: string): FlowNode => {
      const found = flows.filter((node) => node.name === name && node.type !== "comment");
      assert.equal(found.length, 1, `nodes named "${name}"`);
      return found[0]!;
    };
    const idOf = (name: string): string => nodeNamed(name).id;
    const sessionIds = (): string[] =>
      flows.filter(({ type }) => type === "spotify-session").map(({ id }) => id);
    const stateFile = (sessionId: string): string =>
      join(workshop.userDir, "spotify-session", `${sessionId}.state`);
    const shown = (name: string, from = 0): Promise<DebugMessage> =>
      editor.waitForDebug((message) => message.name === name, { from });
    /** Presses a button, and waits for the output of the debug node. */
    const press = async (button: string, debugNode: string): Promise<unknown> => {
      const from = editor.debug.length;
      await editor.press(idOf(button));
      return (await shown(debugNode, from)).value;
    };
    const accessTokenIn = (value: unknown): string => (value as { accessToken: string }).accessToken;
    const keymasterRequests = (): number => workshop.simulator.stats.keymasterRequests.length;
    const deviceIds = (): string[] =>
      [...new Set(workshop.simulator.stats.logins.map(({ deviceId }) => deviceId))].toSorted();

    it("runs on the expected versions", () => {
      const { output } = workshop.red;
      assert.match(output, new RegExp(`Node-RED version: v${runtime.nodeRedVersion.replaceAll(".", "\\.")}`));
      assert.match(output, new RegExp(`Node\\.js\\s+version: ${runtime.nodeVersion.replaceAll(".", "\\.")}`));
    });

    it("loads its nodes without an error", async () => {
      const response = await editor.request("nodes", { headers: { accept: "application/json" } });
      const sets = (
        (await response.json()) as { module: string; types: string[]; enabled: boolean; err?: string }[]
      )
        .filter(({ module }) => module === "node-red-contrib-spotify-session")
        .toSorted((a, b) => (a.types[0] ?? "").localeCompare(b.types[0] ?? ""));
      assert.deepEqual(
        sets.map(({ types, enabled, err }) => ({ types, enabled, err })),
        [
          { types: ["spotify-events"], enabled: true, err: undefined },
          { types: ["spotify-now-playing"], enabled: true, err: undefined },
          { types: ["spotify-playback"], enabled: true, err: undefined },
          { types: ["spotify-request"], enabled: true, err: undefined },
          { types: ["spotify-session"], enabled: true, err: undefined },
          { types: ["spotify-token"], enabled: true, err: undefined },
        ],
      );
    });

    it("gives the examples a token and the song, without a request to the Web API", async () => {
      workshop.spotify.account.playback.play({ item: 0 });
      await editor.deploy(flows);
      const token = accessTokenIn((await shown("the newest token")).value);
      assert.ok(workshop.simulator.issuedTokens.some(({ accessToken }) => accessToken === token));
      assert.equal((await shown("the song")).value, "Loopback Lullaby · The Ephemeral Ports");
      const { webApiRequests } = workshop.simulator.stats;
      assert.deepEqual(
        webApiRequests.filter(({ path }) => path.startsWith(PLAYER)),
        [],
      );
      const status = await editor.waitForStatus(idOf("what is playing"), ({ fill }) => fill === "green");
      assert.equal(status.text, "Loopback Lullaby · The Ephemeral Ports");
    });

    it("serves the next request from memory", async () => {
      const first = await press("get a token", "the token on request");
      const before = keymasterRequests();
      assert.deepEqual(
        accessTokenIn(await press("get a token", "the token on request")),
        accessTokenIn(first),
      );
      assert.equal(keymasterRequests(), before);
    });

    it("takes scopes and client ID from the message", async () => {
      const token = await press("my favourites, as Desktop", "the token asked for");
      assert.deepEqual((token as { scopes: string[] }).scopes, ["user-top-read"]);
    });

    it("pauses and resumes with one button, and reports the next song when it starts", async () => {
      const { playback } = workshop.spotify.account;
      assert.equal(await press("press", "what plays now"), "Loopback Lullaby");
      assert.equal(playback.state.status, "paused");
      await press("press", "what plays now");
      assert.equal(playback.state.status, "playing");
      const from = editor.debug.length;
      playback.next();
      assert.equal((await shown("the song", from)).value, "Three-Way Handshake · Ada Bytewell");
    });

    it("changes the volume, and sets it", async () => {
      const [kitchen] = workshop.spotify.account.playback.devices;
      assert.equal(await press("20 %", "how loud it is"), 20);
      assert.equal(await press("louder", "how loud it is"), 25);
      assert.equal(kitchen?.volume, 25);
    });

    it("lowers the music for an announcement, and restores it", async () => {
      const { playback } = workshop.spotify.account;
      const before = playback.state.item?.name;
      assert.equal(await press("ring", "what plays again"), before);
      assert.deepEqual([playback.state.item?.name, playback.state.status], [before, "playing"]);
    });

    it("shows the song and the picture on a page, and then the next song", async () => {
      const page = await fetch(new URL("now-playing", workshop.red.url));
      assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
      assert.match(await page.text(), /fetch\("now-playing\/state"\)/);
      const ask = async (): Promise<PlaybackState> => {
        const answer = await fetch(new URL("now-playing/state", workshop.red.url));
        assert.equal(answer.status, 200);
        return (await answer.json()) as PlaybackState;
      };
      const { title, image } = await ask();
      assert.equal(title, "Three-Way Handshake");
      assert.match(image ?? "", /^https:\/\/i\.scdn\.co\/image\/[0-9a-f]{40}$/);
      const from = editor.debug.length;
      workshop.spotify.account.playback.next();
      await shown("the song", from);
      assert.equal((await ask()).title, "Sixty Seconds to Pong");
    });

    it("sets a scene for a playlist, and the usual light if nothing plays", async () => {
      const { playback } = workshop.spotify.account;
      const scene = async (action: () => void): Promise<string> => {
        const from = editor.debug.length;
        action();
        return ((await shown("the light", from)).value as { scene: string }).scene;
      };
      const { dinner } = CATALOGUE;
      assert.equal(await scene(() => playback.play({ context: dinner })), "dinner");
      assert.equal(await scene(() => playback.pause()), "usual");
      assert.equal(await scene(() => playback.play({ context: CATALOGUE.party })), "party");
      assert.equal(await scene(() => playback.play({ context: CATALOGUE.defaultPlaylist })), "music");
    });

    it("says good night after nothing has played for a while", async () => {
      const { playback } = workshop.spotify.account;
      const impatient = unsigned.map((node) =>
        node.type === "trigger" ? { ...node, duration: "50", units: "ms" } : node,
      );
      await editor.deploy(impatient, "nodes");
      const from = editor.debug.length;
      playback.pause();
      assert.equal((await shown("good night", from)).value, "sleep");
      playback.resume();
      await editor.deploy(unsigned, "nodes");
    });

    it("says so if nothing is playing", async () => {
      const { playback } = workshop.spotify.account;
      const [kitchen] = playback.devices;
      assert.ok(kitchen);
      const from = editor.debug.length;
      playback.stop();
      assert.equal((await shown("the song", from)).value, "Nothing is playing");
      playback.transfer(kitchen);
    });

    it("lets a Catch node tell errors apart by code", async () => {
      assert.match(
        String(await press("as Android", "what to do")),
        /^Not for this client ID\. Spotify does not give/,
      );
      const wrong = (await press("for an unknown scope", "what went wrong")) as { code: string };
      assert.equal(wrong.code, "INVALID_ARGUMENT");
      assert.ok(accessTokenIn(await press("as Desktop", "the token for Desktop")));
    });

    it("shows at once that Spotify is connected", async () => {
      const isOn = ({ name, value }: DebugMessage): boolean => name === "the lamp" && value === true;
      await editor.waitForDebug(isOn);
    });

    it("reports the state of the account at the start, and shows it", async () => {
      const first = (await shown("what else")).value as { kind: string; previous: unknown };
      assert.deepEqual([first.kind, first.previous], ["state", null]);
      const status = await editor.waitForStatus(idOf("what happens"), ({ fill }) => fill === "green");
      assert.equal(status.text, "connected");
    });

    it("works through a change of the client ID: best and a named one still work; the message says why", async () => {
      const { simulator, spotify } = workshop;
      const phone = simulator.officialApp(spotify.account, {
        clientId: CLIENT_IDS.android,
        name: "Anna’s phone",
      });
      const clientIdOf = (value: unknown): string => (value as { clientId: string }).clientId;
      const asked = await press("ask all three", "token as the account is");
      assert.equal(clientIdOf(asked), CLIENT_IDS.keymaster);
      let from = editor.debug.length;
      await phone.takeOver({ via: "frames" });
      assert.equal(
        (await shown("which client ID", from)).value,
        "android, because Anna’s phone took control",
      );
      const sentence = String((await shown("why there is no token", from)).value);
      assert.match(sentence, /^Spotify does not give the client ID android/);
      assert.match(sentence, /made it the account's client ID at .+ “Anna’s phone” took control/);
      assert.match(sentence, /Name the client ID keymaster/);
      for (const name of ["token as Desktop", "token of the best choice"]) {
        assert.equal(clientIdOf((await shown(name, from)).value), CLIENT_IDS.keymaster, name);
      }
      const status = await editor.waitForStatus(idOf("what happens"), ({ text }) => text !== "connected");
      assert.match(status.text ?? "", /^android since \d\d:\d\d$/);
      from = editor.debug.length;
      await phone.leave();
      assert.equal((await shown("which client ID", from)).value, "keymaster, as it is set");
      assert.equal(clientIdOf((await shown("token as the account is", from)).value), CLIENT_IDS.keymaster);
    });

    it("tells a Catch node how long to wait", async () => {
      workshop.simulator.faults.mercuryStatus = { value: 429, times: 1 };
      const probe = probeOf(idOf("token as the message says"), flows);
      const from = editor.debug.length;
      await editor.deploy([...unsigned, ...probe], "nodes");
      await editor.press(idOf("my playlists"));
      const { value } = await shown("probe", from);
      const { retryAfter, error } = value as { retryAfter: number; error: { code: string } };
      assert.deepEqual([error.code, retryAfter], ["RATE_LIMITED", 60]);
      await editor.deploy(unsigned, "nodes");
    });

    it("keeps tokens and device IDs during a full deploy", async () => {
      const token = accessTokenIn(await press("get a token", "the token on request"));
      const requests = keymasterRequests();
      const devices = deviceIds();
      assert.equal(devices.length, sessionIds().length);
      const { connections } = workshop.simulator.stats;
      await editor.deploy(unsigned, "full");
      await workshop.simulator.waitFor(
        () => workshop.simulator.stats.connections >= connections + sessionIds().length,
      );
      assert.equal(accessTokenIn(await press("get a token", "the token on request")), token);
      assert.equal(keymasterRequests(), requests);
      assert.deepEqual(deviceIds(), devices);
    });

    it("keeps the session during a deploy of changed nodes", async () => {
      const token = accessTokenIn(await press("get a token", "the token on request"));
      const { connections } = workshop.simulator.stats;
      const requests = keymasterRequests();
      const renamed = unsigned.map((node) =>
        node.type === "spotify-token" ? { ...node, info: "changed" } : node,
      );
      await editor.deploy(renamed, "nodes");
      assert.equal(accessTokenIn(await press("get a token", "the token on request")), token);
      assert.equal(keymasterRequests(), requests);
      assert.equal(workshop.simulator.stats.connections, connections);
    });

    it("closes its nodes within a second, and exits when it is told to", async () => {
      const token = accessTokenIn(await press("get a token", "the token on request"));
      const started = performance.now();
      // Its last lines may be lost: Node-RED exits without waiting for its output.
      const exit = await workshop.stop();
      const took = performance.now() - started;
      assert.deepEqual(exit, { code: 0, signal: null });
      assert.ok(took < 1000, `took ${Math.round(took)} ms`);

      const requests = keymasterRequests();
      const devices = deviceIds();
      editor = await workshop.start();
      assert.equal(accessTokenIn(await press("get a token", "the token on request")), token);
      assert.equal(keymasterRequests(), requests, "requests for a token that was still valid");
      assert.deepEqual(deviceIds(), devices);
    });

    it("keeps an account's state while its node is disabled, and deletes it with the node", async () => {
      const [kept, ...deleted] = sessionIds();
      assert.ok(kept !== undefined && sessionIds().every((id) => existsSync(stateFile(id))));
      const token = accessTokenIn(await press("get a token", "the token on request"));
      const requests = keymasterRequests();

      await editor.deploy(unsigned.map((node) => (node.id === kept ? { ...node, d: true } : node)));
      assert.ok(existsSync(stateFile(kept)), "the file of a disabled node");
      await editor.deploy(unsigned);
      assert.equal(accessTokenIn(await press("get a token", "the token on request")), token);
      assert.equal(keymasterRequests(), requests);

      await editor.deploy(unsigned.filter((node) => !deleted.includes(node.id)));
      for (const id of deleted) assert.ok(!existsSync(stateFile(id)), `the file of ${id}`);
      assert.ok(existsSync(stateFile(kept)), "the file of a node that was not deleted");
      await editor.deploy(flows);
    });

    it("deletes the state of an account whose node was disabled before it was deleted", async () => {
      const [id = ""] = sessionIds();
      await press("get a token", "the token on request");
      assert.ok(existsSync(stateFile(id)));
      await editor.deploy(unsigned.map((node) => (node.id === id ? { ...node, d: true } : node)));
      await editor.deploy(unsigned.filter((node) => node.id !== id));
      const deadline = performance.now() + 10_000;
      while (existsSync(stateFile(id))) {
        assert.ok(performance.now() < deadline, "the file is still there");
        await new Promise((resolve) => setImmediate(resolve));
      }
      await editor.deploy(flows);
      await press("get a token", "the token on request");
    });

    it("needs a permission to show the state of an account", async () => {
      await workshop.stop();
      const { url } = await workshop.run({ httpAdminRoot: "/some/where", adminAuth: ADMIN_AUTH });
      assert.match(url, /\/some\/where\/$/);
      const get = (token?: string, what = "status"): Promise<Response> =>
        fetch(
          new URL(`spotify-session/${sessionIds()[0]}/${what}`, url),
          token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
        );
      assert.equal((await get()).status, 401, "nobody");
      const guest = await logIn(url, "guest");
      assert.equal((await get(guest)).status, 401, "somebody who may see the flows only");
      for (const path of ["playing", "devices", "playlists"]) {
        assert.equal((await get(guest, path)).status, 401, `nor the ${path}`);
      }
      const response = await get(await logIn(url, "admin"));
      assert.equal(response.status, 200);
      const text = await response.text();
      assert.equal((JSON.parse(text) as { username: string }).username, "newcomer");
      assert.equal(foundIn(text, secretsOf(workshop, flows)), undefined);
    });

    it("has written no secret to its log or its flows, and no secret in plain text to any file", async () => {
      await workshop.stop();
      editor = await workshop.start();
      const secrets = secretsOf(workshop, flows);
      assert.ok(secrets.length > 8);
      const exported = await (await editor.request("flows")).text();
      assert.match(exported, /spotify-session/);
      assert.equal(foundIn(exported, secrets), undefined, "in the flows");
      for (const id of sessionIds()) {
        const credentials = await (await editor.request(`credentials/spotify-session/${id}`)).text();
        assert.match(credentials, /has_librespotCredentials/);
        assert.equal(foundIn(credentials, secrets), undefined, "in what the editor is told of credentials");
      }
      await workshop.stop();
      assert.match(workshop.output, /\[trace\]/);
      assert.equal(foundIn(workshop.output, secrets), undefined, "in the log");

      const files = await filesBelow(workshop.userDir);
      const ours = files.filter(({ path }) => path.startsWith("spotify-session"));
      assert.equal(ours.filter(({ path }) => path.endsWith(".state")).length, sessionIds().length);
      for (const { path, isOpen } of ours) assert.ok(!isOpen, `${path} can be read by others`);
      for (const { path, text } of files) assert.equal(foundIn(text, secrets), undefined, `in ${path}`);
    });
  });
}

/** A Catch node for one node, and a debug node that shows all errors that it catches. */
function probeOf(nodeId: string, flows: readonly FlowNode[]): FlowNode[] {
  const z = flows.find(({ id }) => id === nodeId)?.["z"];
  return [
    {
      id: "probe-catch",
      type: "catch",
      z,
      scope: [nodeId],
      uncaught: false,
      x: 0,
      y: 0,
      wires: [["probe-debug"]],
    },
    {
      id: "probe-debug",
      type: "debug",
      z,
      name: "probe",
      active: true,
      tosidebar: true,
      complete: "true",
      x: 0,
      y: 0,
      wires: [],
    },
  ];
}
