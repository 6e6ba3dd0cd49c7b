/** The nodes in Node-RED's editor, as seen by a user who imports an example and signs in. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { launchChromium } from "./chromium";
import { EditorPage, type EditorPageOptions } from "./editor-page";

const SCREENSHOTS = join(__dirname, "..", "..", ".cache", "screenshots");
const TOKEN_NODE = "token by itself";

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`the editor of ${runtime.title}`, function () {
    this.timeout(120_000);
    // Each step begins where the last one ended.
    this.bail(true);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;
    let tokenNode: string;

    before(async function () {
      this.timeout(300_000);
      mkdirSync(SCREENSHOTS, { recursive: true });
      workshop = await Workshop.open(runtime);
      await workshop.run();
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url);
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    const photograph = async (name: string, of = editor): Promise<void> => {
      await of.page.screenshot({ path: join(SCREENSHOTS, `${index + 4}-${name}.png`) });
    };
    const chosenScopes = (): Promise<string[]> =>
      editor.page.locator("#spotify-scope-chips li").allTextContents();

    it("imports an example", async () => {
      await editor.importExample("09 - get a token");
      await editor.showTab("09 - get a token");
      tokenNode = await editor.nodeId(TOKEN_NODE);
      await photograph("imported");
    });

    it("lets the user choose scopes by their purpose", async () => {
      await editor.openDialog(tokenNode);
      assert.deepEqual(await chosenScopes(), ["See the current song"]);
      await editor.page.locator("#spotify-scope-search").fill("recently");
      await editor.page
        .locator("label.spotify-scope:visible", { hasText: "user-read-recently-played" })
        .click();
      assert.deepEqual(await chosenScopes(), ["See the current song", "See what you played lately"]);
      await editor.page.locator("#spotify-scope-search").fill("");
      await photograph("scopes");
    });

    it("says which scopes the chosen client ID will be refused, and offers a solution", async () => {
      const { page } = editor;
      const notice = page.locator("#spotify-refusal");
      await page.locator("#spotify-token-advanced > summary").click();
      assert.equal(await notice.getAttribute("data-kind"), "none");
      await page.locator("#node-input-clientId-choice").selectOption("android");
      assert.equal(await notice.getAttribute("data-kind"), "refused");
      assert.match((await notice.textContent()) ?? "", /refuse this to Android/);
      assert.match((await notice.textContent()) ?? "", /See the current song · See what you played lately/);
      await notice.scrollIntoViewIfNeeded();
      await photograph("refused");
      await notice.getByRole("button", { name: "Use Desktop (keymaster) for this node" }).click();
      assert.equal(await notice.getAttribute("data-kind"), "none");
      assert.equal(await page.locator("#node-input-clientId").inputValue(), "keymaster");
    });

    it("names the account of a pasted sign-in, and says what is wrong with text that is not a sign-in", async () => {
      await editor.openAccount();
      const { page } = editor;
      const message = page.locator("#spotify-credential-message");
      await page.locator("label:has(input[name=spotify-way][value=import])").click();
      const box = page.locator("#node-config-input-librespotCredentials");
      await box.fill('{"username":"newcomer"}');
      assert.equal(await message.getAttribute("data-kind"), "bad");
      await box.fill(workshop.spotify.account.credentialsJson);
      assert.equal(await message.getAttribute("data-kind"), "good");
      assert.match((await message.textContent()) ?? "", /this is the sign-in of newcomer/);
      await photograph("pasted");
      await editor.updateAccount();
      await editor.done();
    });

    it("shows until when the token is valid once it is deployed", async () => {
      // The node names Desktop by now. Its token works if the Web API refuses no client ID.
      workshop.simulator.policy.webApi.refusedClientIds = [];
      await editor.deploy();
      await editor.status(tokenNode, /^\d\d:\d\d \S/);
      const { keymasterRequests } = workshop.simulator.stats;
      assert.deepEqual(keymasterRequests.at(-1)?.scopes.toSorted(), [
        "user-read-currently-playing",
        "user-read-recently-played",
      ]);
      await photograph("deployed");
    });

    it("shows in the account's dialog that it is connected", async () => {
      await editor.openDialog(tokenNode);
      await editor.openAccount();
      const { page } = editor;
      await page.locator("#spotify-session-status", { hasText: "Connected as newcomer" }).waitFor();
      await page.locator("label:has(input[name=spotify-way][value=import])").click();
      assert.equal(await page.locator("#spotify-credential-stored").isVisible(), true);
      assert.equal(await page.locator("#node-config-input-librespotCredentials").isVisible(), false);
      await photograph("connected");
      await page.locator("#node-config-dialog-cancel").click();
      await page.locator("#node-config-dialog-cancel").waitFor({ state: "detached" });
      await editor.cancel();
    });

    it("is unchanged after a reload, and has never received a stored secret", async () => {
      await editor.page.reload();
      await editor.ready();
      await editor.openDialog(tokenNode);
      assert.deepEqual(await chosenScopes(), ["See the current song", "See what you played lately"]);
      await editor.openAccount();
      await editor.page.locator("#spotify-session-status", { hasText: "Connected as newcomer" }).waitFor();
      const secret = workshop.spotify.account.storedCredential.toString("base64");
      const answers = await editor.answers();
      assert.ok(answers.some(({ url }) => url.includes("credentials/spotify-session/")));
      assert.ok(answers.some(({ url }) => url.includes("/status")));
      assert.deepEqual(
        answers.filter(({ text }) => text.includes(secret)).map(({ url }) => url),
        [],
      );
      await editor.page.locator("#node-config-dialog-cancel").click();
      await editor.cancel();
    });

    it("shows its help", async () => {
      const help = await editor.page.evaluate<string>(`RED.nodes.getNodeHelp("spotify-token")`);
      assert.match(help, /Spotify access token that is valid now/);
    });

    const looks: readonly (EditorPageOptions & { title: string })[] = [
      { title: "narrow", width: 760, height: 900 },
      { title: "dark", colorScheme: "dark" },
      { title: "dark-narrow", colorScheme: "dark", width: 760, height: 900 },
    ];
    for (const { title, ...options } of looks) {
      it(`has dialogs that can be read: ${title}`, async () => {
        const other = await EditorPage.open(browser, workshop.red.url, options);
        try {
          await other.useTheme(options.colorScheme ?? "light");
          await other.openDialog(tokenNode);
          // The node names a client ID that is not the default, so the section Advanced is open.
          await other.page.locator("#node-input-clientId-choice").selectOption("android");
          await photograph(`${title}-token`, other);
          // All at once, because rows come and go while the dialog asks where the token will come from.
          const overflows = await other.page
            .locator(".spotify-dialog .form-row:visible")
            .evaluateAll((rows) => rows.map((row) => row.scrollWidth - row.clientWidth));
          assert.ok(overflows.length > 5, "the dialog has rows");
          assert.ok(Math.max(...overflows) <= 1, `a row is ${Math.max(...overflows)} pixels too wide`);
          await other.openAccount();
          await other.page.locator("#spotify-session-status", { hasText: "Connected" }).waitFor();
          await photograph(`${title}-account`, other);
          assert.deepEqual(ours(other.problems), []);
        } finally {
          await other.close();
        }
      });
    }

    it("has caused no error in the page", () => {
      assert.deepEqual(ours(editor.problems), []);
    });
  });
}

/** A browser counts every 404 as an error; the account's dialog receives one until the account is deployed. */
function ours(problems: readonly string[]): string[] {
  return problems.filter((problem) => !/404 .*\/spotify-session\/\w+\/status/.test(problem));
}
