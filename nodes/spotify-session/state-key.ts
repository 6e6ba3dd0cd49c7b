import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = ".key";
const KEY = /^[0-9a-f]{64}$/;

/**
 * The key of a folder of state files, for a config node that has none of its own: an example that was imported and
 * deployed, and in which the user has signed in before the editor has made one. It lies beside the files, for their owner
 * alone; the node's own key takes its place with the next deploy from the dialog.
 *
 * @param make whether to make a key if the folder has none
 * @returns the key, or why it cannot be used: the code of the operating system, or `damaged`
 */
export function folderKey(folder: string, make: boolean): { key: string } | { file: string; cause: string } {
  const file = join(folder, FILE);
  try {
    const key = readFileSync(file, "utf8").trim();
    tighten(file);
    return KEY.test(key) ? { key } : { file, cause: "damaged" };
  } catch (error) {
    const cause = codeOf(error);
    if (!make || cause !== "ENOENT") return { file, cause };
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const key = randomBytes(32).toString("hex");
    writeFileSync(file, `${key}\n`, { mode: 0o600, flag: "wx" });
    return { key };
  } catch (error) {
    return { file, cause: codeOf(error) };
  }
}

/** Takes from the key's file what others than its owner may do with it, if the system allows that. */
function tighten(file: string): void {
  if (process.platform === "win32") return;
  try {
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  } catch {
    // The file of another user, or a disk without permissions.
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown error";
}
