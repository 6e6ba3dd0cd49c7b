/**
 * `npm start`: the package in a real Node-RED, with the example flows, against a simulated Spotify. See USAGE.
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { SpotifyErrorCode } from "../src";
import { EditorClient, type DebugMessage, type Problem } from "./editor-client";
import { readExamples, signedIn, withoutTokens } from "./examples";
import { keepMemory, readMemory } from "./kept-memory";
import { NodeRedProcess } from "./node-red-process";
import { deployWithOwnApp } from "./own-app";
import { whenParentEnds } from "./parent";
import { startSimulatedSpotify, type SimulatedSpotify } from "./simulated-spotify";
import { packTarball } from "./tarball";
import { forgetFlows, installTarball, writeFlows, writeSettings } from "./user-dir";

const USAGE = `npm start [-- --once] [--fresh] [--live] [--port N] [--home FOLDER]

  --fresh        begin again; otherwise what was built in the editor is there again
  --once         end after the first token and the first song: with 0, or with 1 if they do not come. Uses a folder of its
                 own, and begins again in it
  --live         the real Spotify in place of the simulated one; sign in in the editor
  --port N       where the editor listens; otherwise on any free port
  --home FOLDER  where all of it is kept; otherwise in .cache`;

const CACHE = join(__dirname, "..", ".cache");
/** What the simulated Spotify remembers. */
const MEMORY = "simulated-spotify.json";
const KEPT = `

  What you build there is kept. To begin again:  npm start -- --fresh`;
/** ms to wait for a token, and for a song, with --once. */
const PATIENCE = 45_000;
/** The longest that a timer can be set to. */
const LONGEST_WAIT = 2 ** 31 - 1;
/** Debug nodes in the examples. */
const TOKEN_NODE = "the newest token";
const SONG_NODE = "the song";
const CLIENT_ID_NODE = "which client ID";
const REFUSAL_NODE = "why there is no token";

const FINAL: ReadonlySet<string> = new Set<SpotifyErrorCode>([
  "INVALID_SCOPE",
  "REQUEST_REFUSED",
  "INVALID_CLIENT",
  "NOT_SIGNED_IN",
  "SIGN_IN_EXPIRED",
  "BAD_CREDENTIALS",
  "PREMIUM_REQUIRED",
  "TRAVEL_RESTRICTION",
  "UNTRUSTED_SERVER",
]);

interface Options {
  once: boolean;
  live: boolean;
  fresh: boolean;
  port: number;
  home: string;
}

/** Undoes something at the end. The last one runs first. */
type Cleanup = () => unknown;

async function main(): Promise<void> {
  const options = readOptions();
  const ending = new AbortController();
  // npm and a terminal may both send a signal: the first one counts, and the others are caught.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ending.abort());
  const stopLooking = whenParentEnds(() => ending.abort());
  // The terminal may be gone as well.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => ending.abort());
  const cleanups: Cleanup[] = [];
  try {
    await start(options, ending.signal, cleanups);
  } catch (error) {
    if (!ending.signal.aborted) fail(error);
  }
  for (const cleanup of cleanups.toReversed()) {
    try {
      await cleanup();
    } catch (error) {
      fail(error);
    }
  }
  stopLooking();
}

async function start(options: Options, signal: AbortSignal, cleanups: Cleanup[]): Promise<void> {
  const { live, once, fresh, port, home } = options;
  const userDir = join(home, "user-dir");
  const memoryFile = join(home, MEMORY);
  if (fresh || once) {
    await forgetFlows(userDir);
    await rm(memoryFile, { force: true });
  }
  say("Packing the package and installing it into a Node-RED user directory…");
  const tarball = await packTarball(home, signal);
  await installTarball(userDir, tarball, signal);

  let settings: Record<string, unknown> = { uiPort: port };
  let env: NodeJS.ProcessEnv = process.env;
  let simulated: SimulatedSpotify | undefined;
  let phone = "";
  const memory = live ? undefined : await readMemory(memoryFile);
  // A kept account is signed in only if its simulated Spotify was kept too.
  const isNew = !existsSync(join(userDir, "flows.json")) || (!live && memory === undefined);
  if (isNew && !live) await forgetFlows(userDir);
  if (isNew) await writeFlows(userDir, live ? readExamples() : []);
  if (!live) {
    simulated = await startSimulatedSpotify(home, memory ? { memory } : {});
    const { simulator } = simulated;
    cleanups.push(() => simulator.close());
    settings = { ...settings, ...simulated.settings };
    ({ env } = simulated);
    const control = await simulated.takeOrders();
    cleanups.push(() => control.close());
    phone = `
  Phone    ${control.url}/phone  (play, pause and skip there)`;
  }
  await writeSettings(userDir, settings);

  say("Starting Node-RED…");
  // A first start that is interrupted is not kept: the next start begins again.
  if (simulated && !isNew) keepMemory(simulated.simulator, memoryFile);
  const red = await NodeRedProcess.start({ userDir, env, signal });
  cleanups.push(() => red.stop());
  const editor = await EditorClient.connect(red.url);
  cleanups.push(() => editor.close());
  if (simulated) cleanups.push(simulated.keepChanging());
  if (isNew && simulated) await deployExamples(editor, simulated, red.url, signal);
  // The flows have sent already, before the editor listened: a reload has them send again.
  else await editor.deploy([], "reload");
  if (simulated && isNew) keepMemory(simulated.simulator, memoryFile);

  const [, version = ""] = /Node-RED version: v([\d.]+)/.exec(red.output) ?? [];
  say(`
Node-RED ${version} with ${tarball.name} ${tarball.version}, and ${live ? "the real Spotify" : "a simulated Spotify: no account needed"}

  Editor   ${red.url}${once ? "" : phone}${once ? "" : KEPT}`);

  const ended = red.exited.then(() => {
    if (!signal.aborted) throw new Error("Node-RED has ended by itself.");
  });
  await Promise.race([ended, once ? firstResults(editor, signal) : watch(editor, live, signal)]);
}

