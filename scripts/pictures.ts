/**
 * `npm run pictures`: takes the pictures of the README and of `docs/` anew. Needs Chromium.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { AccountDialog } from "../test/browser/account-dialog";
import { launchChromium } from "../test/browser/chromium";
import { EditorPage } from "../test/browser/editor-page";
import { accountFlow } from "../test/installed/account-flow";
import { EditorClient } from "./editor-client";
import { readExamples, signedIn } from "./examples";
import { BUTTON, MUSIC_FLOW, NOW_PLAYING, PLAYBACK, SONG } from "./music-flow";
import { NodeRedProcess } from "./node-red-process";
import { deployWithOwnApp } from "./own-app";
import { startSimulatedSpotify } from "./simulated-spotify";
import { packTarball } from "./tarball";
import { installTarball, writeFlows, writeSettings } from "./user-dir";

const ROOT = join(__dirname, "..");
const DOCS = join(ROOT, "docs");
const HOME = join(ROOT, ".cache", "pictures");
const EXAMPLES = [
  "01 - now playing on a dashboard.json",
  "09 - get a token.json",
  "12 - any other call of Spotify.json",
];

async function main(): Promise<void> {
  const userDir = join(HOME, "user-dir");
  await mkdir(DOCS, { recursive: true });
  await installTarball(userDir, await packTarball(HOME));
  await rm(join(userDir, "spotify-session"), { recursive: true, force: true });
  await writeFlows(userDir, []);
  const spotify = await startSimulatedSpotify(HOME, { username: "living-room" });
  const { simulator, account, settings, env } = spotify;
  await writeSettings(userDir, settings);
  const red = await NodeRedProcess.start({ userDir, env });
  const browser = await launchChromium();
  try {
    const client = await EditorClient.connect(red.url);
    account.playback.play({ item: 0 });
    account.playback.pause();
    const flows = signedIn([...MUSIC_FLOW, ...readExamples(EXAMPLES)], account.credentialsJson);
    await deployWithOwnApp(client, spotify, flows, red.url);
    const editor = await EditorPage.open(browser, red.url, { width: 1620, height: 1300 });
    await takeFlow(editor);
    await takeDialogs(editor);
    await client.deploy(accountFlow().nodes);
    // The page that Spotify names, and room for a dialog as long as this.
    simulator.policy.verificationUri = "https://spotify.com/pair";
    await takeSignIns(await EditorPage.open(browser, red.url, { width: 1620, height: 1600 }));
    client.close();
  } finally {
    await browser.close();
    await red.stop();
    await simulator.close();
  }
}

/** The flow of the README, after the button was pressed. */
async function takeFlow(editor: EditorPage): Promise<void> {
  const { page } = editor;
  await editor.showTab("Music");
  const nowPlaying = await editor.nodeId(NOW_PLAYING, "spotify-now-playing");
  await editor.status(nowPlaying, /Loopback Lullaby/);
  const button = await editor.nodeId(BUTTON, "inject");
  await page.locator(`[id="${button}"] .red-ui-flow-node-button-button`).click();
  await editor.status(await editor.nodeId(PLAYBACK, "spotify-playback"), /%/);
  await page.locator(`[id="${nowPlaying}"] .red-ui-flow-node-status-dot-green`).waitFor();
  await editor.status(await editor.nodeId(SONG, "debug"), /Loopback Lullaby/);
  // What Node-RED says of the press is no part of the flow.
  await page.locator(".red-ui-notification").waitFor({ state: "hidden" });
  const chart = await page.locator("#red-ui-workspace-chart").boundingBox();
  if (chart === null) throw new Error("The editor shows no flow.");
  const clip = { x: chart.x, y: chart.y, width: 700, height: 200 };
  await page.screenshot({ path: join(DOCS, "flow.png"), clip });
}

async function takeDialogs(editor: EditorPage): Promise<void> {
  await editor.openDialog(await editor.nodeId("what is playing", "spotify-now-playing"));
  await takeTray(editor, "now-playing-dialog.png");
  await editor.cancel();
  await editor.openDialog(await editor.nodeId("its first tracks", "spotify-request"));
  await editor.page.locator("#spotify-call", { hasText: "Needs the permission" }).waitFor();
  await editor.page.locator(".red-ui-typedInput-input").first().pressSequentially(" ");
  await editor.page.locator(".spotify-suggestion").first().waitFor();
  await takeTray(editor, "request-dialog.png");
  await editor.page.keyboard.press("Escape");
  await editor.cancel();
  await editor.openDialog(await editor.nodeId("token by itself"));
  const panel = editor.page.locator("#spotify-explanation");
  await takeTray(editor, "token-dialog.png");
  await editor.page.locator("#spotify-token-advanced > summary").click();
  await panel.locator(".spotify-headline").waitFor();
  await panel.locator("summary").click();
  await takePart(editor, editor.page.locator(".form-row:has(#spotify-explanation)"), "explain.png");
  await editor.openAccount();
  await editor.page.locator("#spotify-session-status", { hasText: "Connected as" }).waitFor();
  await editor.page.locator(".spotify-playing-cover > img").waitFor();
  await takeTray(editor, "session-dialog.png");
}

/** The ways to sign in, before a sign-in. */
async function takeSignIns(editor: EditorPage): Promise<void> {
  const dialog = await AccountDialog.open(editor);
  await dialog.getCode();
  await takeTray(editor, "pairing.png");
  await dialog.part("pair-cancel").click();
  await dialog.choose("own-app");
  await dialog.part("app-client-id").fill("0123456789abcdef0123456789abcdef");
  await takeTray(editor, "own-app.png");
  await dialog.choose("tap");
  await dialog.part("tap-begin").click();
  await takeTray(editor, "tap.png");
}

/** The dialog on top, down to the end of what is in it. */
async function takeTray(editor: EditorPage, file: string): Promise<void> {
  const tray = editor.page.locator(".red-ui-tray").last();
  const box = await tray.boundingBox();
  const content = await tray.locator(".spotify-dialog").boundingBox();
  if (box === null || content === null) throw new Error("There is no dialog.");
  const height = Math.min(content.y + content.height + 16 - box.y, box.height);
  await editor.page.screenshot({ path: join(DOCS, file), clip: { ...box, height } });
}

/** A part of a dialog, with a little room around it. */
async function takePart(editor: EditorPage, part: Locator, file: string): Promise<void> {
  await part.scrollIntoViewIfNeeded();
  const box = await part.boundingBox();
  if (box === null) throw new Error(`There is nothing to show in ${file}.`);
  const clip = { x: box.x - 12, y: box.y - 12, width: box.width + 24, height: box.height + 24 };
  await editor.page.screenshot({ path: join(DOCS, file), clip });
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  console.error(error);
});
