import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, basename } from "node:path";
import { seal, unseal } from "./seal";
import { KeptAside } from "./kept-aside";
import { setAside, type StateProblem } from "./problem";
import type { StateStore } from "./store";
import { whileBusy } from "./while-busy";

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
  readonly #former: readonly string[];
  readonly #aside: KeptAside;
  #problem: StateProblem | undefined;
  #writing: Promise<void> = Promise.resolve();

  /**
   * @param path of the file; its folder is made
   * @param secret what the file is sealed with
   * @param former what it may be sealed with still; the next write seals it with `secret`
   */
  constructor(path: string, secret: string, former: readonly string[] = []) {
    this.#path = path;
    this.#secret = secret;
    this.#former = former;
    this.#aside = new KeptAside(path);
  }

  get place(): string {
    return this.#path;
  }

  /** Set if the file could not be opened and was set aside. */
  get problem(): StateProblem | undefined {
    return this.#problem;
  }

  /**
   * The document of the file. One that cannot be opened is set aside, not lost: it is taken up again when its secret is
   * back, and what another secret has written since takes its place there.
   *
   * @throws the error of the operating system for a file that cannot be read
   */
  async load(): Promise<unknown> {
    await this.#sweep();
    const file = await this.#read(this.#path);
    if (file.found && "document" in file) return file.document;
    const back = await this.#findAside();
    // In this order, so that whenever the power fails both are there.
    const keptAs = file.found ? await this.#aside.put(back?.path) : undefined;
    if (back) {
      await whileBusy(() => rename(back.path, this.#path));
      return back.document;
    }
    if (keptAs !== undefined) this.#problem = setAside(this.#path, keptAs);
    return undefined;
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
    await whileBusy(() => rm(this.#path, { force: true }));
    await this.#aside.delete();
    await this.#sweep();
  }

  async #findAside(): Promise<{ path: string; document: unknown } | undefined> {
    for (const path of this.#aside.paths) {
      const file = await this.#read(path).catch(() => ({ found: false }));
      if ("document" in file) return { path, document: file.document };
    }
    return undefined;
  }

  async #replace(text: string): Promise<void> {
    const folder = dirname(this.#path);
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    const temporary = join(folder, this.#temporaryPrefix + randomBytes(6).toString("hex"));
    try {
      const file = await open(temporary, "wx", FILE_MODE);
      try {
        await file.writeFile(text, "utf8");
        await file.sync();
      } finally {
        await file.close();
      }
      await whileBusy(() => rename(temporary, this.#path));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(folder);
  }

  /** What a file holds: nothing there, something that this secret does not open, or a document. */
  async #read(
    path: string,
  ): Promise<{ found: false } | { found: true } | { found: true; document: unknown }> {
    try {
      if ((await stat(path)).size > MAX_FILE_BYTES) return { found: true };
      const text = await whileBusy(() => readFile(path, "utf8"));
      let plain: string | undefined;
      for (const secret of [this.#secret, ...this.#former]) plain ??= unseal(text, secret);
      return plain === undefined ? { found: true } : { found: true, document: JSON.parse(plain) as unknown };
    } catch (error) {
      if (error instanceof SyntaxError) return { found: true };
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return { found: false };
      throw error;
    }
  }

  /** Removes what writes left behind that the power cut off. */
  async #sweep(): Promise<void> {
    const folder = dirname(this.#path);
    const names = await readdir(folder).catch((): string[] => []);
    const left = names.filter((name) => name.startsWith(this.#temporaryPrefix));
    await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
  }

  get #temporaryPrefix(): string {
    return `.${basename(this.#path)}.`;
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
