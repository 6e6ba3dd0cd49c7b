import { rename, rm, stat } from "node:fs/promises";
import { whileBusy } from "./while-busy";

/** How many are kept; the next one replaces the oldest. */
const MAX_KEPT = 3;
/** One name more, for the moment in which one file is moved here before another is moved back. */
const NAMES = ["unreadable", "unreadable-2", "unreadable-3", "unreadable-4"];

/** The last state files that could not be opened with the key of their time, kept beside the file. */
export class KeptAside {
  readonly paths: readonly string[];
  readonly #path: string;

  /** @param path of the state file */
  constructor(path: string) {
    this.#path = path;
    this.paths = NAMES.map((name) => `${path}.${name}`);
  }

  /**
   * Moves the state file here.
   * @param leaving the path of one that is about to be moved back
   * @returns its new path
   */
  async put(leaving?: string): Promise<string> {
    const writtenAt = (path: string): Promise<number | undefined> =>
      stat(path)
        .then(({ mtimeMs }) => mtimeMs)
        .catch(() => undefined);
    const places = await Promise.all(this.paths.map(async (path) => ({ path, at: await writtenAt(path) })));
    const kept = places.filter(({ path, at }) => at !== undefined && path !== leaving);
    const oldest = kept.toSorted((a, b) => a.at! - b.at!)[0];
    const free = places.find(({ at }) => at === undefined);
    const { path } = (kept.length < MAX_KEPT ? free : oldest)!;
    await whileBusy(() => rename(this.#path, path));
    return path;
  }

  async delete(): Promise<void> {
    await Promise.all(this.paths.map((path) => whileBusy(() => rm(path, { force: true }))));
  }
}
