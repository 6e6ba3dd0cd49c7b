import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, basename } from "node:path";
import { seal, unseal } from "./seal";
import type { StateStore } from "./store";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** A real one has a few KiB. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Keeps the state in one sealed file that only its owner can read.
 *
 * A write goes to a temporary file, is synced, and takes the old one's place in one step: whenever the power
 * fails, either the old or the new state is there. One write at a time, in the order they were asked.
 */
export class FileStateStore implements StateStore {
  readonly #path: string;
  readonly #secret: string;
  #writing: Promise<void> = Promise.resolve();

  /** @param path of the file; its folder is made @param secret what the file is sealed with */
  constructor(path: string, secret: string) {
    this.#path = path;
    this.#secret = secret;
  }

  async load(): Promise<unknown> {
    let text: string;
    try {
      if ((await stat(this.#path)).size > MAX_FILE_BYTES) return await this.#setAside();
      text = await readFile(this.#path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    const plain = unseal(text, this.#secret);
    if (plain === undefined) return this.#setAside();
    try {
      return JSON.parse(plain);
    } catch {
      return this.#setAside();
    }
  }

  save(document: unknown): Promise<void> {
    const text = seal(JSON.stringify(document), this.#secret);
    const written = this.#writing.then(() => this.#replace(text));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** Forgets everything on disk. */
  async delete(): Promise<void> {
    await this.#writing;
    await rm(this.#path, { force: true });
    await rm(this.#unreadablePath, { force: true });
  }

  get #unreadablePath(): string {
    return `${this.#path}.unreadable`;
  }

  async #replace(text: string): Promise<void> {
    const folder = dirname(this.#path);
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    const temporary = join(folder, `.${basename(this.#path)}.${randomBytes(6).toString("hex")}`);
    try {
      const file = await open(temporary, "wx", FILE_MODE);
      try {
        await file.writeFile(text, "utf8");
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(folder);
  }

  /** What cannot be read is not overwritten: its key may come back, and with it what was granted. */
  async #setAside(): Promise<undefined> {
    await rename(this.#path, this.#unreadablePath);
    return undefined;
  }
}

/** Makes a rename last over a power cut, where the system can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows cannot sync a folder, and does not need it.
  }
}
