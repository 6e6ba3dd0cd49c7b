/** The dialog of an account, and what a user does there to sign in and out. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { ACCOUNT } from "../installed/account-flow";
import type { EditorPage } from "./editor-page";

export type Way = "pair" | "tap" | "own-app" | "import";
type Kind = "busy" | "good" | "bad" | "info" | "none";

/** How long Spotify's pages may take to appear: longer than any request of Node-RED to the simulator. */
const PATIENCE = 20_000;

export class AccountDialog {
  readonly editor: EditorPage;
  readonly page: Page;

  private constructor(editor: EditorPage) {
    this.editor = editor;
    this.page = editor.page;
  }

  static async open(editor: EditorPage): Promise<AccountDialog> {
    await editor.openConfig(ACCOUNT);
    return AccountDialog.shown(editor);
  }

  /** The open dialog, once it shows the state of the account. */
  static async shown(editor: EditorPage): Promise<AccountDialog> {
    const dialog = new AccountDialog(editor);
    await dialog.part("session-status").and(editor.page.locator(":not([data-light=''])")).waitFor();
    return dialog;
  }

  /** @param name an ID without the prefix that all IDs have */
  part(name: string): Locator {
    return this.page.locator(`#spotify-${name}`);
  }

  async choose(way: Way): Promise<void> {
    await this.page.locator(`label:has(input[name=spotify-way][value=${way}])`).click();
    await this.page.locator(`[data-way=${way}]`).waitFor();
  }

  /** The text of a message, once it is of this kind and matches `text`. */
  async said(box: string, kind: Kind, text: RegExp): Promise<string> {
    const message = this.page.locator(`#spotify-${box}[data-kind=${kind}]`).filter({ hasText: text });
    await message.waitFor({ timeout: PATIENCE });
    return (await message.textContent()) ?? "";
  }

  /** The titles and details in the list of sign-ins, once it has `count` of them. */
  async signIns(count: number): Promise<string[]> {
    const rows = this.page.locator("#spotify-sign-ins > li");
    if (count === 0) await this.part("signed-in").waitFor({ state: "hidden", timeout: PATIENCE });
    else await rows.nth(count - 1).waitFor({ timeout: PATIENCE });
    const texts = await rows.locator(".spotify-sign-in-text").allInnerTexts();
    assert.equal(texts.length, count);
    return texts.map((text) => text.replaceAll(/\s+/g, " ").trim());
  }

  /** Pairing with a code: presses the button. @returns the code, and the address in the QR code */
  async getCode(): Promise<{ code: string; address: string }> {
    await this.part("pair-begin").click();
    await this.part("pair-running").waitFor();
    const address = await this.part("pair-link").getAttribute("href");
    return { code: (await this.part("pair-code").textContent()) ?? "", address: address ?? "" };
  }

  /** Own app: fills in its client ID and presses the button. @returns the tab that opens, on Spotify's page */
  async beginOwnApp(clientId: string): Promise<Page> {
    // After a success the form is hidden.
    const another = this.part("app-another");
    if (await another.isVisible()) await another.click();
    await this.part("app-client-id").fill(clientId);
    const opened = this.page.context().waitForEvent("page");
    await this.part("app-begin").click();
    const tab = await opened;
    await tab.waitForURL(/\/authorize\?/);
    return tab;
  }

  /** Presses a button, and confirms if asked. @param within element that contains the button */
  async signOut(within: Locator): Promise<void> {
    await within.getByRole("button").first().click();
    await within.locator(".spotify-danger").click();
  }

  /** Resolves when the panel at the top matches `text`. */
  async status(text: RegExp): Promise<void> {
    await this.part("session-status").filter({ hasText: text }).waitFor({ timeout: PATIENCE });
  }

  /** Presses Update and Deploy, and opens the dialog again. */
  async deploy(): Promise<void> {
    await this.editor.updateAccount();
    await this.editor.deploy();
    await AccountDialog.open(this.editor);
  }

  async cancel(): Promise<void> {
    await this.page.locator("#node-config-dialog-cancel").click();
    await this.page.locator("#node-config-dialog-cancel").waitFor({ state: "detached" });
  }
}

/** A person reads Spotify's page and presses a button there. */
export async function decide(tab: Page, decision: "agree" | "cancel"): Promise<void> {
  await tab.locator(`#${decision}`).click();
}

/** Copies a text with the keyboard in a separate tab, and pastes it with the keyboard into `into`. */
export async function paste(into: Locator, text: string): Promise<void> {
  const page = into.page();
  const other = await page.context().newPage();
  await other.setContent("<textarea></textarea>");
  await other.locator("textarea").fill(text);
  await other.locator("textarea").selectText();
  await other.keyboard.press("ControlOrMeta+C");
  await other.close();
  await page.bringToFront();
  await into.click();
  await into.selectText();
  await page.keyboard.press("ControlOrMeta+V");
}

/** Drops a file onto an element. */
export async function drop(onto: Locator, name: string, text: string): Promise<void> {
  const dataTransfer = await onto.page().evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content ?? ""], fileName ?? "", { type: "application/json" }));
      return transfer;
    },
    [name, text],
  );
  for (const type of ["dragenter", "dragover", "drop"]) await onto.dispatchEvent(type, { dataTransfer });
}

/** Every address in a tab's history. */
export async function historyOf(tab: Page): Promise<string[]> {
  const session = await tab.context().newCDPSession(tab);
  const { entries } = await session.send("Page.getNavigationHistory");
  await session.detach();
  return entries.flatMap(({ url, userTypedURL }) => [url, userTypedURL]);
}
