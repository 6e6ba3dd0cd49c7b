/** A flow of an older version in today's dialogs. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { writeFlows } from "../../scripts/user-dir";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";

const NODE_REDS_OWN: ReadonlySet<string> = new Set(["id", "type", "x", "y", "z", "wires", "name", "session"]);

const OLD_FLOW = [
  { id: "tab", type: "tab", label: "old", disabled: false, info: "" },
  // As version 0.1.0 stored it.
  {
    id: "account",
    type: "spotify-session",
    name: "",
    clientId: "",
    followClientId: true,
    deviceName: "",
    connect: false,
  },
  // As a person wrote it by hand.
  {
    id: "token",
    type: "spotify-token",
    z: "tab",
    name: "",
    session: "account",
    scopes: "user-top-read, streaming",
    x: 100,
    y: 100,
    wires: [[]],
  },
  {
    id: "events",
    type: "spotify-events",
    z: "tab",
    name: "",
    session: "account",
    x: 100,
    y: 200,
    wires: [[]],
  },
  {
    id: "newer",
    type: "spotify-token",
    z: "tab",
    name: "",
    session: "account",
    scopes: ["streaming"],
    source: "postman",
    version: 999,
    x: 100,
    y: 300,
    wires: [[]],
  },
];

for (const runtime of RUNTIMES) {
  describe(`an older flow in the editor of ${runtime.title}`, function () {
    this.timeout(120_000);
    this.bail(true);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      await writeFlows(workshop.userDir, OLD_FLOW);
      await workshop.run();
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url);
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    /** The properties that Node-RED would deploy for a node. */
    const stored = async (id: string): Promise<Record<string, unknown>> => {
      const nodes: { id: string }[] = await editor.page.evaluate(`RED.nodes.createCompleteNodeSet()`);
      const node = nodes.find((other) => other.id === id) as Record<string, unknown>;
      const ours = Object.entries(node).filter(([name]) => !NODE_REDS_OWN.has(name));
      return Object.fromEntries(ours);
    };
    const isValid = (id: string): Promise<boolean> => editor.page.evaluate(`RED.nodes.node("${id}").valid`);

    it("is valid before anything is opened, and does not change if its dialog is opened and cancelled", async () => {
      for (const id of ["account", "token", "events"]) assert.equal(await isValid(id), true, id);
      const before = await stored("token");
      await editor.openDialog("token");
      await editor.cancel();
      assert.deepEqual(await stored("token"), before);
      assert.equal(before["scopes"], "user-top-read, streaming");
    });

    it("shows a token node's properties as the runtime reads them, and saves what it shows", async () => {
      await editor.openDialog("token");
      const { page } = editor;
      assert.equal(await page.locator("#spotify-scope-chips li").count(), 2);
      assert.equal(await page.locator("#node-input-clientId-choice").inputValue(), "best");
      assert.equal(await page.locator("#node-input-emit").inputValue(), "input");
      assert.equal(await page.locator("#node-input-source").inputValue(), "auto");
      assert.equal(await page.locator("#node-input-authorizationHeader").isChecked(), true);
      await editor.done();
      assert.deepEqual(await stored("token"), {
        scopes: ["user-top-read", "streaming"],
        clientId: "best",
        source: "auto",
        emit: "input",
        authorizationHeader: true,
        output: "payload",
        scopesType: "list",
        clientIdType: "str",
        version: 3,
      });
      assert.equal(await editor.page.evaluate(`RED.nodes.node("token").changed`), true);
    });

    it("fills in the default device name of an account", async () => {
      await editor.openConfig("account");
      assert.equal(await editor.page.locator("#node-config-input-deviceName").inputValue(), "Node-RED");
      await editor.updateAccount();
      const { deviceName, version } = await stored("account");
      assert.deepEqual({ deviceName, version }, { deviceName: "Node-RED", version: 2 });
    });

    it("has every kind of event ticked if the node names none", async () => {
      await editor.openDialog("events");
      await editor.done();
      const { kinds, version } = await stored("events");
      assert.deepEqual(kinds, ["state", "client-id", "sign-in", "sign-in-expiring"]);
      assert.equal(version, 1);
    });

    it("keeps the version and the choices of a node that a newer version made", async () => {
      await editor.openDialog("newer");
      await editor.done();
      const { source, version } = await stored("newer");
      assert.deepEqual({ source, version }, { source: "postman", version: 999 });
    });

    it("has no problem in the page", () => assert.deepEqual(editor.problems, []));
  });
}
