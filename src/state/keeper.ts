import { emptyState, parseState, type SessionState } from "./state";
import type { StateStore } from "./store";

/** ms */
const RETRY_AFTER = 30_000;

/**
 * The state of one session: read once, changed in memory, and written behind each change, the newest change in
 * one write however many came while the last was under way.
 */
export class StateKeeper {
  readonly #store: StateStore;
  readonly #onError: (error: unknown) => void;
  #state: SessionState = emptyState();
  #loading: Promise<SessionState> | undefined;
  #saving: Promise<void> | undefined;
  #changed = false;
  #retry: NodeJS.Timeout | undefined;
  /** What could not be read is not overwritten: it may be readable the next time, with all that was granted. */
  #readable = true;

  /** @param onError is given what reading or writing failed with; the session goes on without */
  constructor(store: StateStore, onError: (error: unknown) => void) {
    this.#store = store;
    this.#onError = onError;
  }

  /** What is remembered now; empty until `load` has resolved. */
  get state(): Readonly<SessionState> {
    return this.#state;
  }

  /** Reads the state, the first time. Never rejects. */
  load(): Promise<Readonly<SessionState>> {
    this.#loading ??= this.#store.load().then(
      (document) => (this.#state = parseState(document)),
      (error: unknown) => {
        this.#readable = false;
        this.#onError(error);
        return this.#state;
      },
    );
    return this.#loading;
  }

  /** Changes the state and has it written. @returns when the change is safe; never rejects */
  async update(change: Partial<SessionState>): Promise<void> {
    await this.load();
    Object.assign(this.#state, change);
    if (!this.#readable) return;
    this.#changed = true;
    this.#saving ??= this.#save();
    await this.#saving;
  }

  /** When all changes are safe, as far as they can be: nothing is tried again after this. */
  async flush(): Promise<void> {
    await this.#saving;
    if (!this.#retry) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    await this.update({});
    clearTimeout(this.#retry);
  }

  /** A disk that is full may not stay so: what could not be written is written later. */
  #tryAgain(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      void this.update({});
    }, RETRY_AFTER);
    this.#retry.unref();
  }

  async #save(): Promise<void> {
    while (this.#changed) {
      this.#changed = false;
      try {
        await this.#store.save(this.#state);
      } catch (error) {
        this.#onError(error);
        this.#tryAgain();
      }
    }
    // On the same turn as the last look at #changed, so that no change falls between.
    this.#saving = undefined;
  }
}
