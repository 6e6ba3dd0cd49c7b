/** A Node-RED user directory with the packed package in it. */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { npm } from "./command";
import type { Tarball } from "./tarball";

export interface FlowNode {
  id: string;
  type: string;
  name?: string;
  credentials?: Record<string, string>;
  [property: string]: unknown;
}

/** Says which tarball is installed, so that the same one is not installed again. */
const INSTALLED = ".installed";

/** Installs the tarball as a user would, with npm in the user directory. Quick where that was done before. */
export async function installTarball(folder: string, tarball: Tarball, signal?: AbortSignal): Promise<void> {
  const mark = join(folder, INSTALLED);
  if ((await readText(mark)) === tarball.integrity) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // npm would take the changed tarball of a version that it has installed for a damaged one.
  for (const old of [INSTALLED, "node_modules", "package-lock.json"]) {
    await rm(join(folder, old), { recursive: true, force: true });
  }
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  const source = `./${relative(folder, tarball.file).replaceAll("\\", "/")}`;
  await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", "--omit=dev", source], {
    cwd: folder,
    signal,
  });
  await writeFile(mark, tarball.integrity);
}

/**
 * Writes settings.js: this machine only, nothing sent to anybody, and `settings`, which must be JSON.
 *
 * The process ends with the one that started it, even where that one was killed.
 */
export async function writeSettings(folder: string, settings: Record<string, unknown>): Promise<void> {
  const all = {
    uiHost: "127.0.0.1",
    uiPort: 0,
    flowFile: "flows.json",
    credentialSecret: await credentialSecret(folder),
    // Its log is read by programs.
    lang: "en-US",
    telemetry: { enabled: false, updateNotification: false },
    externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
    editorTheme: { tours: false, palette: { catalogues: [] }, codeEditor: { lib: "ace" } },
    ...settings,
  };
  const text = [
    `module.exports = ${JSON.stringify(all, null, 2)};`,
    `if (process.channel) process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));`,
    "",
  ];
  await writeFile(join(folder, "settings.js"), text.join("\n"), { mode: 0o600 });
}

/** Forgets what was built and who was signed in; what was installed stays. */
export async function forgetFlows(folder: string): Promise<void> {
  for (const name of ["flows.json", "flows_cred.json", "spotify-session", "lib", ".config.users.json"]) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  for (const backup of [".flows.json.backup", ".flows_cred.json.backup"])
    await rm(join(folder, backup), { force: true });
}

/** Replaces the flows, and forgets the credentials of those that were there. */
export async function writeFlows(folder: string, flows: readonly FlowNode[]): Promise<void> {
  await rm(join(folder, "flows_cred.json"), { force: true });
  await writeFile(join(folder, "flows.json"), JSON.stringify(flows, null, 4), { mode: 0o600 });
}

/** What Node-RED encrypts credentials with: made once, so that those of the last run can be read. */
async function credentialSecret(folder: string): Promise<string> {
  const file = join(folder, ".credential-secret");
  const known = await readText(file);
  if (known !== undefined) return known;
  const secret = randomBytes(32).toString("hex");
  await writeFile(file, secret, { mode: 0o600 });
  return secret;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
