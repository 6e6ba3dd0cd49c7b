import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, basename } from "node:path";
import { Serial } from "../async/serial";
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
 * A write goes to a temporary file, is synced, and replaces the old one in one step: whenever the power fails, either
 * the old or the new state is there. Writes run one after another.
 */
export class FileStateStore implements StateStore {
  readonly #path: string;
  readonly #secret: string;
  readonly #former: readonly string[];
  readonly #aside: KeptAside;
  #problem: StateProblem | undefined;
  readonly #writes = new Serial();

  /**
   * @param path of the file; its folder is made
   * @param secret what the file is sealed with
   * @param former earlier secrets that may have sealed it; the next write seals it with `secret`
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
   * The document of the file. One that cannot be opened is set aside: it is used again when its secret is back, and the
   * file that another secret has sealed since is set aside instead.
   *
   * @throws the error of the operating system for a file that cannot be read
   */
  async load(): Promise<unknown> {
    await this.#sweep();
    const file = await this.#read(this.#path);
    if (file.found && "document" in file) return file.document;
    const back = await this.#findAside();
    // In this order, so that both files are there whenever the power fails.
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
    return this.#writes.run(() => this.#replace(text));
  }

  /** Forgets everything on disk. */
  async delete(): Promise<void> {
    await this.#writes.settled();
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
      await writeFile(temporary, text, { flag: "wx", mode: FILE_MODE, flush: true });
      await whileBusy(() => rename(temporary, this.#path));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(folder);
  }

  /** What a file holds: no file, a file that no secret opens, or a document. */
  async #read(path: string): Promise<{ found: boolean; document?: unknown }> {
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

  /** Removes the temporary files of writes that a power cut ended. */
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

/** Makes a rename last over a power cut, if the system can. */
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
