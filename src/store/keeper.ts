import { EventEmitter } from "node:events";
import { SpotifyError } from "../core/errors";
import { stateProblem, type StateProblem } from "./problem";
import { Slice } from "./slice";
import type { SliceName, SliceStore } from "./slice-store";

/** ms */
const RETRY_AFTER = 30_000;

/**
 * One session's view of its state: read once, changed in memory, and stored behind each change.
 *
 * Emits `loaded` once, before `load` resolves; and `problem` when something is wrong with the store, and when it no
 * longer is.
 */
export class StateKeeper extends EventEmitter<{ loaded: []; problem: [StateProblem | undefined] }> {
  readonly #slices: Pick<Slice<unknown>, "read" | "write">[] = [];
  #loading: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #problem: StateProblem | undefined;
  #leave: (() => Promise<void>) | undefined;
  #isOver = false;

  constructor(private readonly store: SliceStore) {
    super();
  }

  /**
   * The view of one slice. Made before `load`, and once for each name.
   * @param parse makes a value of what was stored, whatever it is; undefined: nothing was. Never throws.
   */
  slice<T>(name: SliceName, parse: (value: unknown) => T): Slice<T> {
    const slice = new Slice(name, parse, () => this.saved().catch(() => undefined));
    this.#slices.push(slice);
    return slice;
  }

  /** What is wrong with the store now. */
  get problem(): StateProblem | undefined {
    return this.#problem;
  }

  /** As `StateStore.copyId`. */
  get copyId(): string | undefined {
    return this.store.location.copyId;
  }

  /** Reads the slices, the first time. Never rejects. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /**
   * Resolves when all changes are stored.
   * @throws SpotifyError INVALID_ARGUMENT if they cannot be stored: they stay in memory, and are tried again later
   */
  async saved(): Promise<void> {
    await this.load();
    // What could not be read is not overwritten: it may be readable the next time, with all that was granted.
    if (this.#problem?.kind === "read") throw new SpotifyError("INVALID_ARGUMENT", this.#problem.message);
    const writes = await Promise.allSettled(this.#slices.map((slice) => slice.write(this.store)));
    const failed = writes.find((write) => write.status === "rejected");
    if (failed) {
      const problem = stateProblem("write", this.store.location.place, failed.reason);
      this.#tell(problem);
      this.#tryAgain();
      throw new SpotifyError("INVALID_ARGUMENT", problem.message);
    }
    if (this.#problem?.kind === "write") this.#tell(this.store.location.problem);
  }

  /** Resolves when all changes are safe, as far as they can be: nothing is tried again after this. */
  async flush(): Promise<void> {
    if (this.#loading) await this.saved().catch(() => undefined);
    clearTimeout(this.#retry);
    this.#isOver = true;
    await this.#leave?.();
  }

  async #load(): Promise<void> {
    if (!this.#isOver) this.#leave = this.store.location.use?.(() => this.#locationChanged());
    try {
      await Promise.all(this.#slices.map((slice) => slice.read(this.store)));
      this.#tell(this.store.location.problem);
    } catch (error) {
      this.#tell(stateProblem("read", this.store.location.place, error));
    }
    this.emit("loaded");
  }

  /** A disk that is full may not stay so. */
  #tryAgain(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.saved().catch(() => undefined);
    }, RETRY_AFTER);
    this.#retry.unref();
  }

  /** That the state cannot be read or written is worse than all that the location tells. */
  #locationChanged(): void {
    const { kind } = this.#problem ?? {};
    if (kind !== "read" && kind !== "write") this.#tell(this.store.location.problem);
  }

  #tell(problem: StateProblem | undefined): void {
    if (problem?.message === this.#problem?.message) return;
    this.#problem = problem;
    this.emit("problem", problem);
  }
}
