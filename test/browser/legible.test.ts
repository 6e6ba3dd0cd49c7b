/** All dialogs can be read: in light and dark, wide and narrow. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Browser, Locator } from "playwright-core";
import type { FlowNode } from "../../scripts/user-dir";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { AccountDialog, type Way } from "./account-dialog";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { clippedTexts, faintTexts } from "./legibility";
import { Photographs } from "./photographs";

const SIGNED_IN = "account-that-is-signed-in";
const NEW = "account-that-is-new";
const TOKEN = "token-to-read";
const EVENTS = "events-to-read";
const PLAYING = "now-playing-to-read";

function account(id: string, name: string, librespotCredentials?: string): FlowNode {
  const stateKey = randomBytes(32).toString("hex");
  const credentials = { stateKey, ...(librespotCredentials !== undefined && { librespotCredentials }) };
  const common = { clientId: "keymaster", followClientId: true, deviceName: "Node-RED", connect: true };
  return { id, type: "spotify-session", name, ...common, version: 1, credentials };
}

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`the dialogs in the editor of ${runtime.title} can be read`, function () {
    this.timeout(120_000);
    this.bail(true);
    const photographs = new Photographs(`${index + 4}-legible`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      const client = await workshop.start();
      const common = { z: "tab", x: 200, wires: [[]], session: SIGNED_IN, version: 1 };
      await client.deploy([
        { id: "tab", type: "tab", label: "Legible" },
        account(SIGNED_IN, "Living room", workshop.spotify.account.credentialsJson),
        account(NEW, "Guests"),
        {
          ...common,
          id: TOKEN,
          type: "spotify-token",
          name: "",
          y: 80,
          // "" is not the default, so the section Advanced opens.
          clientId: "",
          scopes: ["user-read-currently-playing", "streaming", "a-scope-of-tomorrow"],
          source: "auto",
          emit: "input",
          authorizationHeader: true,
        },
        { ...common, id: EVENTS, type: "spotify-events", name: "", y: 160 },
        { ...common, id: PLAYING, type: "spotify-now-playing", name: "", y: 240, events: ["volume"] },
      ]);
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    const assertLegible = async (dialog: Locator, what: string): Promise<void> => {
      for (const width of [1400, 800]) {
        await editor.page.setViewportSize({ width, height: 1100 });
        await editor.trayRests();
        for (const theme of ["light", "dark"] as const) {
          await editor.useTheme(theme);
          assert.deepEqual(await faintTexts(dialog), [], `${what}, ${theme}, ${width} pixels wide`);
        }
        assert.deepEqual(await clippedTexts(dialog), [], `${what}, ${width} pixels wide`);
      }
      await editor.useTheme("light");
      await editor.page.setViewportSize({ width: 1400, height: 1100 });
      await photographs.take(editor, what);
    };
    const top = (): Locator => editor.page.locator(".red-ui-tray .spotify-dialog").last();

    it("the token node's, with its warnings", async () => {
      await editor.openDialog(TOKEN);
      const { page } = editor;
      assert.equal(await page.locator("#spotify-token-advanced").getAttribute("open"), "");
      for (const summary of await page.locator("#spotify-scope-list summary").all()) {
        const details = summary.locator("..");
        if ((await details.getAttribute("open")) === null) await summary.click();
      }
      await page.locator("#spotify-verdict:not([data-waits])").waitFor();
      await assertLegible(top(), "token");
      await page.locator("#node-input-clientId-choice").selectOption("android");
      await page.locator("#spotify-refusal[data-kind=refused]").waitFor();
      await assertLegible(top(), "token-refused");
      await editor.cancel();
    });

    it("the token node's, with permissions and a client ID that come from elsewhere", async () => {
      const { page } = editor;
      await editor.openDialog(TOKEN);
      await page.locator("#node-input-clientId-choice").selectOption("typed");
      await page.locator("#node-input-clientId-typed-row").waitFor();
      await page.evaluate(`$("#node-input-scopesFrom").typedInput("type", "flow")`);
      await page.locator("#spotify-scope-list").waitFor({ state: "hidden" });
      await assertLegible(top(), "token-typed");
      await editor.cancel();
    });

    it("the now-playing node's", async () => {
      await editor.openDialog(PLAYING);
      await assertLegible(top(), "now-playing");
      await editor.cancel();
    });

    it("the event node's", async () => {
      await editor.openDialog(EVENTS);
      await assertLegible(top(), "events");
      await editor.cancel();
    });

    it("the account's, with each way of signing in", async () => {
      await editor.openConfig(SIGNED_IN);
      const dialog = await AccountDialog.shown(editor);
      await dialog.status(/Connected as newcomer/);
      await editor.page.locator("#spotify-session-advanced summary").waitFor();
      for (const way of ["pair", "tap", "own-app", "import"] as Way[]) {
        await dialog.choose(way);
        await assertLegible(top(), `account-${way}`);
      }
      const { page } = editor;
      await page.locator("#spotify-credential-replace").click();
      await page.locator("#node-config-input-librespotCredentials").fill("no file");
      await page.locator("#spotify-credential-message[data-kind=bad]").waitFor();
      await dialog.part("sign-out-all").getByRole("button").click();
      await assertLegible(top(), "account-problem");
      await dialog.cancel();
      await editor.openConfig(NEW);
      await AccountDialog.shown(editor);
      await assertLegible(top(), "account-new");
      await dialog.cancel();
    });

    it("without an error in the page", () => assert.deepEqual(editor.problems, []));
  });
}
