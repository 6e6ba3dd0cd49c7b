/** Environment variables in properties: the dialogs keep them, and show their values. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { writeFlows } from "../../scripts/user-dir";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { Photographs } from "./photographs";

const OWN_APP = "0123456789abcdef0123456789abcdef";

const FLOW = [
  {
    id: "tab",
    type: "tab",
    label: "Kitchen",
    env: [
      { name: "Port", value: "4070", type: "num" },
      { name: "Account", value: "account", type: "str" },
      { name: "My_App", value: OWN_APP, type: "str" },
      { name: "Scopes", value: "user-top-read,user-read-email", type: "str" },
    ],
  },
  {
    id: "account",
    type: "spotify-session",
    z: "tab",
    name: "Mira",
    clientId: "${My_App}",
    followClientId: true,
    deviceName: "${Device_Name}",
    connect: true,
    port: "${Port}",
    version: 2,
  },
  {
    id: "token",
    type: "spotify-token",
    z: "tab",
    name: "",
    session: "${Account}",
    scopes: ["${Scopes}", "streaming"],
    scopesType: "list",
    clientIdType: "str",
    clientId: "${My_App}",
    source: "${Source}",
    emit: "${Emit}",
    output: "${Output}",
    authorizationHeader: true,
    version: 3,
    x: 100,
    y: 100,
    wires: [[]],
  },
  {
    id: "events",
    type: "spotify-events",
    z: "tab",
    name: "",
    session: "${Account}",
    kinds: ["state"],
    version: 1,
    x: 100,
    y: 200,
    wires: [[]],
  },
];

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`environment variables in the dialogs of ${runtime.title}`, function () {
    this.timeout(60_000);
    const photographs = new Photographs(`${index + 4}-variables`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      await writeFlows(workshop.userDir, FLOW);
      await workshop.run();
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    /** The properties that Node-RED would deploy for a node. */
    const stored = async (id: string): Promise<Record<string, unknown>> => {
      const nodes: { id: string }[] = await editor.page.evaluate(`RED.nodes.createCompleteNodeSet()`);
      const { credentials: _secret, ...properties } = nodes.find((node) => node.id === id) as {
        id: string;
        credentials?: unknown;
      };
      return properties;
    };
    const hint = async (id: string): Promise<string> =>
      (await editor.page.locator(`[id="${id}"]`).textContent()) ?? "";

    it("are valid, and stay the same if a dialog is opened and closed with Done", async () => {
      for (const id of ["token", "events"]) {
        const before = await stored(id);
        assert.equal(await editor.page.evaluate(`RED.nodes.node("${id}").valid`), true, id);
        await editor.openDialog(id);
        await editor.done();
        assert.deepEqual(await stored(id), before);
      }
      const before = await stored("account");
      assert.equal(await editor.page.evaluate(`RED.nodes.node("account").valid`), true);
      await editor.openConfig("account");
      await editor.updateAccount();
      assert.deepEqual(await stored("account"), before);
    });

    it("are shown with their values", async () => {
      await editor.openDialog("token");
      const { page } = editor;
      assert.equal(await hint("node-input-session-env-hint"), "Stands for the account “Mira”.");
      assert.equal(
        await hint("node-input-clientId-hint"),
        `Stands for “${OWN_APP}”, set in the flow “Kitchen”.`,
      );
      const row = page.locator("label.spotify-scope", { hasText: "${Scopes}" });
      assert.match(
        await row.innerText(),
        /Stands for “user-top-read,user-read-email”, set in the flow “Kitchen”\./,
      );
      await photographs.take(editor, "token");
      await editor.cancel();
    });

    it("are not guessed if only the machine that runs Node-RED has them", async () => {
      await editor.openConfig("account");
      assert.equal(
        await hint("spotify-device-hint"),
        "Set where Node-RED runs. The editor cannot see the value.",
      );
      await photographs.take(editor, "account");
      await editor.page.locator("#node-config-dialog-cancel").click();
      await editor.page.locator("#node-config-dialog-cancel").waitFor({ state: "detached" });
    });

    it("can be chosen instead of an account, and typed without the signs around the name", async () => {
      await editor.openDialog("events");
      const { page } = editor;
      await page.locator("#node-input-session").selectOption("account");
      assert.equal(await page.locator("#node-input-session-env").isVisible(), false);
      await page.locator("#node-input-session").selectOption({ label: "Environment variable…" });
      await page.locator("#node-input-session-env").fill("Account");
      assert.equal(await hint("node-input-session-env-hint"), "Stands for the account “Mira”.");
      await page.locator("#node-input-session-env").fill("My_App");
      assert.match(await hint("node-input-session-env-hint"), /is not the ID of an account here\.$/);
      await page.locator("#node-input-session-env").fill("Elsewhere");
      await editor.done();
      assert.equal((await stored("events"))["session"], "${Elsewhere}");
    });

    it("have caused no error in the page", () => {
      const ours = editor.problems.filter((problem) => !/404 .*\/spotify-session\/\w+\/status/.test(problem));
      assert.deepEqual(ours, []);
    });
  });
}
