/** The account's dialog shows what plays now, the moment it changes, with its picture and the devices. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Browser, Locator } from "playwright-core";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { DeviceType } from "../../src/proto/gen/connect_pb";
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

    const panel = (): Locator => editor.page.getByRole("region", { name: "Now playing" });
    const device = (name: string): Locator => panel().getByRole("listitem").filter({ hasText: name });
    const says = (text: RegExp): Promise<void> => panel().filter({ hasText: text }).waitFor();

    it("is the song, its picture, the device, and the other devices", async () => {
      await editor.openConfig(ACCOUNT);
      await says(/Loopback Lullaby\s*The Ephemeral Ports/);
      await says(/playing on\s+Kitchen/);
      const picture = panel().getByRole("img", { name: "Cover of Loopback Lullaby" });
      assert.ok(
        await picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0),
      );
      await device("Kitchen").and(editor.page.locator("[aria-current=true]:has(.fa-volume-up)")).waitFor();
      await device("Study").and(editor.page.locator(":not([aria-current]):has(.fa-desktop)")).waitFor();
      // A screen reader reads the title out, and nothing else of it.
      assert.deepEqual(await panel().locator("[aria-live]").allInnerTexts(), ["Loopback Lullaby"]);
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
        if (/\/(playing|devices)(\?|$)/.test(request.url())) asked.push(request.url());
      });
      playback.next();
      await panel().filter({ hasNotText: "Loopback Lullaby" }).waitFor();
      playback.pause();
      await says(/paused on\s+Kitchen/);
      playback.play({ item: 2, device: playback.devices[1]! });
      await says(/playing on\s+Study/);
      await device("Study").and(editor.page.locator("[aria-current=true]")).waitFor();
      assert.ok(asked.length <= 8, `${asked.length} questions`);
    });

    it("has a device that appears, and not one that has left", async () => {
      const { playback } = workshop.spotify.account;
      const phone = playback.addDevice({ name: "Phone", type: DeviceType.SMARTPHONE });
      await device("Phone").and(editor.page.locator(":has(.fa-mobile)")).waitFor();
      playback.removeDevice(phone);
      await device("Phone").waitFor({ state: "detached" });
    });

    it("says that a private session is on", async () => {
      const { playback } = workshop.spotify.account;
      const bedroom = playback.addDevice({ name: "Bedroom", isPrivate: true });
      playback.transfer(bedroom);
      await says(/playing on\s+Bedroom · private session/);
      await photographs.take(editor, "private");
      playback.removeDevice(bedroom);
      await says(/nothing is playing; this was the last/);
      await device("Bedroom").waitFor({ state: "detached" });
      await photographs.take(editor, "idle");
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
