import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Serial } from "../async/serial";
import { FileLock } from "./file-lock";
import { KeptAside } from "./kept-aside";
import { lastRoom, setAside, type StateProblem } from "./problem";
import { isOutOfRoom, Reserve } from "./reserve";
import { MAX_DOCUMENT, SealedDocument, type Opened } from "./sealed-document";
import type { StateStore } from "./store";
import { TemporaryFiles } from "./temporary-files";
import { tighten } from "./tighten";
import { whileBusy } from "./while-busy";

const FOLDER_MODE = 0o700;

/**
 * Keeps the state in one sealed file that only its owner can read.
 *
 * A write goes to a temporary file, is synced, and replaces the old one in one step: whenever the power fails, either
 * the old or the new state is there. Writes run one after another, also those of other processes. On a full disk, the
 * room that was kept for one more write is used, for Spotify has ended the refresh token that is in the old file.
 */
export class FileStateStore implements StateStore {
  readonly #path: string;
  readonly #sealed: SealedDocument;
  readonly #aside: KeptAside;
  readonly #temporary: TemporaryFiles;
  readonly #lock: FileLock;
  readonly #reserve: Reserve;
  #asideProblem: StateProblem | undefined;
  #roomProblem: StateProblem | undefined;
  readonly #writes = new Serial();

  /**
   * @param path of the file; its folder is made
   * @param secret what the file is sealed with
   * @param former earlier secrets that may have sealed it; the next write seals it with `secret`
   * @param accountId what the file is bound to, so that no other account's file opens in its place; undefined: nothing
   */
  constructor(path: string, secret: string, former: readonly string[] = [], accountId?: string) {
    this.#path = path;
    this.#sealed = new SealedDocument([secret, ...former], accountId);
    this.#aside = new KeptAside(path);
    const beside = (ending: string): string => join(dirname(path), `.${basename(path)}.${ending}`);
    this.#temporary = new TemporaryFiles(path);
    this.#lock = new FileLock(beside("lock"), this.#temporary);
    this.#reserve = new Reserve(beside("reserve"), this.#temporary);
  }

  get place(): string {
    return this.#path;
  }

  /** Set if the disk has no room for the next write, or if the file could not be opened and was set aside. */
  get problem(): StateProblem | undefined {
    return this.#roomProblem ?? this.#asideProblem;
  }

  /**
   * The document of the file. One that cannot be opened is set aside: it is used again when its secret is back, and the
   * file that another secret has sealed since is set aside instead. One of an earlier version is written again, bound to
   * its account.
   *
   * @throws the error of the operating system for a file that cannot be read
   */
  async load(): Promise<unknown> {
    const opened = await this.#load();
    // What cannot be written is told of with the next change.
    if (opened?.isUnbound) await this.update((document) => document).catch(() => undefined);
    return opened?.document;
  }

  async #load(): Promise<Opened | undefined> {
    const file = await this.#read(this.#path);
    if (file.opened) return file.opened;
    const back = await this.#findAside();
    // In this order, so that both files are there whenever the power fails.
    const keptAs = file.found ? await this.#aside.put(back?.path) : undefined;
    if (back) {
      await whileBusy(() => rename(back.path, this.#path));
      return back.opened;
    }
    if (keptAs !== undefined) this.#asideProblem = setAside(this.#path, keptAs);
    return undefined;
  }

  save(document: unknown): Promise<void> {
    return this.#alone(() => this.#replace(this.#sealed.seal(document)));
  }

  update(change: (document: unknown) => unknown): Promise<void> {
    return this.#alone(async () => {
      const document = change((await this.#load())?.document);
      if (document !== undefined) await this.#replace(this.#sealed.seal(document));
    });
  }

  /** Forgets everything on disk. */
  async delete(): Promise<void> {
    await this.#writes.settled();
    await whileBusy(() => rm(this.#path, { force: true }));
    await this.#aside.delete();
    await this.#reserve.delete();
    await this.#temporary.sweep();
    await this.#lock.delete();
  }

  async #findAside(): Promise<{ path: string; opened: Opened } | undefined> {
    for (const path of this.#aside.paths) {
      const opened = await this.#read(path).then(
        (file) => file.opened,
        () => undefined,
      );
      if (opened) return { path, opened };
    }
    return undefined;
  }

  /** Runs `write` while no other write runs, here or in another process. */
  #alone(write: () => Promise<void>): Promise<void> {
    return this.#writes.run(async () => {
      await mkdir(dirname(this.#path), { recursive: true, mode: FOLDER_MODE });
      await this.#lock.run(async () => {
        // Also ends the write of a process that stood still so long that its lock was taken over.
        await this.#temporary.sweep();
        await write();
      });
    });
  }

  async #replace(text: string): Promise<void> {
    const full = await outOfRoom(this.#temporary.replace(this.#path, text));
    if (full) await this.#reserve.spend(this.#path, text).catch(() => Promise.reject(full));
    await syncFolder(dirname(this.#path));
    this.#sealed.written();
    // The state is safe: what else hinders the reserve is no failure of this write.
    const noReserve = await outOfRoom(this.#reserve.keep(Buffer.byteLength(text))).catch(() => undefined);
    const error = full ?? noReserve;
    this.#roomProblem = error && lastRoom(this.#path, error);
  }

  /** What a file holds: no file, a file that does not open, or a document. */
  async #read(path: string): Promise<{ found: boolean; opened?: Opened | undefined }> {
    try {
      const { size, mode } = await stat(path);
      if (size > MAX_DOCUMENT) return { found: true };
      await tighten(path, mode);
      const text = await whileBusy(() => readFile(path, "utf8"));
      return { found: true, opened: this.#sealed.open(text) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return { found: false };
      throw error;
    }
  }
}

/** @returns the error of a write for which there is no room. @throws its other errors */
function outOfRoom(write: Promise<void>): Promise<NodeJS.ErrnoException | undefined> {
  return write.then(
    () => undefined,
    (error: NodeJS.ErrnoException) => (isOutOfRoom(error) ? error : Promise.reject(error)),
  );
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
