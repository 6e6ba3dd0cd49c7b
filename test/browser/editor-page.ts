/** Node-RED's editor in a browser, and what a user does there. */
import assert from "node:assert/strict";
import type { Browser, Locator, Page } from "playwright-core";

export interface EditorPageOptions {
  width?: number;
  height?: number;
  colorScheme?: "light" | "dark";
  /** The user who logs in first. */
  user?: { username: string; password: string };
}

/** Replaces Spotify's pictures, so that no host outside this machine is asked. */
const COVER = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#3d5a6c"/><circle cx="32" cy="32" r="20" fill="#f2b263"/><circle cx="32" cy="32" r="6" fill="#3d5a6c"/></svg>`;
const PACKAGE = "node-red-contrib-spotify-session";

export class EditorPage {
  readonly page: Page;
  /** Errors in the page: those on its console, and those that nothing caught. */
  readonly problems: string[] = [];
  /** All that the page has written to its console. */
  readonly said: string[] = [];
  /** The text of each answer that the page has received, by its address. */
  readonly #answers: Promise<{ url: string; text: string }>[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      this.said.push(message.text());
      if (message.type() === "error") this.problems.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.problems.push(String(error.stack ?? error)));
    page.on("response", (response) => {
      const url = response.url();
      const text = response.text().catch(() => "");
      this.#answers.push(text.then((body) => ({ url, text: body })));
    });
    page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => {
        this.#answers.push(Promise.resolve({ url: socket.url(), text: String(payload) }));
      });
    });
  }

  static async open(browser: Browser, url: string, options: EditorPageOptions = {}): Promise<EditorPage> {
    const { width = 1400, height = 900, colorScheme = "light" } = options;
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: "en-US" });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    // tsx makes functions call this helper, which keeps their names; functions that run in the page need it there.
    await page.addInitScript("globalThis.__name = (target) => target");
    await page.route("https://i.scdn.co/**", (route) =>
      route.fulfill({ contentType: "image/svg+xml", body: COVER }),
    );
    const editor = new EditorPage(page);
    await page.goto(url);
    if (options.user) await editor.#logIn(options.user);
    await editor.ready();
    return editor;
  }

  /** All that Node-RED has sent to the browser. */
  answers(): Promise<{ url: string; text: string }[]> {
    return Promise.all(this.#answers);
  }

  /** Waits until the flows are loaded. */
  async ready(): Promise<void> {
    await this.page.waitForFunction(`
      window.RED?.nodes?.getType?.("spotify-token") !== undefined &&
      window.RED.workspaces.count() > 0 && !document.querySelector("#red-ui-loading-progress:not(.hide)")?.offsetParent`);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /**
   * Menu → Import → Examples → this package → `name`.
   * @param choice button to press if Node-RED asks, as it does if another example has added the account
   */
  async importExample(name: string, choice: "Import copy" | "View nodes..." = "Import copy"): Promise<void> {
    const { page } = this;
    const before = await page.evaluate<number>(`RED.workspaces.count()`);
    await page.evaluate(`RED.actions.invoke("core:show-examples-import-dialog")`);
    const dialog = page.locator("#red-ui-clipboard-dialog");
    await dialog.getByText(PACKAGE, { exact: true }).click();
    const ok = page.locator("#red-ui-clipboard-dialog-ok");
    // While the list slides open, a click can miss.
    for (let clicks = 0; clicks < 5 && !(await ok.isEnabled()); clicks++)
      await dialog.getByText(name, { exact: true }).click();
    await ok.click();
    await dialog.waitFor({ state: "hidden" });
    const isThere = `RED.workspaces.count() > ${before}`;
    const button = page.getByRole("button", { name: choice });
    await page.waitForFunction(`${isThere} || document.querySelector(".red-ui-notification button")`);
    if (await button.isVisible()) {
      await button.click();
      // The list of nodes. It leaves out those that exist already, unless they are ticked.
      if (choice === "View nodes...") await page.locator("#red-ui-clipboard-dialog-import-conflict").click();
    }
    await page.waitForFunction(isThere);
    await button.waitFor({ state: "detached" });
  }

  async showTab(label: string): Promise<void> {
    await this.page.locator("#red-ui-workspace-tabs").getByText(label, { exact: true }).click();
  }

  /** The ID of the one node of this type and name. */
  async nodeId(name: string, type = "spotify-token"): Promise<string> {
    const find = ([wantedType, wantedName]: string[]): string[] => {
      const found: string[] = [];
      const { RED } = window as unknown as {
        RED: { nodes: { eachNode(visit: (node: Named) => void): void } };
      };
      RED.nodes.eachNode((node) => {
        if (node.type === wantedType && node.name === wantedName) found.push(node.id);
      });
      return found;
    };
    const found = await this.page.evaluate(find, [type, name]);
    assert.equal(found.length, 1, `nodes of type ${type} named "${name}"`);
    return found[0]!;
  }

  /** Double-clicks a node. @returns its dialog */
  async openDialog(nodeId: string): Promise<Locator> {
    await this.page.evaluate(`RED.editor.edit(RED.nodes.node(${JSON.stringify(nodeId)}))`);
    await this.page.locator("#node-dialog-ok").waitFor();
    return this.#settled(this.page.locator(".red-ui-tray").last());
  }

  /** Double-clicks a config node in the sidebar. @returns its dialog */
  async openConfig(nodeId: string): Promise<Locator> {
    await this.page.evaluate(
      `RED.editor.editConfig("", RED.nodes.node(${JSON.stringify(nodeId)}).type, ${JSON.stringify(nodeId)})`,
    );
    await this.page.locator("#node-config-dialog-ok").waitFor();
    return this.#settled(this.page.locator(".red-ui-tray").last());
  }

  /** Adds an account. @returns its dialog */
  async addAccount(): Promise<Locator> {
    await this.page.evaluate(`RED.editor.editConfig("", "spotify-session", "_ADD_")`);
    await this.page.locator("#node-config-dialog-ok").waitFor();
    return this.#settled(this.page.locator(".red-ui-tray").last());
  }

  /** The IDs of all accounts. */
  async accounts(): Promise<string[]> {
    return this.page.evaluate(() => {
      const found: string[] = [];
      const { RED } = window as unknown as {
        RED: { nodes: { eachConfig(visit: (node: Named) => boolean): void } };
      };
      RED.nodes.eachConfig((node) => {
        if (node.type === "spotify-session") found.push(node.id);
        return true;
      });
      return found;
    });
  }

  /** Node-RED 5 has a dark theme; 4.1 has none, and looks the same in both. */
  async useTheme(theme: "light" | "dark"): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme });
    await this.page.evaluate((dark) => {
      document.documentElement.classList.toggle("nr-theme-dark", dark);
    }, theme === "dark");
  }

  /** Waits until the dialog on top, if there is one, no longer moves. */
  async trayRests(): Promise<void> {
    await this.#settled(this.page.locator(".red-ui-tray").last());
  }

  /** The pencil beside Account. @returns the account's dialog */
  async openAccount(): Promise<Locator> {
    await this.page.locator("#node-input-btn-session-edit").click();
    await this.page.locator("#node-config-dialog-ok").waitFor();
    return this.#settled(this.page.locator(".red-ui-tray").last());
  }

  /** Update: closes the account's dialog. */
  async updateAccount(): Promise<void> {
    await this.page.locator("#node-config-dialog-ok").click();
    await this.page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
  }

  /** Done: closes a node's dialog. */
  async done(): Promise<void> {
    await this.page.locator("#node-dialog-ok").click();
    await this.page.locator("#node-dialog-ok").waitFor({ state: "detached" });
  }

  async cancel(): Promise<void> {
    await this.page.locator("#node-dialog-cancel").click();
    await this.page.locator("#node-dialog-cancel").waitFor({ state: "detached" });
  }

  async deploy(): Promise<void> {
    const { page } = this;
    const answered = page.waitForResponse(
      (response) =>
        response.request().method() === "POST" && new URL(response.url()).pathname.endsWith("/flows"),
    );
    await page.locator("#red-ui-header-button-deploy").click();
    assert.equal((await answered).status(), 200);
    await page.waitForFunction(`document.querySelector("#red-ui-header-button-deploy.disabled") !== null`);
  }

  /** The status below a node, as text, once it is as expected. */
  async status(nodeId: string, wanted: RegExp): Promise<string> {
    const label = this.page.locator(`[id="${nodeId}"] .red-ui-flow-node-status-label`);
    await label.filter({ hasText: wanted }).waitFor();
    return (await label.textContent()) ?? "";
  }

  async #logIn({ username, password }: NonNullable<EditorPageOptions["user"]>): Promise<void> {
    await this.page.locator("#node-dialog-login-username").fill(username);
    await this.page.locator("#node-dialog-login-password").fill(password);
    await this.page.locator("#node-dialog-login-submit").click();
  }

  /** A dialog slides in. Measuring it or taking its picture during that gives wrong results. */
  async #settled(tray: Locator): Promise<Locator> {
    await this.page.evaluate(`window.lastPlace = undefined`);
    await this.page.waitForFunction(
      `(() => {
        const tray = [...document.querySelectorAll(".red-ui-tray")].at(-1);
        const { left, width } = tray?.getBoundingClientRect() ?? {};
        const isSame = window.lastPlace === left + "/" + width;
        window.lastPlace = left + "/" + width;
        return isSame;
      })()`,
      undefined,
      { polling: 150 },
    );
    return tray;
  }
}

interface Named {
  id: string;
  type: string;
  name?: string;
}
