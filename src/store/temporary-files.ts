import { randomBytes } from "node:crypto";
import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { whileBusy } from "./while-busy";

export const FILE_MODE = 0o600;
const RANDOM_PART = /^[0-9a-f]{12}$/;

/** The temporary files beside a file: each becomes a whole file by its rename, or is removed. */
export class TemporaryFiles {
  readonly #folder: string;
  readonly #prefix: string;

  /** @param path of the file beside which they lie */
  constructor(path: string) {
    this.#folder = dirname(path);
    this.#prefix = `.${basename(path)}.`;
  }

  /** A path that is free. */
  path(): string {
    return join(this.#folder, this.#prefix + randomBytes(6).toString("hex"));
  }

  /** Writes `target` in one step: whenever the power fails, either the old or the new content is there. */
  async replace(target: string, content: string | Buffer): Promise<void> {
    const temporary = this.path();
    try {
      await writeFile(temporary, content, { flag: "wx", mode: FILE_MODE, flush: true });
      await whileBusy(() => rename(temporary, target));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Removes what a process has left that was ended during a write. A write that still runs fails by this. */
  async sweep(): Promise<void> {
    const names = await readdir(this.#folder).catch((): string[] => []);
    const left = names.filter(
      (name) => name.startsWith(this.#prefix) && RANDOM_PART.test(name.slice(this.#prefix.length)),
    );
    await Promise.all(left.map((name) => rm(join(this.#folder, name), { force: true })));
  }
}
