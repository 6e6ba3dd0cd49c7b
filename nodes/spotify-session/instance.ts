import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import type { SessionSettings } from "./settings";
import { stateFolder } from "./state-files";

const FILE = ".instance";

/**
 * Tells this Node-RED from others that share its accounts, and is the same after a restart. Two of them differ in the
 * machine or the container, in the user directory, or in the port. If a user directory can be written, it also has a
 * number of its own, for containers that were given the same name.
 */
export function instanceId(RED: Pick<NodeAPI<SessionSettings>, "settings">): string {
  const { userDir = "", uiPort, uiHost } = RED.settings;
  const folder = stateFolder(RED);
  const number = folder === undefined ? "" : numberOf(folder);
  const parts = [hostname(), userDir, uiHost, String(uiPort), number];
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

/** The ID by which Spotify knows an account's device on one instance: 40 hex digits, as librespot's. */
export function deviceIdOf(accountId: string, instance: string): string {
  return createHash("sha256").update(`${accountId}\n${instance}`).digest("hex").slice(0, 40);
}

function numberOf(folder: string): string {
  const file = join(folder, FILE);
  try {
    return readFileSync(file, "utf8").trim().slice(0, 64);
  } catch {
    // The file is made below.
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const number = randomBytes(16).toString("hex");
    writeFileSync(file, `${number}\n`, { mode: 0o600, flag: "wx" });
    return number;
  } catch {
    return "";
  }
}
