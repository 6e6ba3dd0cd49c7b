/** spotify-playback in the editor, and the five flows that users want first, each built from at most three nodes. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Browser, Locator } from "playwright-core";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { CATALOGUE } from "../simulator/world/catalogue";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { chosenMarks, faintTexts } from "./legibility";
import { Photographs } from "./photographs";

const ACCOUNT = "account";
const NARROW = 800;
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="#a63"/></svg>`;
/** WCAG 2.2, 1.4.11. */
const LEAST_CONTRAST_OF_A_MARK = 3;

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`spotify-playback in the editor of ${runtime.title}`, function () {
    this.timeout(60_000);
    // Each step begins where the last one ended.
    this.bail(true);
    const photographs = new Photographs(`${index + 6}-playback`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;
    let node: string;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      const { account } = workshop.spotify;
      account.playback.addDevice({ name: "Anna’s phone", type: 3, habit: "iphone" });
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
      // Pictures come from Spotify, which is not asked here.
      await editor.page.route("https://i.scdn.co/image/**", (route) =>
        route.fulfill({ contentType: "image/svg+xml", body: PICTURE }),
      );
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    const property = (name: string): Promise<unknown> =>
      editor.page.evaluate(`RED.nodes.node(${JSON.stringify(node)})[${JSON.stringify(name)}]`);

    /** Drags a node from the palette. @returns its ID */
    async function drag(type: string, x: number, y: number): Promise<string> {
      const { page } = editor;
      const entry = page.locator(`[data-palette-type="${type}"]`);
      await entry.scrollIntoViewIfNeeded();
      const before = await nodes();
      await entry.dragTo(page.locator("#red-ui-workspace-chart"), { targetPosition: { x, y } });
      const [added, ...others] = (await nodes()).filter((id) => !before.includes(id));
      assert.ok(added !== undefined && others.length === 0, `one ${type} was added`);
      return added;
    }

    const nodes = (): Promise<string[]> =>
      editor.page.evaluate(
        `(() => { const all = []; RED.nodes.eachNode((n) => { all.push(n.id); }); return all; })()`,
      );

    /** Draws a wire with the mouse. */
    async function wire(from: string, to: string): Promise<void> {
      const port = (id: string, side: string): Locator =>
        editor.page.locator(`[id="${id}"] .red-ui-flow-port-${side} .red-ui-flow-port`).first();
      await port(from, "output").dragTo(port(to, "input"), { force: true });
      const ends = await editor.page.evaluate(
        `RED.nodes.getNodeLinks(${JSON.stringify(from)}).map(({ target }) => target.id)`,
      );
      assert.deepEqual(ends, [to], "the wire is there");
    }

    /** The button of an inject node. */
    async function press(id: string): Promise<void> {
      const answered = editor.page.waitForResponse((response) => response.url().includes(`/inject/${id}`));
      await editor.page.locator(`[id="${id}"] .red-ui-flow-node-button-button`).click();
      assert.equal((await answered).status(), 200);
    }

    /** Chooses the kind of a typed input, and writes its value. */
    async function fill(field: string, kind: string, value: string): Promise<void> {
      await editor.page.evaluate(
        ([id, type, text]) => {
          const input = (
            globalThis as unknown as { $: (selector: string) => { typedInput(...given: string[]): void } }
          ).$(id!);
          input.typedInput("type", type!);
          input.typedInput("value", text!);
        },
        [`#${field}`, kind, value],
      );
    }

    /** The text of the element that has the focus. */
    const focused = (): Promise<string | null> =>
      editor.page.evaluate("document.activeElement?.textContent?.trim() ?? null");

    /** Adds a tab for a flow. */
    async function newTab(): Promise<void> {
      await editor.page.evaluate(`RED.actions.invoke("core:add-flow")`);
    }

    it("is dragged from the palette, where it is called “playback”", async () => {
      node = await drag("spotify-playback", 420, 160);
      await editor.page.locator(`[id="${node}"]`, { hasText: "play" }).first().waitFor();
      await photographs.take(editor, "placed");
    });

    it("shows for each action only what it needs", async () => {
      const { page } = editor;
      await editor.openDialog(node);
      await page.locator("#node-input-session").selectOption(ACCOUNT);
      const action = page.locator("#node-input-action");
      assert.equal((await action.locator("option").count()) >= 17, true);
      await photographs.take(editor, "dialog");
      await action.selectOption("pause");
      assert.equal(await page.locator("#spotify-value-row").isVisible(), false);
      assert.equal(await page.locator("#spotify-wake-row").isVisible(), false);
      await photographs.take(editor, "dialog-pause");
      await action.selectOption("devices");
      assert.equal(await page.locator("#spotify-device-row").isVisible(), false);
      await action.selectOption("volume");
      assert.equal(await page.locator("#spotify-value-row").isVisible(), true);
      assert.match((await page.locator("#spotify-value-hint").textContent()) ?? "", /0 to 100/);
      await photographs.take(editor, "dialog-volume");
      await action.selectOption("play");
    });

    it("lists the account's devices by name, and puts in the one that is picked, also by the keyboard", async () => {
      const { page } = editor;
      await page.locator("#spotify-devices-show").click();
      const options = page.locator("#spotify-devices-list [role=option]");
      await options.nth(2).waitFor();
      const names = await options.locator(".spotify-picker-title").allTextContents();
      // A speaker in this machine's network may answer as well.
      assert.deepEqual(names.slice(0, 3), ["Kitchen", "Study", "Anna’s phone"]);
      assert.match((await options.first().textContent()) ?? "", /plays/);
      await options.first().focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      assert.equal(await options.nth(1).getAttribute("aria-selected"), "true");
      await photographs.take(editor, "picker");
    });

    it("lists a new device without being asked, and two devices of one name with their IDs", async () => {
      const { page } = editor;
      const { playback } = workshop.spotify.account;
      const twins = [1, 2].map(() => playback.addDevice({ name: "Bathroom" }));
      const options = page.locator("#spotify-devices-list [role=option]");
      const bathrooms = options.filter({ hasText: "Bathroom" });
      await bathrooms.nth(1).waitFor();
      assert.equal(await options.nth(1).getAttribute("aria-selected"), "true", "Study is still chosen");
      assert.match((await focused()) ?? "", /^Study/, "the row where the person was has the focus");
      await bathrooms.nth(1).click();
      const id = await page.locator("#node-input-device").inputValue();
      assert.ok(
        twins.some((twin) => twin.id === id),
        "the ID of one of them",
      );
      assert.match((await bathrooms.nth(1).textContent()) ?? "", new RegExp(`${id.slice(0, 6)}…$`));
      await photographs.take(editor, "picker-twins");
      await options.nth(1).click();
      assert.equal(await page.locator("#node-input-device").inputValue(), "Study");
    });

    it("says that a new account must be deployed first, and lists nothing of another account", async () => {
      const { page } = editor;
      const select = page.locator("#node-input-session");
      await page.evaluate(
        `RED.nodes.add({ id: "new", type: "spotify-session", _def: RED.nodes.getType("spotify-session"), name: "New", clientId: "", users: [], z: "" })`,
      );
      await select.evaluate((box: HTMLSelectElement) => box.add(new Option("New", "new")));
      await select.selectOption("new");
      const note = page.locator("#spotify-devices-note");
      await note.filter({ hasText: "Deploy the account first" }).waitFor();
      assert.equal(await page.locator("#spotify-devices-list [role=option]").count(), 0);
      assert.match(
        editor.problems.pop() ?? "",
        /404 .*\/new\/devices/,
        "the browser says what it was answered",
      );
      await photographs.take(editor, "picker-new-account");
      await select.selectOption(ACCOUNT);
      await page.locator("#spotify-devices-list [role=option]").first().waitFor();
      await page.evaluate(`RED.nodes.remove("new")`);
    });

    it("lists the account's playlists, with owner and number of tracks, and puts in the picked one", async () => {
      const { page } = editor;
      await page.locator("#spotify-playlists-show").click();
      const options = page.locator("#spotify-playlists-list [role=option]");
      await options.nth(3).waitFor();
      assert.deepEqual(await options.locator(".spotify-picker-title").allTextContents(), [
        "Protocol Hits",
        "Dinner",
        "Party",
        "DJ",
      ]);
      assert.match((await options.nth(3).textContent()) ?? "", /spotify · 6 tracks/);
      assert.equal(await options.nth(1).locator("img").count(), 1, "Dinner has a picture");
      await options.nth(1).click();
      assert.deepEqual(
        [
          await page.locator("#node-input-valueType").inputValue(),
          await page.locator("#node-input-value").inputValue(),
          await page.locator("#spotify-value-hint").textContent(),
        ],
        ["str", CATALOGUE.dinner.uri, "Plays the playlist “Dinner”."],
      );
      await photographs.take(editor, "playlists");
    });

    it("shows which playlist is chosen, in light and dark: the texts are legible, the mark stands out", async () => {
      const { page } = editor;
      const dialog = page.locator(".red-ui-tray .spotify-dialog").last();
      const chosen = page.locator("#spotify-playlists-list [aria-selected=true]");
      assert.equal(await chosen.count(), 1);
      for (const theme of ["light", "dark"] as const) {
        await editor.useTheme(theme);
        assert.deepEqual(await faintTexts(dialog), [], theme);
        const marks = await chosenMarks(chosen);
        for (const [mark, ratio] of Object.entries(marks)) {
          assert.ok(ratio >= LEAST_CONTRAST_OF_A_MARK, `${mark}, ${theme}: ${ratio.toFixed(2)}`);
        }
      }
      await editor.useTheme("light");
    });

    it("lists a new playlist as soon as the account reports a change, and keeps the person's place", async () => {
      const { page } = editor;
      const { account } = workshop.spotify;
      const list = page.locator("#spotify-playlists-list");
      for (let made = 0; made < 12; made++) account.playlists.add({ name: `Mix ${made}`, owner: "ada" });
      account.playlists.all[5]!.name = "Songs for a very long journey through all the rooms of a house";
      await page.locator("#spotify-playlists-refresh").click();
      await list.locator("[role=option]").nth(15).waitFor();
      await list.locator("[role=option]").nth(11).focus();
      assert.match((await focused()) ?? "", /^Mix 0/);
      const place = (): Promise<number> =>
        list.getByText("Mix 0", { exact: true }).evaluate((row) => row.getBoundingClientRect().top);
      const before = await place();
      assert.ok((await list.evaluate(({ scrollTop }) => scrollTop)) > 0, "the list is scrolled");
      account.playlists.add({ name: "Rainy Sunday" });
      workshop.simulator.dropAll();
      await list.getByText("Rainy Sunday").waitFor();
      assert.match((await focused()) ?? "", /^Mix 0/);
      assert.equal(await place(), before);
      await photographs.take(editor, "playlists-many");
    });

    it("works with the keyboard alone: arrows, Home, Enter, and Escape, which closes only the list", async () => {
      const { page } = editor;
      await page.keyboard.type("rain");
      assert.match((await focused()) ?? "", /^Rainy Sunday/);
      await page.keyboard.press("Home");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowUp");
      assert.match((await focused()) ?? "", /^Mix 11/);
      await page.keyboard.press("Enter");
      assert.equal(await page.locator("#spotify-value-hint").textContent(), "Plays the playlist “Mix 11”.");
      await page.keyboard.press("Escape");
      assert.equal(await page.locator("#spotify-playlists-list").isVisible(), false);
      assert.equal(await page.locator("#node-dialog-ok").isVisible(), true);
      assert.equal(await focused(), "My playlists");
      await page.keyboard.press("Enter");
      await page.locator("#spotify-playlists-list [role=option]").first().waitFor();
      await page.keyboard.press("ArrowDown");
      assert.match((await focused()) ?? "", /^Mix 11/, "the one that is chosen");
      await page.keyboard.press("Escape");
    });

    it("offers playlists only for play", async () => {
      const { page } = editor;
      const action = page.locator("#node-input-action");
      for (const one of ["queue", "like", ""]) {
        await action.selectOption(one);
        assert.equal(await page.locator("#spotify-playlists-show").isVisible(), false, one);
        assert.doesNotMatch((await page.locator("#spotify-value-hint").textContent()) ?? "", /playlist “/);
      }
      await action.selectOption("play");
      assert.equal(await page.locator("#spotify-playlists-show").isVisible(), true);
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
      await photographs.take(editor, "narrow");
      await page.setViewportSize(size);
      await editor.trayRests();
    });

    it("reports a wrong time, and accepts a good one", async () => {
      const { page } = editor;
      await page.locator("#spotify-playback-advanced > summary").click();
      await page.locator("#node-input-timeout").fill("soon");
      assert.match((await page.locator("#spotify-timeout-problem").textContent()) ?? "", /from 1 to 120/);
      await photographs.take(editor, "advanced");
      await page.locator("#node-input-timeout").fill("8");
      await fill("node-input-value", "str", CATALOGUE.party.uri);
      await editor.done();
      assert.deepEqual(
        [
          await property("action"),
          await property("device"),
          await property("deviceType"),
          await property("valueType"),
        ],
        ["play", "Study", "str", "str"],
      );
      assert.equal(await property("valid"), true);
    });

    it("plays in that room when a button is pressed, and shows so in its status", async () => {
      const { playback } = workshop.spotify.account;
      const inject = await drag("inject", 150, 160);
      await wire(inject, node);
      await editor.deploy();
      await press(inject);
      await editor.status(node, /^▶ Study 65 %$/);
      assert.deepEqual([playback.active?.name, playback.state.context?.uri], ["Study", CATALOGUE.party.uri]);
      await photographs.take(editor, "playing");
    });

    it("is unchanged after the dialog was opened and closed", async () => {
      await editor.openDialog(node);
      await editor.page.locator("#spotify-value-hint", { hasText: "Plays the playlist “Party”." }).waitFor();
      await editor.done();
      assert.equal(await property("changed"), false);
    });

    it("follows nothing after it is closed with both lists open", async () => {
      const { page } = editor;
      await page.evaluate(`
        window.subscriptions = 0;
        for (const [name, step] of [["subscribe", 1], ["unsubscribe", -1]]) {
          const original = RED.comms[name];
          RED.comms[name] = (...given) => {
            window.subscriptions += step;
            original(...given);
          };
        }`);
      await editor.openDialog(node);
      for (const list of ["devices", "playlists"]) {
        await page.locator(`#spotify-${list}-show`).click();
        await page.locator(`#spotify-${list}-list [role=option]`).first().waitFor();
      }
      assert.equal(await page.evaluate("window.subscriptions"), 2);
      await editor.cancel();
      assert.equal(await page.evaluate("window.subscriptions"), 0);
    });

    it("shows its help", async () => {
      const help = await editor.page.evaluate<string>(`RED.nodes.getNodeHelp("spotify-playback")`);
      assert.match(help, /sends the message on when it has\s+happened/);
      await editor.page.evaluate(`RED.sidebar.help.show("spotify-playback")`);
      await photographs.take(editor, "help");
    });

    describe("the five flows that users want first, each of at most three nodes", () => {
      beforeEach(async () => {
        await newTab();
      });

      async function withAccount(id: string): Promise<void> {
        await editor.openDialog(id);
        await editor.page.locator("#node-input-session").selectOption(ACCOUNT);
      }

      it("now playing: two nodes", async () => {
        const playing = await drag("spotify-now-playing", 160, 160);
        const debug = await drag("debug", 420, 160);
        await wire(playing, debug);
        await withAccount(playing);
        await editor.done();
        await editor.deploy();
        workshop.spotify.account.playback.play({ context: CATALOGUE.defaultPlaylist, item: 3 });
        await editor.status(playing, /^Minimal Big-Endian · /);
      });

      it("one button for play and pause: two nodes", async () => {
        const { playback } = workshop.spotify.account;
        const button = await drag("inject", 160, 160);
        const toggle = await drag("spotify-playback", 420, 160);
        await wire(button, toggle);
        await withAccount(toggle);
        await editor.page.locator("#node-input-action").selectOption("toggle");
        await editor.done();
        await editor.deploy();
        await press(button);
        await editor.status(toggle, /^⏸ /);
        assert.equal(playback.state.status, "paused");
        await press(button);
        await editor.status(toggle, /^▶ /);
        assert.equal(playback.state.status, "playing");
      });

      it("a wake-up playlist in the kitchen at 20 % at seven: two nodes", async () => {
        const { playback } = workshop.spotify.account;
        const clock = await drag("inject", 160, 160);
        const play = await drag("spotify-playback", 420, 160);
        await wire(clock, play);
        await withAccount(play);
        await fill("node-input-device", "str", "Kitchen");
        await fill("node-input-value", "json", JSON.stringify({ uri: CATALOGUE.dinner.uri, volume: 20 }));
        await editor.done();
        await editor.openDialog(clock);
        await editor.page.locator("#inject-time-type-select").selectOption("time");
        await editor.page.locator("#inject-time-time").fill("07:00");
        await editor.done();
        const { crontab } = await editor.page.evaluate<{ crontab: string }>(
          `({ crontab: RED.nodes.node(${JSON.stringify(clock)}).crontab })`,
        );
        assert.match(crontab, /^00 07 /);
        await editor.deploy();
        await press(clock);
        await editor.status(play, /^▶ Kitchen 20 %$/);
        await editor.page.locator(`[id="${play}"]`, { hasText: "play · Kitchen" }).waitFor();
        assert.deepEqual(
          [playback.active?.name, playback.active?.volume, playback.state.context?.uri],
          ["Kitchen", 20, CATALOGUE.dinner.uri],
        );
        await photographs.take(editor, "wake-up");
      });

      it("an alarm before a sign-in expires: two nodes", async () => {
        const events = await drag("spotify-events", 160, 160);
        const debug = await drag("debug", 420, 160);
        await wire(events, debug);
        await withAccount(events);
        const boxes = editor.page.locator(".spotify-ticks input[type=checkbox]");
        for (const box of await boxes.all()) {
          if (await box.isVisible())
            await box.setChecked((await box.getAttribute("value")) === "sign-in-expiring");
        }
        await editor.done();
        await editor.deploy();
        assert.deepEqual(await editor.page.evaluate(`RED.nodes.node(${JSON.stringify(events)}).kinds`), [
          "sign-in-expiring",
        ]);
      });

      it("skip what I dislike: three nodes", async () => {
        const { playback } = workshop.spotify.account;
        const playing = await drag("spotify-now-playing", 140, 160);
        const choice = await drag("switch", 340, 160);
        const skip = await drag("spotify-playback", 560, 160);
        await wire(playing, choice);
        await wire(choice, skip);
        await withAccount(playing);
        await editor.done();
        await editor.openDialog(choice);
        await fill("node-input-property", "msg", "payload.title");
        await editor.page
          .locator("#node-input-rule-container input[type=text]:visible")
          .first()
          .fill("Three-Way Handshake");
        await editor.done();
        await withAccount(skip);
        await editor.page.locator("#node-input-action").selectOption("next");
        await editor.done();
        await editor.deploy();
        playback.play({ context: CATALOGUE.defaultPlaylist, item: 0 });
        await editor.status(playing, /^Loopback Lullaby · /);
        playback.next();
        await editor.status(playing, /^Sixty Seconds to Pong · /);
        assert.equal(playback.state.item?.name, "Sixty Seconds to Pong");
        await photographs.take(editor, "skip");
      });
    });

    for (const name of [
      "04 - one button for play and pause",
      "05 - wake-up playlist in the kitchen",
      "06 - volume knob",
      "07 - announcement, then the music goes on",
      "08 - skip what I dislike",
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
