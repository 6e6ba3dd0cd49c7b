/** An open dialog follows its account without polling. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser, WebSocketRoute } from "playwright-core";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { AccountDialog } from "./account-dialog";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { ACCOUNT } from "../installed/account-flow";

const TOKEN = "token-to-follow";
const TOPIC = "spotify-session/changed";
/** How long nothing happens, ms: long enough to notice a dialog that asks every two seconds. */
const QUIET = 2_500;

for (const runtime of RUNTIMES) {
  describe(`an open dialog in the editor of ${runtime.title}`, function () {
    this.timeout(60_000);
    // Each step begins where the last one ended.
    this.bail(true);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;
    let dialog: AccountDialog;
    /** The editor's connection to Node-RED. */
    let comms: WebSocketRoute;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      const client = await workshop.start();
      const credentials = {
        stateKey: randomBytes(32).toString("hex"),
        librespotCredentials: workshop.spotify.account.credentialsJson,
      };
      const common = { clientId: "keymaster", followClientId: true, deviceName: "Node-RED", connect: false };
      await client.deploy([
        { id: "tab", type: "tab", label: "Live" },
        { id: ACCOUNT, type: "spotify-session", name: "Living room", ...common, version: 1, credentials },
        {
          id: TOKEN,
          type: "spotify-token",
          z: "tab",
          name: "token",
          session: ACCOUNT,
          scopes: ["user-top-read"],
          clientId: "best",
          source: "auto",
          emit: "auto",
          authorizationHeader: true,
          version: 1,
          x: 200,
          y: 80,
          wires: [[]],
        },
      ]);
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
      await editor.page.routeWebSocket(/\/comms$/, (socket) => {
        comms = socket;
        socket.connectToServer();
      });
      await editor.page.reload();
      await editor.ready();
      await editor.page.evaluate(`
        window.subscriptions = 0;
        for (const [name, step] of [["subscribe", 1], ["unsubscribe", -1]]) {
          const original = RED.comms[name];
          RED.comms[name] = (topic, listener) => {
            if (topic === "${TOPIC}") window.subscriptions += step;
            original(topic, listener);
          };
        }`);
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    /** How often the dialogs have asked Node-RED. */
    const requests = async (path: "status" | "explain"): Promise<number> =>
      (await editor.answers()).filter(({ url }) => url.includes(`/${path}?`)).length;
    /** How often Node-RED has reported that an account has changed. */
    const notices = async (): Promise<number> =>
      (await editor.answers()).filter(({ url, text }) => url.endsWith("/comms") && text.includes(TOPIC))
        .length;
    /** Waits for a while, in which a dialog may ask once for each notice and no more. */
    const staysQuiet = async (path: "status" | "explain"): Promise<void> => {
      const before = { requests: await requests(path), notices: await notices() };
      await pause(QUIET);
      const asked = (await requests(path)) - before.requests;
      assert.ok(asked <= (await notices()) - before.notices, `${asked} requests`);
      // The session checks once whether the Web API accepts its tokens; there is no other change.
      assert.ok(asked <= 1, `${asked} requests`);
    };
    const subscriptions = (): Promise<number> => editor.page.evaluate("window.subscriptions");
    /** Waits until a dialog has asked more than `before` times. */
    const asked = async (path: "status" | "explain", before: number): Promise<number> => {
      for (const end = Date.now() + 10_000; Date.now() < end; await pause(50)) {
        const now = await requests(path);
        if (now > before) return now;
      }
      throw new Error(`The dialog has not asked for ${path} again.`);
    };

    it("asks for nothing while the account does not change", async () => {
      dialog = await AccountDialog.open(editor);
      await dialog.status(/Connected as newcomer/);
      await staysQuiet("status");
      await staysQuiet("status");
      assert.equal(await subscriptions(), 1);
    });

    it("shows a lost connection, and that it is back", async () => {
      await workshop.simulator.stopAccessPoints();
      await dialog.status(/The connection was lost/);
      await workshop.simulator.startAccessPoints();
      await dialog.status(/Connected as newcomer/);
    });

    it("asks once when the editor's own connection was lost", async () => {
      const before = await requests("status");
      await comms.close();
      await asked("status", before);
      await staysQuiet("status");
    });

    it("follows nothing after it is closed", async () => {
      await dialog.cancel();
      assert.equal(await subscriptions(), 0);
      const before = await requests("status");
      const { length } = await editor.answers();
      await comms.close();
      await pause(QUIET);
      assert.ok((await editor.answers()).length > length, "the editor has a new connection");
      assert.equal(await requests("status"), before);
    });

    it("explains a token again only when the account has changed", async () => {
      await editor.openDialog(TOKEN);
      await asked("explain", 0);
      await staysQuiet("explain");
      const first = await requests("explain");
      assert.equal(await subscriptions(), 1);
      await workshop.simulator.stopAccessPoints();
      await asked("explain", first);
      await workshop.simulator.startAccessPoints();
      await editor.cancel();
      assert.equal(await subscriptions(), 0);
    });

    it("has caused no error in the page", () => {
      assert.deepEqual(editor.problems, []);
    });
  });
}
