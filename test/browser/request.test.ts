/** spotify-request in the editor: a person who knows no path finds a call, learns what it needs, and gets an answer. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Browser, Locator } from "playwright-core";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { AccountDialog, decide } from "./account-dialog";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { clippedTexts, faintTexts } from "./legibility";
import { Photographs } from "./photographs";

const ACCOUNT = "account";
const REQUEST = "request-to-write";
const INJECT = "inject-to-press";

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`spotify-request in the editor of ${runtime.title}`, function () {
    this.timeout(60_000);
    // Each step begins where the last one ended.
    this.bail(true);
    const photographs = new Photographs(`${index + 4}-request`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;
    let ownApp: string;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      const { account } = workshop.spotify;
      const client = await workshop.start();
      const credentials = {
        librespotCredentials: account.credentialsJson,
        stateKey: randomBytes(32).toString("hex"),
      };
      await client.deploy([
        { id: "tab", type: "tab", label: "Requests" },
        { id: ACCOUNT, type: "spotify-session", name: "Mira", clientId: "", credentials },
        {
          id: INJECT,
          type: "inject",
          z: "tab",
          name: "",
          props: [],
          repeat: "",
          x: 120,
          y: 80,
          wires: [[REQUEST]],
        },
        { id: REQUEST, type: "spotify-request", z: "tab", name: "", session: "", x: 360, y: 80, wires: [[]] },
      ]);
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    const top = (): Locator => editor.page.locator(".red-ui-tray .spotify-dialog").last();
    const pathInput = (): Locator =>
      editor.page.locator("#node-input-path + .red-ui-typedInput-container .red-ui-typedInput-input");
    const method = (): Promise<string> => editor.page.locator("#node-input-method").inputValue();
    const path = (): Promise<string> => editor.page.locator("#node-input-path").inputValue();
    const said = (text: RegExp): Promise<void> =>
      editor.page.locator("#spotify-call").filter({ hasText: text }).waitFor();
    const suggestions = (): Locator => editor.page.locator(".spotify-suggestion");
    const property = (name: string): Promise<unknown> =>
      editor.page.evaluate(`RED.nodes.node(${JSON.stringify(REQUEST)})[${JSON.stringify(name)}]`);

    /** Types like a person, key by key. */
    async function type(text: string): Promise<void> {
      await pathInput().fill("");
      await pathInput().pressSequentially(text);
    }

    const assertLegible = async (what: string): Promise<void> => {
      for (const width of [1400, 800]) {
        await editor.page.setViewportSize({ width, height: 1100 });
        await editor.trayRests();
        for (const theme of ["light", "dark"] as const) {
          await editor.useTheme(theme);
          assert.deepEqual(await faintTexts(top()), [], `${what}, ${theme}, ${width} pixels wide`);
        }
        assert.deepEqual(await clippedTexts(top()), [], `${what}, ${width} pixels wide`);
      }
      await editor.useTheme("light");
      await editor.page.setViewportSize({ width: 1400, height: 1100 });
      await photographs.take(editor, what);
    };

    it("has its call as its label", async () => {
      await editor.page.locator(`[id="${REQUEST}"]`, { hasText: "GET /me/playlists" }).waitFor();
    });

    it("says that pairing is not enough for its call, before it gets a message", async () => {
      await editor.openDialog(REQUEST);
      await editor.page.locator("#node-input-session").selectOption(ACCOUNT);
      const verdict = editor.page.locator("#spotify-verdict");
      await verdict.filter({ hasText: /^The account cannot make this call yet/ }).waitFor();
      await verdict.getByRole("button", { name: "Sign in with an own app" }).waitFor();
      await said(/^Needs the permission: “See your private playlists”/);
      await assertLegible("paired");
    });

    it("finds a call by words, with the keyboard alone", async () => {
      const { page } = editor;
      await type("playlist items");
      await suggestions().first().waitFor();
      assert.equal(await suggestions().first().innerText(), "GET\n/playlists/{playlist_id}/items");
      await photographs.take(editor, "suggestions");
      await page.keyboard.press("Enter");
      await said(/Taken from the message: msg\.playlist_id/);
      assert.deepEqual([await method(), await path()], ["GET", "/playlists/{playlist_id}/items"]);
      assert.equal(await page.locator("#spotify-body-row").isVisible(), false);
      assert.equal(await page.locator("#spotify-all-row").isVisible(), true);
      await page.locator("#spotify-query-hint").filter({ hasText: "limit (at most 50)" }).waitFor();
    });

    it("finds a call of another method, with the mouse", async () => {
      const { page } = editor;
      await type("library");
      await suggestions().filter({ hasText: "PUT" }).first().click();
      assert.deepEqual([await method(), await path()], ["PUT", "/me/library"]);
      assert.equal(await page.locator("#spotify-body-row").isVisible(), true);
      assert.equal(await page.locator("#spotify-all-row").isVisible(), false);
      await page.locator("#spotify-query-hint").filter({ hasText: "uris (required)" }).waitFor();
      await said(/For some things it also needs/);
    });

    it("says since when Spotify no longer offers a call, and what replaces it", async () => {
      const { page } = editor;
      await type("/me/tracks");
      await page.keyboard.press("Escape");
      await page.locator("#node-input-method").selectOption("PUT");
      const gone = page.locator("#spotify-call-gone");
      await gone.filter({ hasText: "Since March 9, 2026 Spotify no longer offers this call" }).waitFor();
      await assertLegible("gone");
      await gone.getByRole("button", { name: "Use PUT /me/library" }).click();
      await gone.waitFor({ state: "hidden" });
      assert.deepEqual([await method(), await path()], ["PUT", "/me/library"]);
    });

    it("says that a path is not known, and where to choose permissions", async () => {
      await type("/me/moods");
      await said(/^This call is not known here/);
    });

    it("is marked if the path leads to another host", async () => {
      await type("https://example.com/v1/me");
      await editor.page.locator("#node-input-name").focus();
      await editor.page
        .locator("#node-input-path.input-error + .red-ui-typedInput-container.input-error")
        .first()
        .waitFor();
    });

    it("has an app that was signed in from there, and offers it as a client ID", async () => {
      const { page } = editor;
      await type("search");
      await page.keyboard.press("Enter");
      await page.locator("#spotify-verdict").getByRole("button", { name: "Sign in with an own app" }).click();
      await page.locator("#node-config-dialog-ok").waitFor();
      await editor.trayRests();
      const dialog = await AccountDialog.shown(editor);
      const redirectUri = (await dialog.part("app-redirect").textContent()) ?? "";
      ({ clientId: ownApp } = workshop.simulator.addApp({ redirectUris: [redirectUri], name: "My flows" }));
      const tab = await dialog.beginOwnApp(ownApp);
      await decide(tab, "agree");
      await dialog.said("app-message", "good", /Signed in as/);
      await tab.close();
      await dialog.cancel();
      await page.locator("#spotify-verdict").waitFor({ state: "hidden" });
      await page.locator("#spotify-request-advanced > summary").click();
      const option = page.locator("#node-input-clientId-choice option", {
        hasText: `Your app ${ownApp.slice(0, 8)}…`,
      });
      assert.equal(await option.getAttribute("value"), ownApp);
      await page
        .locator("#spotify-explanation")
        .filter({ hasText: `your app ${ownApp.slice(0, 8)}` })
        .waitFor();
      await assertLegible("advanced");
    });

    it("asks Spotify when a message comes, and shows the answer", async () => {
      const { page } = editor;
      assert.deepEqual([await method(), await path()], ["GET", "/search"]);
      await page.evaluate(
        `$("#node-input-query").typedInput("value", JSON.stringify({ q: "Big-Endian", type: "track" }))`,
      );
      await photographs.take(editor, "search");
      await editor.done();
      assert.equal(await property("valid"), true);
      await editor.deploy();
      await page.locator(`[id="${INJECT}"] .red-ui-flow-node-button-button`).click();
      await editor.status(REQUEST, /^200$/);
      await photographs.take(editor, "answered");
    });

    it("is unchanged after the dialog was opened and closed", async () => {
      await editor.openDialog(REQUEST);
      await editor.done();
      assert.equal(await property("changed"), false);
    });

    it("without an error in the page", () => assert.deepEqual(editor.problems, []));
  });
}
