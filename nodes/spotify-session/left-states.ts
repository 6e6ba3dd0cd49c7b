import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import { isPartOfFlows } from "./deletion";
import { readMarks } from "./provisional-marks";
import type { SessionSettings } from "./settings";
import { fileName, stateFolder } from "./state-files";
import { deleteStateFile } from "./state-store";

/** How long what an account remembers is kept after the account was first missed, ms. */
const GRACE = 24 * 3_600_000;
const ENDING = ".state";
/** Says since when each account is missed. */
const FILE = ".missed";
/** Before this, a Raspberry Pi has not asked for the time yet, ms since the epoch. */
const CLOCK_IS_SET = Date.UTC(2025, 0);
/** In a larger file accounts are not looked for, and so none is missed. */
const MAX_FLOWS = 64 * 1024 * 1024;

type Missed = Record<string, number>;

let again: NodeJS.Timeout | undefined;

/**
 * Deletes what an account remembers if the account was removed while Node-RED was stopped, for example by an edited or
 * replaced flow file. It is missed when Node-RED has started, which the log says, and deleted a day later. An account that
 * is in another flow file or project of the user directory is not missed.
 */
export function watchLeftStates(RED: NodeAPI<SessionSettings>): void {
  // A deploy deletes the state of an account itself.
  RED.events.once("flows:started", () => look(RED));
}

function look(RED: NodeAPI<SessionSettings>): void {
  clearTimeout(again);
  const folder = stateFolder(RED);
  if (folder === undefined || Date.now() < CLOCK_IS_SET) return;
  try {
    const before = readMissed(folder);
    const missed = missedIn(RED, folder, before);
    if (JSON.stringify(missed) !== JSON.stringify(before)) writeMissed(folder, missed);
    for (const name of Object.keys(missed)) if (before[name] === undefined) warn(RED, folder, name);
    for (const [name, since] of Object.entries(missed)) {
      if (Date.now() >= since + GRACE) forget(RED, folder, name);
    }
    const next = Math.min(...Object.values(missed).filter((since) => Date.now() < since + GRACE)) + GRACE;
    if (next < Infinity) again = setTimeout(() => look(RED), next - Date.now()).unref();
  } catch {
    // The folder cannot be read or written, which an account that uses it tells of. Nothing is deleted.
  }
}

function missedIn(RED: NodeAPI<SessionSettings>, folder: string, before: Missed): Missed {
  const names = stateNames(folder).filter((name) => !isPartOfFlows(RED, { id: name }));
  if (names.length === 0) return {};
  const known = new Set([...runningNames(RED), ...namesInFiles(RED.settings.userDir!)]);
  const waiting = new Set(readMarks(folder).map(({ nodeId }) => fileName(nodeId)));
  const missed = names.filter((name) => !isKnown(name, known) && !waiting.has(name));
  return Object.fromEntries(missed.map((name) => [name, before[name] ?? Date.now()]));
}

/** Of the accounts whose ID is the name of their file. Of another ID only a hash is known: it is not deleted. */
function stateNames(folder: string): string[] {
  let files: string[];
  try {
    files = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const names = files.filter((file) => file.endsWith(ENDING)).map((file) => file.slice(0, -ENDING.length));
  return names.filter((name) => !name.startsWith(".") && !/^[0-9a-f]{64}$/.test(name));
}

function runningNames(RED: NodeAPI<SessionSettings>): string[] {
  const ids: string[] = [];
  RED.nodes.eachNode(({ id }) => void ids.push(id));
  return ids;
}

/** An account in a subflow has the IDs of the subflow's instances before its own, with hyphens between them. */
function isKnown(name: string, known: ReadonlySet<string>): boolean {
  return known.has(name) || (name.includes("-") && name.split("-").every((part) => known.has(part)));
}

/** The IDs in each flow file of the user directory and of its projects: another one may be used tomorrow. */
function namesInFiles(userDir: string): string[] {
  const projects = join(userDir, "projects");
  const folders = [userDir, ...foldersIn(projects).map((name) => join(projects, name))];
  return folders.flatMap((folder) => filesIn(folder).flatMap((file) => idsIn(join(folder, file))));
}

function idsIn(path: string): string[] {
  if (statSync(path).size > MAX_FLOWS) throw new Error("It is too large to look into.");
  const text = readFileSync(path, "utf8");
  return [...text.matchAll(/"id"\s*:\s*"([^"\\]{1,128})"/g)].map(([, id]) => id!);
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json")).map(({ name }) => name);
}

function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function readMissed(folder: string): Missed {
  try {
    const missed = JSON.parse(readFileSync(join(folder, FILE), "utf8")) as unknown;
    const entries = Object.entries(missed as Record<string, unknown>);
    // A time in the future was noted before the clock was set back.
    const isTime = ([, since]: [string, unknown]): boolean =>
      typeof since === "number" && since > CLOCK_IS_SET && since <= Date.now();
    return Object.fromEntries(entries.filter(isTime)) as Missed;
  } catch {
    return {};
  }
}

function writeMissed(folder: string, missed: Missed): void {
  writeFileSync(join(folder, FILE), JSON.stringify(missed), { mode: 0o600 });
}

function warn(RED: NodeAPI<SessionSettings>, folder: string, name: string): void {
  RED.log.warn(
    `spotify-session: the account ${name} is in no flow any more. What it remembers, with its sign-ins, is deleted in a ` +
      `day. To keep it, put the account back into a flow, or move ${join(folder, name + ENDING)} to another folder.`,
  );
}

function forget(RED: NodeAPI<SessionSettings>, folder: string, name: string): void {
  deleteStateFile(RED, name).then(
    () => RED.log.info(`spotify-session: what the account ${name} remembered is deleted: it is in no flow.`),
    (error: NodeJS.ErrnoException) =>
      RED.log.warn(`spotify-session: ${join(folder, name + ENDING)} cannot be deleted: ${error.code}`),
  );
}