/**
 * Deploys the examples. What plays is pushed to an account without an own app, so the song comes first. Then the account signs
 * in with an app of its own, which tokens for the Web API need.
 */
async function deployExamples(
  editor: EditorClient,
  simulated: SimulatedSpotify,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const flows = signedIn(readExamples(), simulated.account.credentialsJson);
  await editor.deploy(withoutTokens(flows));
  await first(editor, "song", isSong, signal);
  await deployWithOwnApp(editor, simulated, flows, url);
}

/** Shows the first token and the first song. @throws an Error that says why there is none */
async function firstResults(editor: EditorClient, signal: AbortSignal): Promise<void> {
  show(await first(editor, "token", isToken, signal));
  show(await first(editor, "song", isSong, signal));
}

/** Waits for what a debug node shows. @throws an Error that says why it does not come */
async function first(
  editor: EditorClient,
  what: string,
  accepts: (message: DebugMessage) => boolean,
  signal: AbortSignal,
): Promise<DebugMessage> {
  const isOver = (message: DebugMessage): boolean => accepts(message) || isFinal(message);
  const found = await editor.waitForDebug(isOver, { timeout: PATIENCE, signal }).catch(() => undefined);
  if (found !== undefined && accepts(found)) return found;
  const problem = (found ?? editor.debug.findLast(isProblem))?.problem?.message;
  throw new Error(`There is no ${what}. ${problem ?? `None came within ${PATIENCE / 1000} seconds.`}`);
}

/** Shows each token, and each song that differs from the one before, until the signal comes. */
async function watch(editor: EditorClient, live: boolean, signal: AbortSignal): Promise<void> {
  if (live) {
    say(`
To sign in: open the editor, double-click a green node, click the pencil beside Account,
paste the text of a librespot credentials.json, then Update, Done and Deploy.`);
  }
  say("\nPress Ctrl-C to end.\n");
  let last: string | undefined;
  let song: unknown;
  while (!signal.aborted) {
    await editor.waitForDebug(() => true, { signal, timeout: LONGEST_WAIT }).catch(() => undefined);
    for (const message of editor.debug.splice(0)) {
      // Without a sign-in, four flows have the same problem. Each deploy tells the song again.
      const isKnown = message.problem
        ? message.problem.message === last
        : isSong(message) && message.value === song;
      if (!isKnown) show(message);
      last = message.problem?.message;
      if (isSong(message)) song = message.value;
    }
  }
}

function show(message: DebugMessage): void {
  if (isToken(message)) {
    const { accessToken, expiresAt } = message.value as { accessToken: string; expiresAt: number };
    const until = new Date(expiresAt).toTimeString().slice(0, 5);
    say(`  Token    ${accessToken.slice(0, 6)}…, good until ${until}`);
  } else if (isSong(message)) {
    say(`  Playing  ${String(message.value)}`);
  } else if (message.name === CLIENT_ID_NODE) {
    say(`  Client   ${String(message.value)}`);
  } else if (message.name === REFUSAL_NODE) {
    say(`  Refused  ${String(message.value)}`);
  } else if (isProblem(message)) {
    say(`  Problem  ${message.problem.message}`);
  }
}

const isToken = ({ name, value }: DebugMessage): boolean =>
  name === TOKEN_NODE && typeof (value as { accessToken?: unknown } | null)?.accessToken === "string";
const isSong = ({ name, value }: DebugMessage): boolean => name === SONG_NODE && typeof value === "string";

/** A problem of a node. Leaves out Node-RED's own warnings, and requests that a deploy has ended. */
const isProblem = (message: DebugMessage): message is DebugMessage & { problem: Problem } =>
  message.id !== undefined && message.problem !== undefined && message.problem.code !== "CLOSED";
/** A problem that does not go away by waiting. */
const isFinal = (message: DebugMessage): boolean =>
  isProblem(message) && message.problem.code !== undefined && FINAL.has(message.problem.code);

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: "boolean", default: false },
        live: { type: "boolean", default: false },
        fresh: { type: "boolean", default: false },
        home: { type: "string" },
        port: { type: "string", default: "0" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      say(USAGE);
      process.exit(0);
    }
    if (!/^\d{1,5}$/.test(values.port)) throw new Error("--port wants a number.");
    const { once, live, fresh, home = join(CACHE, live ? "live" : once ? "once" : "start") } = values;
    return { once, live, fresh, port: Number(values.port), home: resolve(home) };
  } catch (error) {
    fail(error);
    say(`\n${USAGE}`);
    process.exit(1);
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(error: unknown): void {
  process.exitCode = 1;
  process.stderr.write(`\nThis did not work. ${error instanceof Error ? error.message : String(error)}\n`);
}

void main();
