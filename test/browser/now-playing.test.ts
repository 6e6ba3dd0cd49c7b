/** spotify-now-playing in the editor: from the palette to the song in its status. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Browser } from "playwright-core";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { CATALOGUE } from "../simulator/world/catalogue";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { Photographs } from "./photographs";

const ACCOUNT = "account";
const NARROW = 800;

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`spotify-now-playing in the editor of ${runtime.title}`, function () {
    this.timeout(60_000);
    // Each step begins where the last one ended.
    this.bail(true);
    const photographs = new Photographs(`${index + 4}-now-playing`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;
    let node: string;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      const { account } = workshop.spotify;
      account.playback.play({ item: 0 });
      const client = await workshop.start();
      const credentials = {
        librespotCredentials: account.credentialsJson,
        stateKey: randomBytes(32).toString("hex"),
      };
      await client.deploy([
        { id: "tab", type: "tab", label: "Kitchen" },
        { id: ACCOUNT, type: "spotify-session", name: "Mira", clientId: "", credentials },
      ]);
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    const property = (name: string): Promise<unknown> =>
      editor.page.evaluate(`RED.nodes.node(${JSON.stringify(node)})[${JSON.stringify(name)}]`);
    const box = (change: string) => editor.page.locator(`#spotify-change-${change}`);

    it("is dragged from the palette, where it is called “now playing”", async () => {
      const { page } = editor;
      const entry = page.locator('[data-palette-type="spotify-now-playing"]');
      assert.match((await entry.textContent()) ?? "", /^\s*now\s+playing\s*$/);
      await entry.scrollIntoViewIfNeeded();
      await entry.dragTo(page.locator("#red-ui-workspace-chart"), { targetPosition: { x: 300, y: 200 } });
      node = await editor.nodeId("", "spotify-now-playing");
      await page.locator(`[id="${node}"]`, { hasText: "now playing" }).waitFor();
      await photographs.take(editor, "placed");
    });

    it("says in plain words for what it sends a message, with the usual three ticked", async () => {
      const { page } = editor;
      await editor.openDialog(node);
      await page.locator("#node-input-session").selectOption(ACCOUNT);
      const ticked = page.locator("#spotify-changes input:checked");
      assert.deepEqual(
        await ticked.evaluateAll((boxes) => boxes.map((one) => (one as HTMLInputElement).value)),
        ["track", "playback", "device"],
      );
      assert.equal(await box("volume").isVisible(), false, "the rarer ones are folded");
      await photographs.take(editor, "dialog");
      await page.locator("#spotify-more-changes > summary").press("Enter");
      assert.equal(await box("volume").isVisible(), true);
      await box("volume").press("Space");
      assert.equal(await box("volume").isChecked(), true);
      await photographs.take(editor, "more");
    });

    it("fits into a narrow window", async () => {
      const { page } = editor;
      const size = page.viewportSize()!;
      await page.setViewportSize({ width: NARROW, height: size.height });
      await editor.trayRests();
      const overflows = await page
        .locator(".spotify-dialog .form-row:visible")
        .evaluateAll((rows) => rows.map((row) => row.scrollWidth - row.clientWidth));
      assert.ok(overflows.length > 4, "the dialog has rows");
      assert.ok(Math.max(...overflows) <= 1, `a row is ${Math.max(...overflows)} pixels too wide`);
      await page.setViewportSize(size);
      await editor.trayRests();
    });

    it("reports a wrong number of seconds, and accepts a good one", async () => {
      const { page } = editor;
      const tick = page.locator("#spotify-tick");
      const problem = page.locator("#spotify-tick-problem");
      assert.equal(await tick.inputValue(), "0");
      await tick.fill("often");
      assert.match((await problem.textContent()) ?? "", /from 0\.1 to 86400/);
      assert.equal(await tick.getAttribute("aria-invalid"), "true");
      await photographs.take(editor, "wrong-seconds");
      await tick.fill("5");
      assert.equal(await problem.textContent(), "");
      await editor.done();
      assert.deepEqual(await property("events"), ["track", "playback", "device", "volume"]);
      assert.deepEqual(
        [await property("tick"), await property("atStart"), await property("valid")],
        [5, true, true],
      );
    });

    it("shows the song once it is deployed, and the song that a phone plays then within a second", async () => {
      const { playback } = workshop.spotify.account;
      await editor.deploy();
      await editor.status(node, /^Loopback Lullaby · The Ephemeral Ports$/);
      await photographs.take(editor, "playing");
      const phone = playback.addDevice({ name: "Anna’s phone", habit: "full" });
      const started = performance.now();
      playback.play({ device: phone, context: CATALOGUE.party });
      await editor.status(node, /^Exponential Back-Off · /);
      const took = performance.now() - started;
      assert.ok(took < 1000, `took ${Math.round(took)} ms`);
      playback.pause();
      await editor.page.locator(`[id="${node}"] .red-ui-flow-node-status-dot-grey`).waitFor();
      await photographs.take(editor, "paused");
    });

    it("is unchanged after the dialog was opened and closed", async () => {
      await editor.openDialog(node);
      assert.equal(await box("volume").isVisible(), true, "a rarer one is ticked");
      await editor.done();
      assert.equal(await property("changed"), false);
    });

    it("shows its help, with every property of a payload", async () => {
      const help = await editor.page.evaluate<string>(`RED.nodes.getNodeHelp("spotify-now-playing")`);
      assert.match(help, /Tells your flow what plays/);
      await editor.page.evaluate(`RED.sidebar.help.show("spotify-now-playing")`);
      await photographs.take(editor, "help");
    });

    for (const name of [
      "01 - now playing on a dashboard",
      "02 - lights by what plays",
      "03 - sleep, when nothing has played for 20 minutes",
    ]) {
      it(`comes with an example that looks tidy: ${name}`, async () => {
        await editor.importExample(name);
        await editor.showTab(name);
        await photographs.take(editor, `example-${name.slice(0, 2)}`);
      });
    }

    it("has caused no error in the page", () => {
      assert.deepEqual(editor.problems, []);
    });
  });
}
