/** Signing in and out in the account's dialog: all ways to do it, and how each of them may end. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { accountFlow, SCOPES, TOKEN } from "../installed/account-flow";
import { AdminClient } from "../installed/admin-client";
import { RUNTIMES } from "../installed/runtimes";
import { foundIn, secretsOf } from "../installed/secrets";
import { Workshop } from "../installed/workshop";
import { AccountDialog, decide, drop, historyOf, paste } from "./account-dialog";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { Photographs } from "./photographs";

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`signing in, in the editor of ${runtime.title}`, function () {
    this.timeout(60_000);
    // Each step begins where the last one ended.
    this.bail(true);
    const flow = accountFlow();
    const photographs = new Photographs(`${index + 4}-sign-in`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;
    let dialog: AccountDialog;
    /** Another device, on which a person is logged in to Spotify. */
    let phone: Page;
    let clientId: string;
    const visited: string[] = [];

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      workshop.simulator.policy.deviceInterval = 1;
      await (await workshop.start()).deploy(flow.nodes);
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
      dialog = await AccountDialog.open(editor);
      phone = await (await browser.newContext()).newPage();
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    const keymasterRequests = (): number => workshop.simulator.stats.keymasterRequests.length;
    const onPhone = async (address: string, decision: "agree" | "cancel", then: RegExp): Promise<void> => {
      await phone.goto(address);
      await decide(phone, decision);
      await phone.getByRole("heading", { name: then }).waitFor();
    };
    /** The browser has come back to Node-RED. */
    const cameBack = async (tab: Page, title: string): Promise<void> => {
      await tab.getByRole("heading", { name: title, exact: true }).waitFor();
      visited.push(...(await historyOf(tab)));
    };

    it("offers pairing with a code to a user who has no sign-in yet", async () => {
      await dialog.part("pair-start").waitFor();
      await dialog.signIns(0);
      await photographs.take(editor, "nobody");
    });

    it("shows a code, the same as a picture, and how long it is valid", async () => {
      const { code, address } = await dialog.getCode();
      assert.match(code, /^[A-Z]{6}$/);
      assert.equal(address, `${workshop.simulator.endpoints.accounts}/pair?code=${code}`);
      assert.equal(await dialog.page.locator("#spotify-pair-picture svg path").count(), 1);
      assert.match((await dialog.part("pair-countdown").textContent()) ?? "", /another (1:00:0[01]|59:\d\d)/);
      await dialog.said("pair-message", "busy", /Waiting/);
      await photographs.take(editor, "pair-code");
      await onPhone(address, "agree", /The device is paired/);
    });

    it("says whose account it is once the code was typed, and the node says what its tokens can do", async () => {
      await dialog.said("pair-message", "good", /Signed in as newcomer/);
      const [row] = await dialog.signIns(1);
      assert.match(row ?? "", /Paired with a code newcomer/);
      await dialog.part("session-status").filter({ hasText: "Connected as newcomer" }).waitFor();
      await editor.status(TOKEN, /no Web API/);
      await photographs.take(editor, "pair-done");
    });

    it("signs out of it, and no longer says anywhere that the account is signed in", async () => {
      const row = dialog.page.locator("#spotify-sign-ins > li", { hasText: "Paired with a code" });
      await row.getByRole("button", { name: /^Sign out/ }).click();
      await photographs.take(editor, "sign-out-question");
      await row.locator(".spotify-danger").click();
      await dialog.said("sign-out-message", "info", /Signed out/);
      await dialog.signIns(0);
      assert.equal(await dialog.page.locator(".spotify-message[data-kind=good]").count(), 0);
    });

    it("signs out of everything, and the node shows it", async () => {
      await dialog.choose("import");
      await paste(
        dialog.page.locator("#node-config-input-librespotCredentials"),
        workshop.spotify.account.credentialsJson,
      );
      await dialog.signIns(1);
      await dialog.signOut(dialog.part("sign-out-all"));
      await dialog.said("sign-out-message", "info", /Signed out of everything/);
      await dialog.signIns(0);
      assert.equal(await dialog.page.locator(".spotify-message[data-kind=good]").count(), 0);
      await dialog.choose("pair");
      await editor.status(TOKEN, /not signed in|sign in/i);
      await photographs.take(editor, "signed-out");
    });

    it("says that the code was refused, and offers a new one", async () => {
      await onPhone((await dialog.getCode()).address, "cancel", /not paired/);
      await dialog.said("pair-message", "bad", /cancelled|refused/i);
      await dialog.part("pair-begin").filter({ hasText: "Get a new code" }).waitFor();
      await photographs.take(editor, "pair-refused");
    });

    it("says that the code has expired, and offers a new one", async () => {
      const { policy } = workshop.simulator;
      const { deviceCodeLife } = policy;
      policy.deviceCodeLife = 3;
      await dialog.getCode();
      policy.deviceCodeLife = deviceCodeLife;
      await dialog.said("pair-message", "bad", /run out|expired/i);
      await dialog.part("pair-begin").filter({ hasText: "Get a new code" }).waitFor();
      await photographs.take(editor, "pair-over");
    });

    it("gives up a code when the user cancels", async () => {
      await dialog.getCode();
      const answered = dialog.page.waitForResponse((response) => response.request().method() === "DELETE");
      await dialog.part("pair-cancel").click();
      assert.equal((await answered).status(), 200);
      await dialog.part("pair-start").waitFor();
      assert.equal(await dialog.part("pair-message").getAttribute("data-kind"), "none");
    });

    it("gives up a code when the page is loaded again", async () => {
      const other = await EditorPage.open(browser, workshop.red.url);
      other.page.on("dialog", (question) => void question.accept());
      const begun = other.page.waitForResponse((response) => response.url().endsWith("/pairing"));
      await (await AccountDialog.open(other)).getCode();
      const { id } = (await (await begun).json()) as { id: string };
      await other.page.reload();
      const admin = new AdminClient(workshop.red.url);
      while ((await admin.ask("GET", `pairing/${id}`)).status !== 404) await other.page.waitForLoadState();
      await other.page.close();
    });

    it("shows the address to register, and says what is wrong with a client ID", async () => {
      await dialog.choose("own-app");
      const redirectUri = (await dialog.part("app-redirect").textContent()) ?? "";
      assert.equal(redirectUri, `${workshop.red.url}spotify-session/callback`);
      ({ clientId } = workshop.simulator.addApp({ redirectUris: [redirectUri], name: "My flows" }));
      await dialog.part("app-begin").click();
      await dialog.part("app-client-id-problem").filter({ hasText: "Fill in the client ID" }).waitFor();
      await photographs.take(editor, "app");
    });

    it("signs in with the user's own app: the browser comes back by itself", async () => {
      const before = keymasterRequests();
      const tab = await dialog.beginOwnApp(clientId);
      assert.equal(await tab.evaluate("window.opener"), null);
      assert.deepEqual(await tab.locator("#scopes li").allTextContents(), SCOPES);
      await photographs.take(editor, "app-running");
      await decide(tab, "agree");
      await cameBack(tab, "Signed in");
      await photographs.page(tab, "callback-done");
      await tab.close();
      await dialog.said("app-message", "good", /Signed in as newcomer/);
      const [row] = await dialog.signIns(1);
      assert.match(row ?? "", new RegExp(`Own app ${clientId}.*newcomer`));
      await editor.status(TOKEN, new RegExp(clientId.slice(0, 8)));
      assert.equal(keymasterRequests(), before);
      await photographs.take(editor, "app-done");
    });

    it("says that the user has refused the app", async () => {
      const tab = await dialog.beginOwnApp(clientId);
      await decide(tab, "cancel");
      await cameBack(tab, "Not signed in");
      await photographs.page(tab, "callback-failed");
      await tab.close();
      await dialog.said("app-message", "bad", /cancelled/);
      await photographs.take(editor, "app-refused");
    });

    it("completes a sign-in only in the browser that began it", async () => {
      const tab = await dialog.beginOwnApp(clientId);
      await phone.goto(tab.url());
      await decide(phone, "agree");
      await phone.getByRole("heading", { name: "One more step" }).waitFor();
      await photographs.page(phone, "callback-elsewhere");
      await decide(tab, "agree");
      await cameBack(tab, "Signed in");
      await tab.close();
      await dialog.said("app-message", "good", /Signed in as newcomer/);
    });

    it("refuses another account, and names both", async () => {
      const { simulator, account } = workshop.spotify;
      simulator.browserAccount =
        simulator.accounts.get("visitor") ?? simulator.addAccount({ username: "visitor" });
      const tab = await dialog.beginOwnApp(clientId);
      await decide(tab, "agree");
      await cameBack(tab, "Not signed in");
      await tab.close();
      simulator.browserAccount = account;
      const text = await dialog.said("app-message", "bad", /visitor/);
      assert.match(text, /belongs to newcomer/);
      await photographs.take(editor, "another-account");
    });

    it("accepts a pasted sign-in of librespot", async () => {
      await dialog.choose("import");
      const box = dialog.page.locator("#node-config-input-librespotCredentials");
      await box.fill('{"username":"newcomer"}');
      await dialog.said("credential-message", "bad", /some other file/);
      await photographs.take(editor, "import-wrong");
      await paste(box, workshop.spotify.account.credentialsJson);
      await dialog.said("credential-message", "good", /Signed in as newcomer/);
      assert.equal(await box.inputValue(), "");
      assert.match((await dialog.signIns(2)).join("\n"), /Imported sign-in newcomer/);
      await photographs.take(editor, "import-done");
    });

    it("accepts a dropped sign-in of go-librespot", async () => {
      const { username, storedCredential } = workshop.spotify.account;
      const data = storedCredential.toString("base64");
      const logins = workshop.simulator.stats.logins.length;
      const text = JSON.stringify({ device_id: "ab".repeat(20), credentials: { username, data } });
      await dialog.choose("pair");
      await drop(dialog.page.locator("#spotify-session-dialog"), "state.json", text);
      await dialog.said("credential-message", "good", /Signed in as newcomer/);
      assert.ok(workshop.simulator.stats.logins.length > logins);
    });

    it("has changed nothing that must be deployed", async () => {
      await dialog.cancel();
      assert.equal(await editor.page.locator("#red-ui-header-button-deploy.disabled").count(), 1);
    });

    it("has shown no secret to the browser, and written none to the log", async () => {
      const secrets = secretsOf(workshop, flow.nodes);
      assert.ok(secrets.length > 15);
      const answers = await editor.answers();
      assert.ok(answers.some(({ url }) => url.includes("/authorization/")));
      assert.ok(answers.some(({ url }) => url.includes("/pairing/")));
      for (const { url, text } of answers) assert.equal(foundIn(url + text, secrets), undefined, url);
      assert.ok(visited.some((address) => address.endsWith("/callback/done")));
      for (const address of visited) {
        assert.equal(foundIn(address, secrets), undefined, address);
        assert.doesNotMatch(address, /callback\?/);
      }
      assert.equal(foundIn(editor.said.join("\n"), secrets), undefined, "on the console");
      await workshop.stop();
      assert.match(workshop.output, /\[trace\]/);
      assert.equal(foundIn(workshop.output, secrets), undefined, "in the log");
      assert.deepEqual(
        editor.problems.filter((problem) => !/40[04] |ERR_CONNECTION/.test(problem)),
        [],
      );
    });
  });
}
