import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = ".key";
const KEY = /^[0-9a-f]{64}$/;

/**
 * The key of a folder of state files, for a config node that has none of its own: an example that was imported and
 * deployed, and in which somebody has signed in before the editor has made one. It lies beside the files, for their owner
 * alone; the node's own key takes its place with the next deploy from the dialog.
 *
 * @param make whether to make one where there is none
 * @returns undefined where there is none, or it cannot be read
 */
export function folderKey(folder: string, make: boolean): string | undefined {
  const path = join(folder, FILE);
  try {
    const key = readFileSync(path, "utf8").trim();
    return KEY.test(key) ? key : undefined;
  } catch {
    if (!make) return undefined;
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const key = randomBytes(32).toString("hex");
    writeFileSync(path, `${key}\n`, { mode: 0o600, flag: "wx" });
    return key;
  } catch {
    // A disk that cannot be written: the state is kept in memory.
    return undefined;
  }
}
