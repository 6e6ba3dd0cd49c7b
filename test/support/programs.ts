/** Finds the programs that tests need besides Node.js, and installs Debian's package if possible. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * The path of a program.
 * @param names names of the program
 * @param debian its package; undefined: it is not installed
 * @returns undefined if it is missing and cannot be installed
 */
export function findProgram(names: readonly string[], debian?: string): string | undefined {
  const found = onPath(names);
  if (found !== undefined || debian === undefined) return found;
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return undefined;
  apt("update");
  apt("install", "-y", "--no-install-recommends", debian);
  return onPath(names);
}

function onPath(names: readonly string[]): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin"];
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

function apt(...words: string[]): void {
  spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=120", ...words], {
    stdio: "ignore",
    // In this run level, Debian does not start the service of an installed package.
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
  });
}
