/** The examples in the editor, the palette, and the suggestions after our nodes. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { exampleFiles, readExample } from "../../scripts/examples";
import { RUNTIMES } from "../installed/runtimes";
import { Workshop } from "../installed/workshop";
import { launchChromium } from "./chromium";
import { EditorPage } from "./editor-page";
import { Photographs } from "./photographs";

const [FIRST = "", SECOND = "", ...OTHERS] = exampleFiles().map((file) => file.replace(/\.json$/, ""));
const NAME = "Mira’s account";

/** The node that is dropped into a flow, the first suggestion after it, and the nodes that this suggestion adds. */
const SUGGESTED: readonly [type: string, first: string, nodes: string[]][] = [
  ["spotify-now-playing", "switch: playing, paused, idle", ["switch"]],
  ["spotify-token", "http request: who am I", ["http request"]],
  ["spotify-request", "split: a message for each item", ["change", "split"]],
  ["spotify-events", "switch: what happened", ["switch"]],
];

interface EditorNode {
  id: string;
  type: string;
  valid: boolean;
}

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

    /** The accounts that our nodes use, each once. */
    const used = (): Promise<string[]> =>
      editor.page.evaluate(`(() => {
        const found = new Set();
        RED.nodes.eachNode(({ type, session }) => {
          if (type.startsWith("spotify-")) found.add(session);
        });
        return [...found];
      })()`);

    const assertOneAccount = async (): Promise<void> => {
      const accounts = await editor.accounts();
      assert.equal(accounts.length, 1);
      assert.deepEqual(await used(), accounts);
    };

    /** Pulls a wire out of a node, and drops it on an empty place. */
    async function dropWire(nodeId: string): Promise<void> {
      const { mouse } = editor.page;
      const port = editor.page.locator(`[id="${nodeId}"] .red-ui-flow-port-output .red-ui-flow-port`).first();
      const box = await port.boundingBox();
      assert.ok(box);
      await mouse.move(box.x + 4, box.y + 4);
      await mouse.down();
      await mouse.move(box.x + 200, box.y + 4, { steps: 10 });
      await mouse.up();
    }

    /** The nodes after a node, one after another. */
    const behind = (nodeId: string): Promise<EditorNode[]> =>
      editor.page.evaluate(`(() => {
        const found = [];
        for (let id = ${JSON.stringify(nodeId)}; ; ) {
          const [link] = RED.nodes.filterLinks({ source: RED.nodes.node(id) });
          if (!link) return found;
          const { type, valid } = link.target;
          found.push({ id: (id = link.target.id), type, valid });
        }
      })()`);

    it("add an account, which the user names and signs in", async () => {
      await editor.importExample(FIRST);
      await editor.deploy();
      const [account = ""] = await editor.accounts();
      await editor.openConfig(account);
      await editor.page.locator("#node-config-input-name").fill(NAME);
      await editor.page.locator("label:has(input[name=spotify-way][value=import])").click();
      const { credentialsJson } = workshop.spotify.account;
      await editor.page.locator("#node-config-input-librespotCredentials").fill(credentialsJson);
      await editor.updateAccount();
      await editor.deploy();
      await assertOneAccount();
    });

    // Node-RED asks, because the account exists. “Import copy” gives new IDs to all nodes except existing config nodes.
    // “View nodes” leaves such a node out unless it is ticked. Neither compares properties.
    it("use that account if another example is imported, whatever the user answers to Node-RED", async () => {
      await editor.importExample(SECOND, "Import copy");
      await assertOneAccount();
      const [next = "", ...rest] = OTHERS;
      await editor.importExample(next, "View nodes...");
      await assertOneAccount();
      for (const name of rest) await editor.importExample(name);
      await assertOneAccount();
      await photographs.take(editor, "imported");
    });

    it("can all be deployed unchanged, and the sign-in is still there", async () => {
      await editor.deploy();
      const flows = (await (await workshop.editor.request("flows")).json()) as {
        type: string;
        id: string;
        name?: string;
        label?: string;
      }[];
      const accounts = flows.filter(({ type }) => type === "spotify-session");
      assert.deepEqual(
        accounts.map(({ name }) => name),
        [NAME],
      );
      const labels = new Set(flows.filter(({ type }) => type === "tab").map(({ label }) => label));
      for (const file of exampleFiles()) {
        assert.ok(
          labels.has(readExample(file).find(({ type }) => type === "tab")?.["label"] as string),
          file,
        );
      }
      const kept = await workshop.editor.request(`credentials/spotify-session/${accounts[0]?.id}`);
      assert.match(await kept.text(), /"has_librespotCredentials":true/);
      assert.deepEqual(editor.problems, []);
    });

    it("are tidy on their tabs, and fit on the screen", async () => {
      const label = exampleFiles()
        .at(-1)!
        .replace(/\.json$/, "");
      await editor.page.evaluate(`RED.nodes.eachWorkspace((tab) => {
        if (tab.label === ${JSON.stringify(label)}) RED.workspaces.show(tab.id);
      })`);
      await editor.page.locator(".red-ui-flow-node-group", { hasText: "who am I" }).waitFor();
      // The part that a person sees without scrolling on a screen 1400 pixels wide.
      const chart = await editor.page.locator("#red-ui-workspace-chart").boundingBox();
      assert.ok(chart);
      for (const node of await editor.page.locator(".red-ui-flow-node-group").all()) {
        const box = await node.boundingBox();
        assert.ok(box && box.x + box.width < chart.x + chart.width, (await node.textContent()) ?? "");
      }
      await photographs.take(editor, "any-other-call");
    });

    it("have their nodes in one place of the palette", async () => {
      const { page } = editor;
      const entries = page.locator("#red-ui-palette-base-category-Spotify [data-palette-type]");
      await entries.last().scrollIntoViewIfNeeded();
      const labels = (await entries.locator(".red-ui-palette-label").allInnerTexts()).map((text) =>
        text.replaceAll(/\s+/g, " ").trim(),
      );
      assert.deepEqual(labels, ["now playing", "playback", "request", "events", "token"]);
      await photographs.take(editor, "palette");
    });

    it("are not the only help: the node that most often follows another is suggested first", async () => {
      const { page } = editor;
      for (const [type, first, nodes] of SUGGESTED) {
        await page.evaluate(`RED.actions.invoke("core:add-flow")`);
        const entry = page.locator(`[data-palette-type="${type}"]`);
        await entry.scrollIntoViewIfNeeded();
        // Below Node-RED's notices.
        const targetPosition = { x: 200, y: 320 };
        await entry.dragTo(page.locator("#red-ui-workspace-chart"), { targetPosition });
        const group = page.locator(".red-ui-flow-node-group.red-ui-flow-node-selected");
        const id = (await group.getAttribute("id")) ?? "";
        await dropWire(id);
        const choice = page.locator(".red-ui-type-search li").first().getByText(first, { exact: true });
        await choice.waitFor();
        await photographs.take(editor, `suggested-${type}`);
        await choice.click();
        const put = await behind(id);
        assert.deepEqual(
          put.map((node) => node.type),
          nodes,
        );
        for (const node of put) assert.ok(node.valid, `${node.type} behind ${type} wants something`);
      }
    });

    it("suggest none of our nodes after other nodes", async () => {
      const { page } = editor;
      await page.evaluate(`RED.actions.invoke("core:add-flow")`);
      const entry = page.locator(`[data-palette-type="inject"]`);
      await entry.scrollIntoViewIfNeeded();
      await entry.dragTo(page.locator("#red-ui-workspace-chart"), { targetPosition: { x: 200, y: 320 } });
      const group = page.locator(".red-ui-flow-node-group.red-ui-flow-node-selected");
      await dropWire((await group.getAttribute("id")) ?? "");
      const first = page.locator(".red-ui-type-search li").first();
      await first.getByText("debug", { exact: true }).waitFor();
      await page.keyboard.press("Escape");
    });

    it("without an error in the page", () => assert.deepEqual(editor.problems, []));
  });
}
