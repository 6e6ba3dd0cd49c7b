/** Where a node's tokens will come from, as its dialog says while the user chooses. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Browser, Locator } from "playwright-core";
import type { FlowNode } from "../../scripts/user-dir";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { AccountDialog, decide } from "./account-dialog";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { Photographs } from "./photographs";

const SERVED = "account-with-keymaster";
const REFUSED = "account-without-keymaster";
const NOBODY = "account-of-nobody";
const TOKEN = "token-to-explain";
const ASKING = "token-of-the-refused";
const DESKTOP = /^Works inside Spotify only: the Web API refuses Spotify’s desktop app since December 2025/;
const SCOPES = ["user-read-currently-playing", "user-top-read"];

function account(id: string, name: string, librespotCredentials?: string): FlowNode {
  const stateKey = randomBytes(32).toString("hex");
  const credentials = { stateKey, ...(librespotCredentials !== undefined && { librespotCredentials }) };
  const common = { clientId: "keymaster", followClientId: true, deviceName: "Node-RED", connect: false };
  return { id, type: "spotify-session", name, ...common, version: 1, credentials };
}

function token(id: string, properties: Record<string, unknown>): FlowNode {
  const common = { scopes: SCOPES, clientId: "best", source: "auto", authorizationHeader: true, version: 1 };
  return { id, type: "spotify-token", z: "tab", name: id, x: 200, wires: [[]], ...common, ...properties };
}

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`where tokens will come from, in the editor of ${runtime.title}`, function () {
    this.timeout(60_000);
    // Each step begins where the last one ended.
    this.bail(true);
    const photographs = new Photographs(`${index + 4}-explain`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;
    /** The client ID of the app that the user signs in with. */
    let ownApp: string;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      const { spotify, simulator } = workshop;
      const refused = simulator.addAccount({ username: "unlucky", keymaster: "refused" });
      simulator.browserAccount = refused;
      const client = await workshop.start();
      await client.deploy([
        { id: "tab", type: "tab", label: "Where from" },
        account(SERVED, "Living room", spotify.account.credentialsJson),
        account(REFUSED, "Kitchen", refused.credentialsJson),
        account(NOBODY, "Guests"),
        token(TOKEN, { session: SERVED, emit: "auto", y: 80 }),
        token(ASKING, { session: REFUSED, clientId: "keymaster", emit: "auto", y: 160 }),
      ]);
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
      await editor.status(TOKEN, /no Web API/);
      await editor.status(ASKING, /refused by Spotify/);
      await editor.openDialog(TOKEN);
      await editor.page.locator("#spotify-token-advanced > summary").click();
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    /** Each source and why, in the section Advanced. */
    const panel = (): Locator => editor.page.locator("#spotify-explanation");
    /** The sentence and the buttons, if they matter to every user. */
    const verdict = (): Locator => editor.page.locator("#spotify-verdict");
    /** Waits until the panel says this about the present choice. */
    const says = async (headline: RegExp): Promise<void> => {
      const settled = editor.page.locator(".spotify-explanation:not([data-waits])");
      await settled.locator(".spotify-headline", { hasText: headline }).waitFor();
    };
    const select = async (field: string, value: string): Promise<void> => {
      await editor.page.locator(`#node-input-${field}`).selectOption(value);
    };
    const addScope = async (scope: string): Promise<void> => {
      await editor.page.locator("#spotify-scope-search").fill(scope);
      await editor.page.locator("label.spotify-scope:visible", { hasText: scope }).click();
      await editor.page.locator("#spotify-scope-search").fill("");
    };
    const removeScopes = async (): Promise<void> => {
      const remove = editor.page.locator("#spotify-scope-chips li button");
      while ((await remove.count()) > 0) await remove.first().click();
    };
    const photograph = async (name: string): Promise<void> => {
      await editor.page.locator(".spotify-explanation:visible").last().scrollIntoViewIfNeeded();
      await photographs.take(editor, name);
    };
    /** How often the dialog has asked Node-RED. */
    const questions = async (): Promise<number> =>
      (await editor.answers()).filter(({ url }) => url.includes("/explain?")).length;

    it("says before a deploy that the Web API refuses the token, and what each source can do", async () => {
      await says(DESKTOP);
      assert.equal(await verdict().isVisible(), true, "also while the section Advanced is closed");
      await panel().locator("summary").click();
      assert.deepEqual(await panel().locator("li").allInnerTexts(), [
        "Sign-in with Desktop: there is none",
        "keymaster: gives tokens as Desktop",
        "Login5: gives no permissions; the Web API refuses its tokens",
      ]);
      await photograph("keymaster");
    });

    it("lets the user sign in with their own app after one click", async () => {
      await verdict().getByRole("button", { name: "Sign in with an own app" }).click();
      await editor.page.locator("#node-config-dialog-ok").waitFor();
      await editor.trayRests();
      const dialog = await AccountDialog.shown(editor);
      await dialog.part("app-form").waitFor();
      await dialog.cancel();
      await says(DESKTOP);
    });

    it("changes with the client ID, and leaves a reported refusal to the notice", async () => {
      await select("clientId-choice", "ios");
      await says(/^Works inside Spotify only, as far as is known: Spotify’s iOS app/);
      await select("clientId-choice", "android");
      await says(/Spotify’s Android app/);
      assert.equal(await verdict().isVisible(), false, "the notice is enough");
      assert.equal(await editor.page.locator("#spotify-refusal").getAttribute("data-kind"), "refused");
      assert.equal(await panel().locator("details").getAttribute("open"), "", "it stays unfolded");
      await photograph("doubtful");
      await panel().locator("summary").click();
      await select("clientId-choice", "best");
      await says(DESKTOP);
    });

    it("asks once, no matter how fast the user chooses", async () => {
      const before = await questions();
      for (const choice of ["ios", "android", "", "keymaster", "ios"])
        await select("clientId-choice", choice);
      await says(/Spotify’s iOS app/);
      assert.equal((await questions()) - before, 1);
      await select("clientId-choice", "best");
    });

    it("does not ask with an unfinished client ID", async () => {
      await select("clientId-choice", "own");
      await panel().waitFor({ state: "hidden" });
      await select("clientId-choice", "best");
      await says(DESKTOP);
    });

    it("says before anything is deployed that Login5 gives no permissions", async () => {
      await select("source", "login5");
      await says(/^Login5 gives no permissions, so the node would get an error/);
      assert.equal(await panel().locator("details").isVisible(), false, "it depends on no source");
      await photograph("login5-with-scopes");
      await removeScopes();
      await says(/^Will come from Login5: only Spotify’s own services take it, the Web API refuses it$/);
      await photograph("login5");
    });

    it("says what the node will give if no permissions are chosen", async () => {
      await select("source", "auto");
      await says(/^Will come from Login5/);
      await select("emit", "input");
      await verdict().getByText("As long as a message names no permissions in msg.scopes.").waitFor();
      await photograph("without-scopes");
      await select("source", "keymaster");
      await says(/^keymaster gives nothing without permissions: choose at least one$/);
      await select("source", "oauth");
      await says(/^There is no sign-in with Desktop/);
    });

    it("matches what the node then gives: a token of Login5, named as such", async () => {
      await select("source", "login5");
      await select("emit", "auto");
      await says(/^Will come from Login5/);
      await editor.done();
      await editor.deploy();
      assert.match(await editor.status(TOKEN, /login5/), /^\d\d:\d\d login5$/);
      await editor.openDialog(TOKEN);
      assert.equal(await editor.page.locator("#node-input-source").inputValue(), "login5");
      await select("source", "auto");
      for (const scope of SCOPES) await addScope(scope);
      await says(DESKTOP);
    });

    it("says since when keymaster refuses an account, and what helps", async () => {
      await select("session", REFUSED);
      await says(/^No source can give these permissions: sign in with an own app$/);
      await panel().locator("summary").click();
      const [, keymaster] = await panel().locator("li").allInnerTexts();
      assert.match(
        keymaster ?? "",
        /^keymaster: refused for this account since .*\d\d:\d\d.*, asked again tomorrow \d\d:\d\d/,
      );
      await photograph("refused-account");
    });

    it("leads to the account, and has changed when the user comes back from there", async () => {
      await verdict().getByRole("button", { name: "Sign in with an own app" }).click();
      await editor.page.locator("#node-config-dialog-ok").waitFor();
      await editor.trayRests();
      const dialog = await AccountDialog.shown(editor);
      const redirectUri = (await dialog.part("app-redirect").textContent()) ?? "";
      ({ clientId: ownApp } = workshop.simulator.addApp({ redirectUris: [redirectUri], name: "My flows" }));
      const { simulator } = workshop;
      const before = simulator.stats.keymasterRequests.length;
      const tab = await dialog.beginOwnApp(ownApp);
      await decide(tab, "agree");
      await dialog.said("app-message", "good", /Signed in as/);
      await tab.close();
      // A new sign-in may change anything: the other node asks keymaster again, on a fresh session too, in vain.
      await simulator.waitFor(() => simulator.stats.keymasterRequests.length >= before + 2);
      await dialog.cancel();
      await says(new RegExp(`^Will come from your app ${ownApp.slice(0, 8)}…$`));
      await photograph("own-app");
    });

    it("names the app that would work, if another client ID is chosen", async () => {
      await select("clientId-choice", "keymaster");
      await says(/^No source can give these permissions as Desktop: choose Best or your app [0-9a-f]{8}…$/);
      await photograph("other-app");
      await verdict()
        .getByRole("button", { name: /^Use your app/ })
        .click();
      await says(/^Will come from your app/);
      await select("clientId-choice", "keymaster");
      await verdict().getByRole("button", { name: "Let the node choose (best)" }).click();
      assert.equal(await editor.page.locator("#node-input-clientId").inputValue(), "best");
      await says(/^Will come from your app/);
    });

    it("says what the app's sign-in does not cover", async () => {
      await addScope("user-library-read");
      await says(/does not cover all of these permissions: sign in again with them$/);
      assert.match(
        (await panel().locator("li").first().innerText()) ?? "",
        /^Sign-in with your app [0-9a-f]{8}…: does not cover: See what you saved$/,
      );
      await photograph("lacks");
    });

    it("says that the account is not signed in", async () => {
      await select("clientId-choice", "best");
      await select("session", NOBODY);
      await says(/^This account is not signed in yet$/);
      await photograph("nobody");
    });

    it("asks nothing for a user without permission, and nothing about an account that is not deployed", async () => {
      const before = await questions();
      const pretend = (user: string): Promise<unknown> => editor.page.evaluate(`RED.settings.user = ${user}`);
      await pretend(`{ username: "guest", permissions: "flows.read" }`);
      await select("session", SERVED);
      await panel().waitFor({ state: "hidden" });
      await pretend("undefined");
      await editor.page.evaluate(`RED.nodes.node("${REFUSED}").changed = true`);
      await select("session", REFUSED);
      await panel().waitFor({ state: "hidden" });
      await removeScopes();
      // It still says what is certain.
      await says(
        /^Without permissions: all that an app’s sign-in has; .* Login5, which the Web API refuses$/,
      );
      await photograph("not-deployed");
      assert.equal(await questions(), before);
    });

    it("marks a node without permissions with a red triangle, until it has one", async () => {
      const triangle = editor.page.locator(`[id="${TOKEN}"] .red-ui-flow-node-error`);
      await editor.done();
      await triangle.waitFor({ state: "visible" });
      await photographs.take(editor, "triangle");
      await editor.openDialog(TOKEN);
      await addScope("user-top-read");
      await editor.done();
      await triangle.waitFor({ state: "hidden" });
    });

    it("has caused no error in the page", () => {
      assert.deepEqual(editor.problems, []);
    });
  });
}
