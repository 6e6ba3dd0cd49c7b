/** The account's dialog shows what plays now, the moment it changes, with its picture and the devices. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Browser, Locator } from "playwright-core";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { CATALOGUE } from "../simulator/world/catalogue";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { clippedTexts, faintTexts } from "./legibility";
import { Photographs } from "./photographs";

const ACCOUNT = "account-that-plays";
const NEW = "account-that-is-new";

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`what plays, in the account's dialog in ${runtime.title}`, function () {
    this.timeout(60_000);
    // Each step begins where the last one ended.
    this.bail(true);
    const photographs = new Photographs(`${index + 4}-account-playing`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      const { account } = workshop.spotify;
      account.playback.play({ item: 0 });
      const client = await workshop.start();
      const stateKey = randomBytes(32).toString("hex");
      await client.deploy([
        { id: "tab", type: "tab", label: "Playing" },
        {
          id: ACCOUNT,
          type: "spotify-session",
          name: "Mira",
          clientId: "",
          credentials: { librespotCredentials: account.credentialsJson, stateKey },
        },
        { id: NEW, type: "spotify-session", name: "New", clientId: "", credentials: { stateKey } },
      ]);
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    const panel = (): Locator => editor.page.locator("#spotify-playing");
    const says = (text: RegExp): Promise<void> => panel().filter({ hasText: text }).waitFor();

    it("is the song, its picture, the device, and the other devices", async () => {
      await editor.openConfig(ACCOUNT);
      await says(/Loopback Lullaby\s*The Ephemeral Ports/);
      await says(/playing on Kitchen/);
      const picture = panel().getByRole("img", { name: "Cover of Loopback Lullaby" });
      assert.ok(
        await picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0),
      );
      await panel().locator("li[data-active=true]", { hasText: "Kitchen" }).waitFor();
      await panel().locator("li[data-active=false]", { hasText: "Study" }).waitFor();
      for (const width of [1400, 800]) {
        await editor.page.setViewportSize({ width, height: 1100 });
        await editor.trayRests();
        for (const theme of ["light", "dark"] as const) {
          await editor.useTheme(theme);
          assert.deepEqual(await faintTexts(panel()), [], `${theme}, ${width} pixels wide`);
        }
        assert.deepEqual(await clippedTexts(panel()), [], `${width} pixels wide`);
      }
      await editor.useTheme("light");
      await editor.page.setViewportSize({ width: 1400, height: 1100 });
      await photographs.take(editor, "playing");
    });

    it("changes with the music, and Node-RED is not polled", async () => {
      const { playback } = workshop.spotify.account;
      const asked: string[] = [];
      editor.page.on("request", (request) => {
        if (request.url().endsWith("/playing") || request.url().includes("/playing?"))
          asked.push(request.url());
      });
      playback.next();
      await panel().filter({ hasNotText: "Loopback Lullaby" }).waitFor();
      playback.pause();
      await says(/paused on Kitchen/);
      playback.play({ item: 2, device: playback.devices[1]! });
      await says(/playing on Study/);
      await panel().locator("li[data-active=true]", { hasText: "Study" }).waitFor();
      assert.ok(asked.length <= 8, `${asked.length} questions`);
    });

    it("has a note in place of a picture that cannot be loaded", async () => {
      const { page } = editor;
      await page.route("https://i.scdn.co/**", (route) => route.abort());
      // Its cover was not seen before, so that the browser must load it.
      workshop.spotify.account.playback.play({ item: CATALOGUE.lonelyTrack });
      await panel().locator(".spotify-playing-cover > .fa-music").waitFor();
      assert.equal(await panel().getByRole("img").count(), 0);
      // The browser tells of the picture that it did not get.
      await page.waitForFunction("true");
      editor.problems.splice(
        0,
        editor.problems.length,
        ...editor.problems.filter((one) => !/i\.scdn\.co/.test(one)),
      );
    });

    it("is not there for an account that is not signed in", async () => {
      await editor.page.locator("#node-config-dialog-cancel").click();
      await editor.page.locator("#node-config-dialog-cancel").waitFor({ state: "detached" });
      await editor.openConfig(NEW);
      await editor.page
        .locator("#spotify-session-status")
        .filter({ hasText: /not signed in/i })
        .waitFor();
      assert.equal(await panel().isVisible(), false);
    });

    it("without an error in the page", () => assert.deepEqual(editor.problems, []));
  });
}
