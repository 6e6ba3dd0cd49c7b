import type { EventEmitter } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import { Serial } from "../../src/async/serial";
import { runningAccounts } from "./accounts";
import { isPartOfFlows } from "./deletion";
import { flowsName, isSamePlace, placeOfFlows, type FlowsPlace } from "./flows-place";
import { KnownAccounts, type KnownAccount } from "./known-accounts";
import { readMarks } from "./provisional-marks";
import type { SessionSettings } from "./settings";
import { fileName, stateFolder } from "./state-files";
import { deleteStateFile, isCopiedFolder } from "./state-store";

/** How many hours Node-RED has run without an account when its state is deleted. */
export const GRACE_HOURS = 24;
const HOUR = 3_600_000;

const watched = new WeakSet<EventEmitter>();
const checks = new Serial();
/** Of which accounts the log has said that they are missing. */
const told = new Set<string>();
let RED: NodeAPI<SessionSettings>;
let isRunning = false;
let ticking: NodeJS.Timeout | undefined;

/**
 * Deletes the state of accounts that were removed from the flows while Node-RED was stopped (by an edited flows file, a
 * restored backup, a pull): after a day in which Node-RED has run without them, which the log announces.
 *
 * Only flows that had the account can lose it: those of another project, another branch or another flows file do not count.
 * The day is counted in hours of running, because a Raspberry Pi has the wrong time after a power cut.
 */
export function watchRemovedAccounts(api: NodeAPI<SessionSettings>): void {
  RED = api;
  if (watched.has(api.events)) return;
  watched.add(api.events);
  api.events.on("flows:stopping", () => {
    isRunning = false;
    clearInterval(ticking);
  });
  api.events.on("flows:started", () => {
    isRunning = true;
    clearInterval(ticking);
    ticking = setInterval(() => void look(1), HOUR);
    ticking.unref();
    void look(0);
  });
}

/** Resolves when no look is under way. Never rejects. */
export function settledLooks(): Promise<void> {
  return checks.settled();
}

/** @param hours that have passed since the last look. Never rejects */
function look(hours: number): Promise<void> {
  const folder = stateFolder(RED);
  if (folder === undefined) return Promise.resolve();
  return checks.run(() => check(folder, hours)).catch(() => undefined);
}

async function check(folder: string, hours: number): Promise<void> {
  const here = await placeOfFlows(RED);
  const known = await KnownAccounts.read(folder);
  // Flows with nothing in them are more likely lost than empty.
  if (!isRunning || !hasNodes()) return;
  for (const account of presentAccounts(known)) known.claim(account, here);
  const missing = known.all().filter((account) => !isPresent(account) && claimOf(account, here));
  if (missing.length > 0 && !(await isCopiedFolder(folder))) {
    for (const account of missing) await checkMissing(folder, known, account, here, hours);
  }
  if (isRunning) await known.write();
}

async function checkMissing(
  folder: string,
  known: KnownAccounts,
  account: KnownAccount,
  here: FlowsPlace,
  hours: number,
): Promise<void> {
  const file = join(folder, `${fileName(account.id)}.state`);
  const writtenAt = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? undefined : null),
  );
  // A disk that cannot be read says nothing.
  if (writtenAt === null) return;
  if (writtenAt === undefined) return known.forget(account.id);
  const isProvisional = readMarks(folder).some(({ nodeId }) => nodeId === account.id);
  const isUsed = account.writtenAt !== undefined && account.writtenAt !== writtenAt;
  account.writtenAt = writtenAt;
  const claim = claimOf(account, here)!;
  if (await isElsewhere(account, here)) {
    account.claims = account.claims.filter((one) => one !== claim);
    return;
  }
  claim.hours = isUsed || isProvisional ? 0 : claim.hours + hours;
  if (claim.hours < GRACE_HOURS) return announce(account, file, GRACE_HOURS - claim.hours);
  // Meanwhile it may have been deployed again, or Node-RED stops.
  if (isPresent(account) || !isRunning) return;
  await deleteStateFile(RED, account.id);
  known.forget(account.id);
  told.delete(account.id);
  RED.log.warn(
    `The state of the account ${nameOf(account)} was deleted (${file}): it has not been in the flows for ${GRACE_HOURS} hours.`,
  );
}

/** Whether other flows have, or may have, the account too. */
async function isElsewhere(account: KnownAccount, here: FlowsPlace): Promise<boolean> {
  for (const claim of account.claims) {
    if (isSamePlace(claim, here)) continue;
    // A file that is not there may be on a disk that is away.
    if ((await flowsName(RED, claim, account.alias ?? account.id)) !== "no") return true;
  }
  return false;
}

function announce(account: KnownAccount, file: string, hours: number): void {
  if (told.has(account.id)) return;
  told.add(account.id);
  RED.log.warn(
    `The account ${nameOf(account)} is no longer in the flows. Its state (${file}) will be deleted when Node-RED has run ` +
      `for ${hours} hours without it. To keep it, put the account back into the flows, or move the file elsewhere.`,
  );
}

function nameOf({ id, name }: KnownAccount): string {
  return name ? `“${name}” (${id})` : id;
}

function claimOf(account: KnownAccount, here: FlowsPlace): KnownAccount["claims"][number] | undefined {
  return account.claims.find((claim) => isSamePlace(claim, here));
}

function hasNodes(): boolean {
  let count = 0;
  RED.nodes.eachNode(() => void count++);
  return count > 0;
}

/** The accounts of the flows: those that run, and those that are disabled, as far as they are known. */
function presentAccounts(known: KnownAccounts): Omit<KnownAccount, "claims">[] {
  const present = new Map<string, Omit<KnownAccount, "claims">>();
  for (const account of known.all()) if (isPresent(account)) present.set(account.id, account);
  for (const { id, _alias, name } of runningAccounts()) present.set(id, { id, alias: _alias, name });
  for (const { id } of present.values()) told.delete(id);
  return [...present.values()];
}

function isPresent({ id, alias }: KnownAccount): boolean {
  if (runningAccounts().some((running) => running.id === id)) return true;
  return isPartOfFlows(RED, { id, ...(alias !== undefined && { _alias: alias }) }) || isInPackage(id);
}

/** Whether an account may be in a subflow of an npm package: what is in there is not among the flows. */
function isInPackage(id: string): boolean {
  let isIn = false;
  RED.nodes.eachNode(({ id: outer, type }) => {
    if (!type.startsWith("subflow") && `-${id}`.includes(`-${outer}-`)) isIn = true;
  });
  return isIn;
}
