import { chmod } from "node:fs/promises";

/** What others than the owner may do. */
const OTHERS = 0o077;

/**
 * Takes from a file or folder what others may do with it: it may have been copied, or made by hand. Does nothing if the
 * system does not allow it (a file of another user, a disk without permissions), or has none (Windows).
 *
 * @param mode that it has
 */
export async function tighten(path: string, mode: number): Promise<void> {
  if (process.platform === "win32" || (mode & OTHERS) === 0) return;
  await chmod(path, mode & 0o7777 & ~OTHERS).catch(() => undefined);
}
