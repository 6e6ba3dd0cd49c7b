/** Connect mode in the editor: the device is made visible, tapped and taken over; spotify-events reports it. */
import assert from "node:assert/strict";
import type { Browser, Locator } from "playwright-core";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { ACCOUNT, accountFlow } from "../installed/account-flow";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import type { OfficialApp } from "../simulator";
import { AccountDialog } from "./account-dialog";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { Photographs } from "./photographs";

const EVENTS = "events-of-account";
const NAME = "Kitchen & Co 🎵";
const PHONE = { clientId: CLIENT_IDS.android, name: "Anna’s phone", brand: "Google", model: "Pixel 8" };

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`Connect mode, in the editor of ${runtime.title}`, function () {
    this.timeout(60_000);
    // Each step begins where the last one ended.
    this.bail(true);
    const photographs = new Photographs(`${index + 4}-connect`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;
    let dialog: AccountDialog;
    let phone: OfficialApp;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      const { nodes } = accountFlow();
      const z = nodes.find(({ type }) => type === "tab")?.id;
      const events = { id: EVENTS, type: "spotify-events", z, name: "what happens", session: ACCOUNT };
      const kinds = ["state", "client-id", "sign-in", "sign-in-expiring"];
      await (await workshop.start()).deploy([...nodes, { ...events, kinds, x: 200, y: 160, wires: [[]] }]);
      phone = workshop.simulator.officialApp(workshop.spotify.account, PHONE);
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url, { height: 1100 });
      dialog = await AccountDialog.open(editor);
    });

    after(async () => {
      await phone?.vanish();
      await browser?.close();
      await workshop?.close();
    });

    const deviceName = (): Locator => editor.page.locator("#node-config-input-deviceName");
    /** Waits until the session is visible. @returns the address for a tap */
    const tapAddress = async (): Promise<string> => {
      const [, port] = await workshop.red.waitForOutput(/Visible on the LAN .*on port (\d+)/);
      return `http://127.0.0.1:${port}/`;
    };

    it("offers a tap in the Spotify app, and shows how", async () => {
      await dialog.choose("tap");
      assert.equal(await dialog.page.locator("[data-way=tap] li").count(), 3);
      assert.equal(await dialog.part("device-row").isVisible(), false);
      await photographs.take(editor, "tap-off");
    });

    it("is made visible with one button, under a name that fits", async () => {
      await dialog.part("tap-begin").click();
      assert.equal(await editor.page.locator("#node-config-input-connect").isChecked(), true);
      assert.equal(await deviceName().inputValue(), "Node-RED");
      await dialog.said("tap-message", "info", /press Update, then Deploy/);
      assert.equal(await dialog.part("tap-begin").isVisible(), false);
      await deviceName().fill(" ");
      assert.match((await dialog.part("device-problem").textContent()) ?? "", /Give the device a name/);
      await deviceName().fill("🎵".repeat(16));
      assert.match((await dialog.part("device-problem").textContent()) ?? "", /has 64 bytes, and 63 fit/);
      await deviceName().scrollIntoViewIfNeeded();
      await photographs.take(editor, "name-too-long");
      await deviceName().fill(NAME);
      assert.equal(await dialog.part("device-problem").textContent(), "");
    });

    it("is visible once it is deployed, and waits for the tap", async () => {
      await dialog.deploy();
      await dialog.status(new RegExp(`Visible on the LAN as “${NAME}”`));
      await dialog.choose("tap");
      await dialog.said("tap-message", "busy", /Waiting until you pick it/);
      await photographs.take(editor, "tap-waiting");
    });

    it("is signed in by the tap, and says so", async () => {
      const { status } = await phone.tap(await tapAddress());
      assert.equal(status, 101);
      await dialog.said("tap-message", "good", /Signed in as newcomer/);
      const [row] = await dialog.signIns(1);
      assert.match(row ?? "", /^Tapped in the Spotify app newcomer/);
      await dialog.status(/Connected as newcomer/);
      await photographs.take(editor, "tapped");
    });

    it("belongs to that account: a tap from another one is refused, and reported with its name", async () => {
      const account = workshop.simulator.addAccount({ username: "mallory" });
      const stranger = workshop.simulator.officialApp(account, { clientId: CLIENT_IDS.ios });
      const { status } = await stranger.tap(await tapAddress());
      assert.notEqual(status, 101);
      await dialog.status(/A tap of “mallory” was refused at .+: the device belongs to the account/);
      await photographs.take(editor, "tap-refused");
    });

    it("lets others sign in for a while after a press of a button, and ends that after another press", async () => {
      const gate = dialog.part("tap-gate");
      const button = dialog.part("tap-gate-button");
      await gate.filter({ hasText: /Only newcomer may sign in here by a tap/ }).waitFor();
      await gate.scrollIntoViewIfNeeded();
      await photographs.take(editor, "tap-gate-closed");
      await button.click();
      await gate.filter({ hasText: /Until .+, anyone in your network may sign in here by a tap/ }).waitFor();
      await gate.scrollIntoViewIfNeeded();
      await photographs.take(editor, "tap-gate-open");
      await button.filter({ hasText: "Only the present account again" }).click();
      await gate.filter({ hasText: /Only newcomer/ }).waitFor();
    });

    it("says which client ID it has, since when, and which device caused it", async () => {
      await phone.takeOver({ via: "cluster" });
      await dialog.status(
        /Client ID: Android since .+, because “Anna’s phone \(Google Pixel 8\)” took control/,
      );
      await photographs.take(editor, "taken-over");
      assert.match(await editor.status(EVENTS, /android/), /^android since \d\d:\d\d$/);
    });

    it("has its own client ID again when the phone is put away", async () => {
      await phone.leave();
      await dialog.status(/Client ID: Desktop \(keymaster\), as set under “Advanced”/);
      await editor.status(EVENTS, /^connected$/);
    });

    it("keeps its own client ID if it is told to, and says which one Spotify sent", async () => {
      await editor.page.locator("#node-config-input-followClientId").uncheck();
      await dialog.deploy();
      await dialog.status(/Connected as newcomer/);
      phone = workshop.simulator.officialApp(workshop.spotify.account, PHONE);
      await phone.takeOver({ via: "cluster" });
      await dialog.status(
        /Client ID: stays Desktop \(keymaster\); Spotify sent Android at .+, from “Anna’s phone/,
      );
      await photographs.take(editor, "kept");
      await editor.status(EVENTS, /^connected$/);
    });

    it("no longer says that the account was signed out while the next sign-in is under way", async () => {
      await dialog.signOut(dialog.part("sign-out-all"));
      await dialog.said("sign-out-message", "info", /Signed out of everything/);
      await dialog.choose("pair");
      await dialog.getCode();
      assert.equal(await dialog.part("sign-out-message").isVisible(), false);
      await dialog.part("pair-cancel").click();
      await dialog.cancel();
    });

    describe("spotify-events", () => {
      const box = (kind: string): Locator => editor.page.locator(`#spotify-event-${kind}`);
      const chosen = (): Promise<unknown> => editor.page.evaluate(`RED.nodes.node("${EVENTS}").kinds.join()`);
      const isValid = (): Promise<unknown> => editor.page.evaluate(`RED.nodes.node("${EVENTS}").valid`);

      it("lets the user choose what it reports", async () => {
        await editor.openDialog(EVENTS);
        assert.equal(await editor.page.locator("#spotify-event-kinds input:checked").count(), 4);
        await photographs.take(editor, "events");
        await box("sign-in").uncheck();
        await box("state").uncheck();
        await editor.done();
        assert.equal(await chosen(), "client-id,sign-in-expiring");
        assert.equal(await isValid(), true);
      });

      it("needs at least one kind, and is marked if it has none", async () => {
        await editor.openDialog(EVENTS);
        await box("client-id").uncheck();
        await box("sign-in-expiring").uncheck();
        const problem = editor.page.locator("#spotify-event-problem");
        assert.match((await problem.textContent()) ?? "", /Choose at least one/);
        await photographs.take(editor, "events-none");
        await editor.done();
        assert.equal(await isValid(), false);
        await photographs.take(editor, "events-invalid");
        await editor.openDialog(EVENTS);
        await box("state").check();
        assert.equal(await problem.textContent(), "");
        await editor.done();
        assert.equal(await isValid(), true);
      });

      it("shows its help", async () => {
        const help = await editor.page.evaluate<string>(`RED.nodes.getNodeHelp("spotify-events")`);
        assert.match(help, /Tells your flow what happens to a Spotify account/);
      });

      it("comes with an example that looks tidy", async () => {
        await editor.importExample("11 - client ID changes");
        await editor.showTab("11 - client ID changes");
        await photographs.take(editor, "example");
      });

      it("has caused no error in the page", () => {
        assert.deepEqual(
          editor.problems.filter((problem) => !/404 .*\/spotify-session\//.test(problem)),
          [],
        );
      });
    });
  });
}
