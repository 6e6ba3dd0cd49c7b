/** Where an editor may be opened, and by whom. A sign-in ends in a different way at each place. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { ACCOUNT, accountFlow, SCOPES, TOKEN } from "../installed/account-flow";
import { AdminClient } from "../installed/admin-client";
import { RUNTIMES } from "../installed/runtimes";
import { foundIn, secretsOf } from "../installed/secrets";
import { ADMIN_AUTH, logIn, PASSWORD } from "../installed/users";
import { Workshop } from "../installed/workshop";
import { startPrefixProxy, type PrefixProxy } from "../support/prefix-proxy";
import { AccountDialog, decide, paste } from "./account-dialog";
import { launchChromium, OTHER_ADDRESS, OTHER_NAME } from "./chromium";
import { EditorPage } from "./editor-page";
import { Photographs } from "./photographs";

const CALLBACK = "spotify-session/callback";

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`signing in, wherever the editor of ${runtime.title} is`, function () {
    this.timeout(60_000);
    const flow = accountFlow();
    const photographs = new Photographs(`${index + 4}-sign-in`);
    let workshop: Workshop;
    let browser: Browser;
    let proxy: PrefixProxy;
    let editor: EditorPage;
    let dialog: AccountDialog;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      workshop.simulator.policy.deviceInterval = 1;
      await (await workshop.start({ httpAdminRoot: "/admin" })).deploy(flow.nodes);
      proxy = await startPrefixProxy(workshop.red.url, "/some/prefix/");
      browser = await launchChromium();
    });

    after(async () => {
      await browser?.close();
      await proxy?.close();
      await workshop?.close();
    });

    /** Opens the account's dialog in the editor at this address. */
    const openAt = async (url: string): Promise<void> => {
      editor = await EditorPage.open(browser, url, { height: 1100 });
      dialog = await AccountDialog.open(editor);
    };
    const redirectUri = async (): Promise<string> => (await dialog.part("app-redirect").textContent()) ?? "";
    const beginAt = async (registered: string): Promise<{ tab: Page; clientId: string }> => {
      const { clientId } = workshop.simulator.addApp({ redirectUris: [registered] });
      return { tab: await dialog.beginOwnApp(clientId), clientId };
    };
    const tokenIsOf = (clientId: string): Promise<string> =>
      editor.status(TOKEN, new RegExp(clientId.slice(0, 8)));

    afterEach(async () => {
      await editor?.close();
    });

    describe("behind a proxy whose path differs from Node-RED's", () => {
      it("pairs with a code", async () => {
        await openAt(proxy.url);
        await dialog.choose("pair");
        const { code } = await dialog.getCode();
        workshop.simulator.pair(code, workshop.spotify.account);
        await dialog.said("pair-message", "good", /Signed in as newcomer/);
        await editor.status(TOKEN, /no Web API/);
      });

      it("has the browser come back to the path that the browser knows", async () => {
        await openAt(proxy.url);
        await dialog.choose("own-app");
        assert.equal(await redirectUri(), proxy.url + CALLBACK);
        const { tab, clientId } = await beginAt(proxy.url + CALLBACK);
        await decide(tab, "agree");
        await tab.getByRole("heading", { name: "Signed in", exact: true }).waitFor();
        assert.equal(tab.url(), `${proxy.url}${CALLBACK}/done`);
        await dialog.said("app-message", "good", /Signed in as newcomer/);
        await tokenIsOf(clientId);
      });
    });

    describe("on a machine other than the browser's", () => {
      let other: PrefixProxy;
      /** The address that the browser could not open, which its address bar shows. */
      const endOf = async (tab: Page): Promise<string> => {
        const asked = tab.waitForRequest((request) => request.url().includes(CALLBACK));
        const failed = tab.waitForEvent("requestfailed");
        await decide(tab, "agree");
        await failed;
        return (await asked).url();
      };

      before(async () => {
        other = await startPrefixProxy(workshop.red.url, "/red/", OTHER_ADDRESS);
      });

      after(async () => {
        await other?.close();
      });

      beforeEach(async () => {
        const url = new URL(other.url);
        url.hostname = OTHER_NAME;
        await openAt(url.href);
        await dialog.choose("own-app");
      });

      it("says in advance that an address will have to be pasted, and accepts it", async () => {
        assert.equal(await redirectUri(), other.url.replace(OTHER_ADDRESS, "127.0.0.1") + CALLBACK);
        await dialog.part("app-ahead").waitFor();
        await photographs.take(editor, "elsewhere");
        const { tab, clientId } = await beginAt(await redirectUri());
        const address = await endOf(tab);
        await tab.close();
        await dialog.part("app-pasted").waitFor();
        await paste(dialog.part("app-pasted"), address);
        await dialog.said("app-message", "good", /Signed in as newcomer/);
        await tokenIsOf(clientId);
      });

      it("says what is wrong with an address of another page", async () => {
        const { tab } = await beginAt(await redirectUri());
        const problem = dialog.part("app-pasted-problem");
        const box = dialog.part("app-pasted");
        const wrong: readonly [string, RegExp][] = [
          ["nonsense", /not a whole address/],
          [tab.url().replace(/^http:\/\/[^/]+/, "https://accounts.spotify.com"), /still Spotify’s own page/],
          ["http://127.0.0.1:1/other?code=1&state=2", /some other page/],
          [await redirectUri(), /The end is missing/],
        ];
        for (const [text, says] of wrong) {
          await paste(box, text);
          await problem.filter({ hasText: says }).waitFor();
          assert.equal(await dialog.part("app-finish").isDisabled(), true);
        }
        await photographs.take(editor, "paste-wrong");

        const old = await endOf(tab);
        await dialog.part("app-cancel").click();
        const next = await dialog.beginOwnApp(
          workshop.simulator.addApp({ redirectUris: [await redirectUri()] }).clientId,
        );
        await paste(box, old);
        await dialog.said("app-message", "bad", /does not belong to the sign-in that was begun here/);
        await photographs.take(editor, "paste-old");
        await paste(box, await endOf(next));
        await dialog.said("app-message", "good", /Signed in as newcomer/);
      });
    });

    describe("at localhost, a name that Spotify refuses", () => {
      it("shows the page whose address must be pasted, and accepts it", async () => {
        const url = new URL(workshop.red.url);
        url.hostname = "localhost";
        await openAt(url.href);
        await dialog.choose("own-app");
        assert.equal(await redirectUri(), workshop.red.url + CALLBACK);
        await photographs.take(editor, "localhost");
        const { tab, clientId } = await beginAt(await redirectUri());
        await decide(tab, "agree");
        await tab.getByRole("heading", { name: "One more step" }).waitFor();
        const address = tab.url();
        await tab.close();
        await paste(dialog.part("app-pasted"), address);
        await dialog.said("app-message", "good", /Signed in as newcomer/);
        await tokenIsOf(clientId);
      });
    });

    describe("for a user who may look, but not change anything", () => {
      let admin: AdminClient;

      before(async () => {
        await workshop.stop();
        const { url } = await workshop.run({ httpAdminRoot: "/admin", adminAuth: ADMIN_AUTH });
        admin = new AdminClient(url, await logIn(url, "admin"));
        const { status } = await admin.ask("POST", "import", {
          text: workshop.spotify.account.credentialsJson,
        });
        assert.equal(status, 200);
      });

      beforeEach(async () => {
        const user = { username: "reader", password: PASSWORD };
        editor = await EditorPage.open(browser, workshop.red.url, { height: 1100, user });
        dialog = await AccountDialog.open(editor);
      });

      it("shows the state of the account, and says politely that the user may not change it", async () => {
        await dialog.part("session-status").filter({ hasText: "Connected as newcomer" }).waitFor();
        const before = await admin.signIns();
        const kindly = /no permission to change/;
        await dialog.choose("pair");
        await dialog.part("pair-begin").click();
        await dialog.said("pair-message", "bad", kindly);
        await photographs.take(editor, "reader");
        await dialog.choose("own-app");
        const { clientId } = workshop.simulator.addApp({ redirectUris: [await redirectUri()] });
        await dialog.part("app-client-id").fill(clientId);
        await dialog.part("app-begin").click();
        await dialog.said("app-message", "bad", kindly);
        assert.equal(editor.page.context().pages().length, 1, "the tab that was opened is closed");
        await dialog.choose("import");
        await paste(
          dialog.page.locator("#node-config-input-librespotCredentials"),
          workshop.spotify.account.credentialsJson,
        );
        await dialog.said("credential-message", "bad", kindly);
        await dialog.signOut(dialog.part("sign-out-all"));
        await dialog.said("sign-out-message", "bad", kindly);
        assert.deepEqual(await admin.signIns(), before);
      });

      it("does not complete a sign-in that another user has begun", async () => {
        const { clientId } = workshop.simulator.addApp({ redirectUris: [workshop.red.url + CALLBACK] });
        const body = { clientId, scopes: SCOPES, redirectUri: workshop.red.url + CALLBACK };
        const { text } = await admin.ask("POST", "authorization", body);
        const tab = await editor.page.context().newPage();
        await tab.goto((JSON.parse(text) as { url: string }).url);
        await decide(tab, "agree");
        await tab.getByRole("heading", { name: "One more step" }).waitFor();
        assert.ok(!(await admin.signIns()).some(({ id }) => id === clientId));
      });

      it("has shown no secret", async () => {
        const secrets = secretsOf(workshop, flow.nodes);
        const answers = await editor.answers();
        assert.ok(answers.some(({ url }) => url.includes(`${ACCOUNT}/status`)));
        for (const { url, text } of answers) assert.equal(foundIn(url + text, secrets), undefined, url);
      });
    });
  });
}
