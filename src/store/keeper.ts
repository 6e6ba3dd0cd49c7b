import { EventEmitter } from "node:events";
import { SpotifyError } from "../core/errors";
import { stateProblem, type StateProblem } from "./problem";
import { emptyState, parseState, type SessionState } from "./state";
import type { StateStore } from "./store";

/** ms */
const RETRY_AFTER = 30_000;

/**
 * The state of one session: read once, changed in memory, and written behind each change, the newest change in
 * one write however many came while the last was under way.
 *
 * Emits `problem` when something is wrong with the store, and when it no longer is.
 */
export class StateKeeper extends EventEmitter<{ problem: [StateProblem | undefined] }> {
  readonly #store: StateStore;
  #state: SessionState = emptyState();
  #loading: Promise<SessionState> | undefined;
  #saving: Promise<void> | undefined;
  #changed = false;
  #retry: NodeJS.Timeout | undefined;
  #problem: StateProblem | undefined;

  constructor(store: StateStore) {
    super();
    this.#store = store;
  }

  /** What is remembered now; empty until `load` has resolved. */
  get state(): Readonly<SessionState> {
    return this.#state;
  }

  /** What is wrong with the store now. */
  get problem(): StateProblem | undefined {
    return this.#problem;
  }

  /** Reads the state, the first time. Never rejects. */
  load(): Promise<Readonly<SessionState>> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /**
   * Changes the state and has it written. Resolves when the change is on disk. The caller may ignore the result:
   * the change is in memory and is written later, and `problem` tells of it.
   *
   * @throws SpotifyError INVALID_ARGUMENT if it cannot be written
   */
  update(change: Partial<SessionState>): Promise<void> {
    const written = this.#update(change);
    written.catch(() => undefined);
    return written;
  }

  /** The same for a change that must not fail because of the disk. Resolves when writing it was tried. */
  keep(change: Partial<SessionState>): Promise<void> {
    return this.update(change).catch(() => undefined);
  }

  /** When all changes are safe, as far as they can be: nothing is tried again after this. */
  async flush(): Promise<void> {
    await this.#saving?.catch(() => undefined);
    if (!this.#retry) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    await this.keep({});
    clearTimeout(this.#retry);
  }

  async #load(): Promise<SessionState> {
    try {
      this.#state = parseState(await this.#store.load());
      this.#tell(this.#store.problem);
    } catch (error) {
      this.#tell(stateProblem("read", this.#place, error));
    }
    return this.#state;
  }

  async #update(change: Partial<SessionState>): Promise<void> {
    await this.load();
    Object.assign(this.#state, change);
    // What could not be read is not overwritten: it may be readable the next time, with all that was granted.
    if (this.#problem?.kind === "read") throw this.#failure();
    this.#changed = true;
    this.#saving ??= this.#save();
    await this.#saving;
  }

  /** A disk that is full may not stay so: what could not be written is written later. */
  #tryAgain(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      void this.keep({});
    }, RETRY_AFTER);
    this.#retry.unref();
  }

  /** @throws SpotifyError if the last of the writes failed; else all changes are on disk */
  async #save(): Promise<void> {
    let isSafe = true;
    while (this.#changed) {
      this.#changed = false;
      isSafe = await this.#write();
    }
    // On the same turn as the last look at #changed, so that no change falls between.
    this.#saving = undefined;
    if (!isSafe) throw this.#failure();
  }

  async #write(): Promise<boolean> {
    try {
      await this.#store.save(this.#state);
      if (this.#problem?.kind === "write") this.#tell(undefined);
      return true;
    } catch (error) {
      this.#tell(stateProblem("write", this.#place, error));
      this.#tryAgain();
      return false;
    }
  }

  get #place(): string {
    return this.#store.place ?? "";
  }

  #failure(): SpotifyError {
    return new SpotifyError(
      "INVALID_ARGUMENT",
      this.#problem?.message ?? "The account's state cannot be kept.",
    );
  }

  #tell(problem: StateProblem | undefined): void {
    if (problem?.message === this.#problem?.message) return;
    this.#problem = problem;
    this.emit("problem", problem);
  }
}
