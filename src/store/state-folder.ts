import { stat } from "node:fs/promises";
import { SpotifyError } from "../core/errors";
import { FolderLock } from "./folder-lock";
import { Place } from "./place";
import { copied, inWords, sharedFolder, type StateProblem } from "./problem";
import { tighten } from "./tighten";

/** By path: all accounts of a process have one. */
const folders = new Map<string, StateFolder>();

/**
 * The folder of the accounts' files. Spotify replaces a refresh token with each use, so a sign-in is lost if two processes
 * use it: this tells that another process uses the same folder, and that the folder is a copy of another.
 */
export class StateFolder {
  readonly #path: string;
  readonly #place: Place;
  readonly #lock: FolderLock;
  /** Of the sessions that use the folder. */
  readonly #listeners = new Set<() => void>();

  private constructor(path: string) {
    this.#path = path;
    this.#place = new Place(path);
    this.#lock = new FolderLock(path, () => this.#changed());
  }

  static at(path: string): StateFolder {
    let folder = folders.get(path);
    if (!folder) folders.set(path, (folder = new StateFolder(path)));
    return folder;
  }

  /** What is wrong with the folder now. That it is a copy comes first: only then something is held back. */
  get problem(): StateProblem | undefined {
    const { other, path } = this.#lock;
    if (this.#place.copyId !== undefined) return copied(this.#path);
    return other && sharedFolder(path, other);
  }

  /** As `StateStore.copyId`. */
  get copyId(): string | undefined {
    return this.#place.copyId;
  }

  /** Looks whether the folder is a copy, and whether others than its owner may use it, which is ended. Never rejects. */
  async look(): Promise<void> {
    await stat(this.#path)
      .then(({ mode }) => tighten(this.#path, mode))
      .catch(() => undefined);
    await this.#place.look();
  }

  /**
   * A session begins to use the folder: the lock is held from the first session to the last.
   * @param changed is called when `problem` or `copyId` has changed
   * @returns ends that; resolves when nothing is left open. Never rejects
   */
  use(changed: () => void): () => Promise<void> {
    const listener = (): void => changed();
    this.#listeners.add(listener);
    void this.#lock.begin();
    return async () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) await this.#lock.end();
    };
  }

  /**
   * The original of this copy is gone: what it holds is used here from now on.
   * @throws SpotifyError INVALID_ARGUMENT if that cannot be written
   */
  async useHere(): Promise<void> {
    try {
      await this.#place.useHere();
    } catch (error) {
      const why = inWords((error as NodeJS.ErrnoException).code ?? "unknown error");
      throw new SpotifyError("INVALID_ARGUMENT", `The folder ${this.#path} cannot be written: ${why}.`);
    }
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
