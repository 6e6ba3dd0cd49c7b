/** Pictures of a test's pages, in light and dark, wide and narrow, for people to look at. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { EditorPage } from "./editor-page";

export const SCREENSHOTS = join(__dirname, "..", "..", ".cache", "screenshots");

const WIDE = { width: 1400, height: 1100 };
const NARROW = { width: 800, height: 1100 };

export class Photographs {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
    mkdirSync(SCREENSHOTS, { recursive: true });
  }

  /** Takes pictures of the page as it is now, and restores its theme and size afterwards. */
  async take(editor: EditorPage, name: string): Promise<void> {
    const { page } = editor;
    const before = page.viewportSize() ?? WIDE;
    for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      await page.setViewportSize(viewport);
      await editor.trayRests();
      for (const theme of ["light", "dark"] as const) {
        await editor.useTheme(theme);
        await page.screenshot({ path: join(SCREENSHOTS, `${this.#prefix}-${name}-${size}-${theme}.png`) });
      }
    }
    await editor.useTheme("light");
    await page.setViewportSize(before);
    await editor.trayRests();
  }

  /** Takes a picture of a page that is not the editor. */
  async page(page: Page, name: string): Promise<void> {
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.screenshot({ path: join(SCREENSHOTS, `${this.#prefix}-${name}-${theme}.png`) });
    }
  }
}
