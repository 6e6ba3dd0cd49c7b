/** An account in a copy of a user directory, as its dialog shows it. */
import assert from "node:assert/strict";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { accountFlow } from "../installed/account-flow";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { copyFolder } from "../support/folder-copy";
import { AccountDialog, paste } from "./account-dialog";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { Photographs } from "./photographs";

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`a copied user directory, in the editor of ${runtime.title}`, function () {
    this.timeout(60_000);
    const photographs = new Photographs(`${index + 4}-copied`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      await (await workshop.start()).deploy(accountFlow().nodes);
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
      const dialog = await AccountDialog.open(editor);
      await dialog.choose("import");
      await paste(
        dialog.page.locator("#node-config-input-librespotCredentials"),
        workshop.spotify.account.credentialsJson,
      );
      await dialog.signIns(1);
      await editor.close();
      await workshop.stop();
      const folder = join(workshop.userDir, "spotify-session");
      await copyFolder(folder, `${folder}-copy`);
      await rm(folder, { recursive: true });
      await rename(`${folder}-copy`, folder);
      await workshop.start();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    it("says that the sign-ins belong to the original, and uses them here after a press of a button", async () => {
      const dialog = await AccountDialog.open(editor);
      const status = dialog.part("session-status");
      await status.filter({ hasText: "This user directory is a copy" }).waitFor();
      const button = status.getByRole("button", { name: "Use the sign-ins here" });
      await photographs.take(editor, "told");
      await button.click();
      await dialog.said("sign-out-message", "good", /used here from now on/);
      await button.waitFor({ state: "detached" });
      assert.doesNotMatch((await status.textContent()) ?? "", /copy/);
      assert.match((await status.textContent()) ?? "", /Connected as newcomer/);
    });
  });
}
