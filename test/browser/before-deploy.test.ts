/** An account that is not deployed yet, and sign-ins that are under way during its deploy: a newcomer's first steps. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { AccountDialog, decide, paste } from "./account-dialog";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { Photographs } from "./photographs";

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`an account before its first deploy, in the editor of ${runtime.title}`, function () {
    this.timeout(60_000);
    const photographs = new Photographs(`${index + 4}-before-deploy`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;
    let phone: Page;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      workshop.simulator.policy.deviceInterval = 1;
      await (await workshop.start()).deploy([{ id: "tab-of-newcomer", type: "tab", label: "Flow 1" }]);
      browser = await launchChromium();
      phone = await (await browser.newContext()).newPage();
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    beforeEach(async () => {
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
    });

    afterEach(async () => {
      const problems = editor.problems.filter((problem) => !/40[04] |502 |ERR_CONNECTION/.test(problem));
      await editor.close();
      assert.deepEqual(problems, []);
    });

    const agreeOnPhone = async (address: string): Promise<void> => {
      await phone.goto(address);
      await decide(phone, "agree");
      await phone.getByRole("heading", { name: /The device is paired/ }).waitFor();
    };
    /** Opens the dialog of a new account. */
    const addAccount = async (): Promise<AccountDialog> => {
      await editor.addAccount();
      return AccountDialog.shown(editor);
    };
    /** Add: closes the dialog. @returns the ID of the new account */
    const add = async (): Promise<string> => {
      const before = new Set(await editor.accounts());
      await editor.updateAccount();
      const added = (await editor.accounts()).filter((id) => !before.has(id));
      assert.equal(added.length, 1);
      return added[0]!;
    };
    const openAgain = async (id: string): Promise<AccountDialog> => {
      await editor.openConfig(id);
      return AccountDialog.shown(editor);
    };

    it("is signed in by pairing, is shown as one row, and says that it must be deployed", async () => {
      const dialog = await addAccount();
      await dialog.part("ways-notice").filter({ hasText: "before the first deploy" }).waitFor();
      const advanced = editor.page.locator("#spotify-session-advanced");
      assert.equal(await advanced.getAttribute("open"), null, "what few users need is closed");
      await photographs.take(editor, "new");
      await agreeOnPhone((await dialog.getCode()).address);
      await dialog.said("pair-message", "good", /Signed in as newcomer.*press Deploy/);
      const [row] = await dialog.signIns(1);
      assert.match(row ?? "", /Paired with a code newcomer/);
      assert.equal(await dialog.page.locator("[data-way=pair] .primary").count(), 0, "the button is quiet");
      await photographs.take(editor, "paired");

      const id = await add();
      await editor.deploy();
      const deployed = await openAgain(id);
      await deployed.status(/Connected as newcomer/);
      assert.equal((await deployed.signIns(1)).length, 1);
      await photographs.take(editor, "deployed");
      await deployed.signOut(deployed.part("sign-out-all"));
      await deployed.signIns(0);
      assert.equal(await deployed.page.locator(".spotify-message[data-kind=good]").count(), 0);
      await photographs.take(editor, "signed-out");
    });

    it("is signed in by the user's own app", async () => {
      const dialog = await addAccount();
      await dialog.choose("own-app");
      const redirectUri = (await dialog.part("app-redirect").textContent()) ?? "";
      const { clientId } = workshop.simulator.addApp({ redirectUris: [redirectUri] });
      await dialog.page.locator("#spotify-app-scope-all").click();
      const tab = await dialog.beginOwnApp(clientId);
      await dialog.page.getByText("Does Spotify show INVALID_CLIENT").waitFor();
      await photographs.take(editor, "app-running");
      await decide(tab, "agree");
      await tab.getByRole("heading", { name: "Signed in", exact: true }).waitFor();
      await tab.close();
      await dialog.said("app-message", "good", /Signed in as newcomer/);
      await photographs.take(editor, "app-done");
      const id = await add();
      await editor.deploy();
      assert.match((await (await openAgain(id)).signIns(1))[0] ?? "", /Own app/);
    });

    it("is signed in even if the code is typed after the deploy", async () => {
      const dialog = await addAccount();
      const { address } = await dialog.getCode();
      const id = await add();
      await editor.deploy();
      const deployed = await openAgain(id);
      await agreeOnPhone(address);
      await deployed.status(/newcomer/);
      await deployed.signIns(1);
    });

    it("may have a pasted sign-in that is not deployed: its dialog opens again, with all ways", async () => {
      const dialog = await addAccount();
      await dialog.choose("import");
      const box = dialog.page.locator("#node-config-input-librespotCredentials");
      await paste(box, workshop.spotify.account.credentialsJson);
      await dialog.said("credential-message", "good", /Looks good|Signed in/);
      const id = await add();
      const again = await openAgain(id);
      for (const way of ["pair", "tap", "own-app", "import"] as const) await again.choose(way);
      await again.status(/./);
      await again.choose("pair");
      await again.part("pair-begin").waitFor();
      assert.equal(await again.part("pair-begin").isEnabled(), true);
    });

    it("opens at Tap if it was made visible for a tap", async () => {
      const dialog = await addAccount();
      await dialog.choose("tap");
      await dialog.part("tap-begin").click();
      const id = await add();
      await editor.deploy();
      const deployed = await openAgain(id);
      await deployed.page.locator("[data-way=tap]").waitFor();
      await deployed.said("tap-message", "busy", /Waiting until you pick it/);
      await photographs.take(editor, "tap-deployed");
    });

    it("reports an error in the dialog's own words", async () => {
      const dialog = await addAccount();
      workshop.simulator.faults.accountsStatus = { value: 503, times: 1 };
      await dialog.part("pair-begin").click();
      await dialog.said("pair-message", "bad", /Spotify cannot be reached\. Is Node-RED online\?/);
      await photographs.take(editor, "offline");
    });
  });
}
