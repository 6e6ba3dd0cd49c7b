import { randomBytes } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import type { TemporaryFiles } from "./temporary-files";
import { whileBusy } from "./while-busy";

const LEAST_BYTES = 64 * 1024;
/** A disk that is full, and a user's share of it that is used up. */
const OUT_OF_ROOM: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT"]);

export function isOutOfRoom(error: unknown): boolean {
  return OUT_OF_ROOM.has((error as NodeJS.ErrnoException).code);
}

/**
 * Room on the disk that is kept for one more write of a file: a second file of real blocks, which is filled and renamed
 * when the disk is full. It needs no block, inode or name that it does not have already, so no other program can take the room
 * away in between; to overwrite the file itself would need as little, but a power cut would leave half of it.
 */
export class Reserve {
  readonly #path: string;
  readonly #temporary: TemporaryFiles;

  constructor(path: string, temporary: TemporaryFiles) {
    this.#path = path;
    this.#temporary = temporary;
  }

  /**
   * Makes the reserve if there is none, or one too small for a file of twice this length.
   * @throws the error of the operating system, such as ENOSPC
   */
  async keep(length: number): Promise<void> {
    const bytes = Math.max(LEAST_BYTES, 2 * length);
    const kept = await stat(this.#path).then(
      ({ size }) => size,
      () => 0,
    );
    // Random, so that a disk that packs its files, or leaves holes for zeros, really gives the room.
    if (kept < bytes) await this.#temporary.replace(this.#path, randomBytes(bytes));
  }

  /**
   * Writes `target` into the reserve, which is used up by it.
   * @throws the error of the operating system: ENOENT if there is no reserve
   */
  async spend(target: string, text: string): Promise<void> {
    try {
      await this.#fill(text);
      await whileBusy(() => rename(this.#path, target));
    } catch (error) {
      if (!isOutOfRoom(error)) throw error;
      // Disks that never write in place (btrfs, ZFS) have room once the reserve is gone.
      await this.delete();
      await this.#temporary.replace(target, text);
    }
  }

  async delete(): Promise<void> {
    await whileBusy(() => rm(this.#path, { force: true }));
  }

  async #fill(text: string): Promise<void> {
    const file = await open(this.#path, "r+");
    try {
      await file.writeFile(text);
      await file.truncate(Buffer.byteLength(text));
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
