/** The examples in the editor, and what is suggested behind their nodes. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { Photographs } from "./photographs";

const EXAMPLES = ["01 - now playing on a dashboard", "09 - get a token", "12 - any other call of Spotify"];

for (const [index, runtime] of RUNTIMES.entries()) {
  describe(`the examples in the editor of ${runtime.title}`, function () {
    this.timeout(60_000);
    // Each step begins where the last one ended.
    this.bail(true);
    const photographs = new Photographs(`${index + 4}-examples`);
    let workshop: Workshop;
    let browser: Browser;
    let editor: EditorPage;

    before(async function () {
      this.timeout(300_000);
      workshop = await Workshop.open(runtime);
      await workshop.start();
      browser = await launchChromium();
      editor = await EditorPage.open(browser, workshop.red.url);
    });

    after(async () => {
      await browser?.close();
      await workshop?.close();
    });

    it("are imported one after another, with one account for all of them", async () => {
      for (const name of EXAMPLES) await editor.importExample(name);
      const accounts = await editor.accounts();
      assert.equal(accounts.length, 1);
      const users = await editor.page.evaluate<string[]>(`(() => {
        const found = [];
        RED.nodes.eachNode((node) => {
          if (/^spotify-/.test(node.type)) found.push(node.session);
        });
        return found;
      })()`);
      assert.ok(users.length > EXAMPLES.length);
      assert.deepEqual([...new Set(users)], accounts);
      await photographs.take(editor, "imported");
    });

    it("can be deployed as they are", async () => {
      await editor.deploy();
      assert.deepEqual(editor.problems, []);
    });

    it("show what is put behind a node most often, when its wire is dropped", async () => {
      const { page } = editor;
      await page.evaluate(`RED.actions.invoke("core:add-flow")`);
      // Below Node-RED's notices.
      for (const [type, y, wanted] of [
        ["spotify-now-playing", 320, "switch: playing, paused, idle"],
        ["spotify-token", 520, "http request: who am I"],
      ] as const) {
        const chart = page.locator("#red-ui-workspace-chart");
        const entry = page.locator(`[data-palette-type="${type}"]`);
        await entry.scrollIntoViewIfNeeded();
        await entry.dragTo(chart, { targetPosition: { x: 200, y } });
        const node = page.locator(`.red-ui-flow-node-group.red-ui-flow-node-selected`);
        const id = (await node.getAttribute("id")) ?? "";
        const port = page.locator(`[id="${id}"] .red-ui-flow-port-output .red-ui-flow-port`).first();
        const { x: left, y: top } = (await port.boundingBox())!;
        await page.mouse.move(left + 4, top + 4);
        await page.mouse.down();
        await page.mouse.move(left + 200, top + 4, { steps: 10 });
        await page.mouse.up();
        const suggestion = page.locator("#red-ui-type-search-input, .red-ui-type-search").getByText(wanted);
        await suggestion.waitFor();
        await photographs.take(editor, `suggested-${type}`);
        await suggestion.click();
        const behind = await page.evaluate<string[]>(
          `RED.nodes.getNodeLinks(${JSON.stringify(id)}).map(({ target }) => target.type)`,
        );
        assert.deepEqual(behind, [wanted.slice(0, wanted.indexOf(":"))]);
      }
    });

    it("without an error in the page", () => assert.deepEqual(editor.problems, []));
  });
}
