/** Dialogs that are filled in without a mouse. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Browser } from "playwright-core";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";

const ACCOUNT = "account";
const NODES = [
  "spotify-token",
  "spotify-request",
  "spotify-playback",
  "spotify-now-playing",
  "spotify-events",
];
/** More stops of the Tab key than any dialog has. */
const MOST_STOPS = 80;

interface Stop {
  /** The name that a screen reader reads out. */
  name: string;
  id: string;
  isInDialog: boolean;
  isSeen: boolean;
}

for (const runtime of RUNTIMES) {
  describe(`the keyboard in the editor of ${runtime.title}`, function () {
    this.timeout(60_000);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      const client = await workshop.start();
      const credentials = {
        librespotCredentials: workshop.spotify.account.credentialsJson,
        stateKey: randomBytes(32).toString("hex"),
      };
      await client.deploy([
        { id: "tab", type: "tab", label: "Keyboard" },
        { id: ACCOUNT, type: "spotify-session", name: "Mira", clientId: "", credentials },
        ...NODES.map((type, i) => ({
          id: type,
          type,
          z: "tab",
          name: "",
          session: ACCOUNT,
          x: 200,
          y: 80 * (i + 1),
          wires: [[]],
        })),
      ]);
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    /** The element that has the focus. */
    const focused = (): Promise<Stop> =>
      editor.page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const labels = [...((element as HTMLInputElement).labels ?? [])].map(
          (label) => label.textContent ?? "",
        );
        const by = document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent ?? "";
        const named = element.getAttribute("aria-label") ?? element.getAttribute("title") ?? by;
        const { width, height } = element.getBoundingClientRect();
        return {
          name: [named, ...labels, element.textContent ?? ""].join(" ").trim(),
          id: element.id,
          isInDialog: element.closest(".spotify-dialog") !== null,
          isSeen: width > 0 && height > 0,
        };
      });

    for (const type of NODES) {
      it(`reaches every field of ${type} with Tab; each field has a name and is visible`, async () => {
        const { page } = editor;
        await editor.openDialog(type);
        await page.locator("#node-input-name").focus();
        const stops: Stop[] = [];
        for (let i = 0; i < MOST_STOPS; i++) {
          const stop = await focused();
          if (!stop.isInDialog) break;
          stops.push(stop);
          await page.keyboard.press("Tab");
        }
        await editor.cancel();
        assert.ok(stops.length >= 4 && stops.length < MOST_STOPS, `${stops.length} stops`);
        assert.deepEqual(
          stops.filter(({ name, isSeen }) => name === "" || !isSeen),
          [],
        );
      });
    }

    it("fills in a request: a call found by words, all its pages, and the property for the answer", async () => {
      const { page } = editor;
      await editor.openDialog("spotify-request");
      await page.locator("#node-input-method").focus();
      await page.keyboard.press("Tab");
      while (!(await page.evaluate(`document.activeElement.matches(".red-ui-typedInput-input")`))) {
        await page.keyboard.press("Tab");
      }
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.type("/me/tracks");
      await page.locator(".spotify-suggestion").first().waitFor();
      await page.keyboard.press("Enter");
      await page.locator("#spotify-call").filter({ hasText: "See what you saved" }).waitFor();
      while ((await focused()).id !== "node-input-all") await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      await editor.done();
      assert.deepEqual(
        await page.evaluate(
          `(({ method, path, all }) => [method, path, all])(RED.nodes.node("spotify-request"))`,
        ),
        ["GET", "/me/tracks", true],
      );
    });
  });
}
