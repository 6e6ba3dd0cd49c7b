/** Packs and installs the package once for all test files of a run: Mocha loads this before its worker processes. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packTarball } from "../../scripts/tarball";
import { installTarball } from "../../scripts/user-dir";
import { RUNTIMES } from "./runtimes";

/** The worker processes inherit this variable. Its value is the user directory with the package in it. */
export const USER_DIR = "SPOTIFY_TEST_USER_DIR";
let folder: string | undefined;

export async function mochaGlobalSetup(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), "spotify-tarball-"));
  const userDir = join(folder, "user-dir");
  await installTarball(userDir, await packTarball(folder));
  for (const runtime of RUNTIMES) await runtime.prepare();
  process.env[USER_DIR] = userDir;
}

export async function mochaGlobalTeardown(): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}

/** Copies the user directory with the installed package to `userDir`. @throws an Error if it is not installed */
export async function copyInstallation(userDir: string): Promise<void> {
  const installed = process.env[USER_DIR];
  if (installed === undefined) {
    throw new Error("Run these tests with: npx mocha --config test/installed/.mocharc.json FILES");
  }
  await cp(installed, userDir, { recursive: true, verbatimSymlinks: true });
}
