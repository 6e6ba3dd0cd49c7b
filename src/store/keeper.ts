import { EventEmitter } from "node:events";
import { settledWithin, withDeadline } from "../async/deadline";
import { raceAbort } from "../async/race-abort";
import { wait } from "../async/wait";
import { SpotifyError } from "../core/errors";
import { inWords, stateProblem, type StateProblem } from "./problem";
import { Slice } from "./slice";
import type { SliceName, SliceStore } from "./slice-store";

/** How long the first read may take, ms: less than a request. A disk that does not answer is that of a network that is away. */
const READ_LIMIT = 10_000;

/** How long after a read or a write that failed it is tried again, ms. */
const RETRY_AFTER = 30_000;

/** How long closing waits for a store that does not answer, ms: Node-RED gives a node 15 s to close. */
const CLOSE_LIMIT = 4_000;

/** How long a turn is kept while what was changed in it cannot be stored, and how often that is tried, ms. */
const STORE_LIMIT = 120_000;
const STORE_AGAIN = 500;

/** The slices that say who is signed in. */
const IDENTITY: ReadonlySet<SliceName> = new Set(["account", "grants", "signedOutOf"]);

export interface KeeperEvents {
  loaded: [];
  known: [{ isLate: boolean }];
  changedElsewhere: [SliceName];
  problem: [StateProblem | undefined];
}

/**
 * One session's view of its state: read once, changed in memory, stored behind each change, and read again when another
 * session has changed it.
 *
 * Emits:
 * - `loaded` once, before `load` resolves
 * - `known` once, when it has been read who is signed in. That is late, after `loaded`, if the store did not answer or could not
 *   be read at first
 * - `changedElsewhere` with a slice whose value another session has changed, from then on
 * - `problem` when something is wrong with the store, and when it no longer is
 */
export class StateKeeper extends EventEmitter<KeeperEvents> {
  readonly #slices = new Map<SliceName, Pick<Slice<unknown>, "noticed" | "read" | "write">>();
  #stopWatching: (() => void) | undefined;
  #leave: (() => Promise<void>) | undefined;
  #loading: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** Actions that have their turn, or wait for it. */
  readonly #turns = new Set<Promise<void>>();
  #readProblem: StateProblem | undefined;
  #writeProblem: StateProblem | undefined;
  /** The problem that was told last. */
  #told: StateProblem | undefined;
  #isLoaded = false;
  /** It has been read who is signed in. */
  #isKnown = false;
  #isClosed = false;
  readonly #closing = new AbortController();

  constructor(private readonly store: SliceStore) {
    super();
  }

  /**
   * The view of one slice. Made before `load`, and once for each name.
   * @param parse makes a value of what was stored, whatever it is; undefined: nothing was. Never throws.
   */
  slice<T>(name: SliceName, parse: (value: unknown) => T): Slice<T> {
    const slice = new Slice(name, parse, this.store, {
      changed: () => this.saved().catch(() => undefined),
      changedElsewhere: () => void (this.#isKnown && this.emit("changedElsewhere", name)),
    });
    this.#slices.set(name, slice);
    return slice;
  }

  /** Whether other processes change the state. */
  get isShared(): boolean {
    return this.store.isShared;
  }

  /** What is wrong with the store now. */
  get problem(): StateProblem | undefined {
    const { problem } = this.store.location;
    // Of a store that is away, it is enough to say so.
    return problem?.kind === "away" ? problem : (this.#readProblem ?? this.#writeProblem ?? problem);
  }

  /** Whether it has been read who is signed in. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Why it is not known who is signed in; undefined if it is known, or nothing was read yet. */
  get whyUnknown(): SpotifyError | undefined {
    if (this.#isKnown) return undefined;
    return this.#readProblem && new SpotifyError("UNREACHABLE", this.#readProblem.message);
  }

  /** As `StateStore.copyId`. */
  get copyId(): string | undefined {
    return this.store.location.copyId;
  }

  /**
   * Reads the slices, the first time. A store that does not answer in time counts as one that cannot be read, until it
   * answers. Never rejects.
   */
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
    if (this.#readProblem && !this.#isKnown)
      throw new SpotifyError("INVALID_ARGUMENT", this.#readProblem.message);
    const writes = await Promise.allSettled([...this.#slices.values()].map((slice) => slice.write()));
    const failed = writes.find((write) => write.status === "rejected");
    this.#writeProblem = failed && stateProblem("write", this.store.location.place, failed.reason);
    this.#tell();
    if (!this.#writeProblem) return;
    this.#tryAgain();
    throw new SpotifyError("INVALID_ARGUMENT", this.#writeProblem.message);
  }

  /**
   * Runs `action` when no other session that shares the state runs an action of this name, with these slices as they are
   * stored then. The turn lasts until what `action` has changed of them is stored: another session would not know of it.
   *
   * @param signal ends the wait. It does not end `action`, which keeps its turn until it has ended.
   * @throws StoreAway if a shared store cannot be reached; the abort reason of `signal`; or what `action` fails with
   */
  async inTurn<T>(
    name: string,
    slices: readonly Pick<Slice<unknown>, "isStored" | "read">[],
    signal: AbortSignal,
    action: () => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const waiting = new AbortController();
    const onAbort = (): void => waiting.abort(signal.reason);
    signal.addEventListener("abort", onAbort);
    let running: Promise<T> | undefined;
    let begun!: () => void;
    const beginning = new Promise<void>((resolve) => (begun = resolve));
    const turn = this.store.exclusive(name, waiting.signal, async () => {
      if (this.store.isShared) await Promise.all(slices.map((slice) => slice.read()));
      signal.throwIfAborted();
      signal.removeEventListener("abort", onAbort);
      running = action();
      begun();
      await running.catch(() => undefined);
      if (this.store.isShared) await this.#untilStored(slices);
    });
    this.#turns.add(turn);
    const ended = (): boolean => this.#turns.delete(turn);
    turn.then(ended, ended);
    try {
      await Promise.race([beginning, turn]);
    } catch (error) {
      if (signal.aborted) throw error;
      throw new StoreAway(stateProblem("read", this.store.location.place, error), error);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    return running!;
  }

  /** Resolves when all changes are safe, as far as they can be, and the store is closed. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#loading) await settledWithin(CLOSE_LIMIT, this.saved());
    await settledWithin(CLOSE_LIMIT, Promise.allSettled(this.#turns));
    this.#closing.abort();
    clearTimeout(this.#retry);
    this.#stopWatching?.();
    await this.#leave?.();
    await this.store.close?.();
  }

  /** Tries to store these slices until that is done, or for as long as it makes sense. Never rejects. */
  async #untilStored(slices: readonly Pick<Slice<unknown>, "isStored">[]): Promise<void> {
    const begun = performance.now();
    while (!this.#isClosed && performance.now() - begun < STORE_LIMIT) {
      if (slices.every(({ isStored }) => isStored)) return;
      await this.saved().catch(() => wait(STORE_AGAIN));
    }
  }

  async #load(): Promise<void> {
    if (!this.#isClosed) {
      this.#stopWatching = this.store.watch((name, version) => void this.#noticed(name, version));
      this.#leave = this.store.location.use?.(() => this.#tell());
    }
    await this.#readInTime();
    this.#isLoaded = true;
    this.emit("loaded");
  }

  /** Never rejects. */
  async #readInTime(): Promise<void> {
    const reading = this.#read();
    const late = (): SpotifyError => new SpotifyError("TIMEOUT", "The state was not read in time.");
    const inTime = (signal: AbortSignal): Promise<void> => raceAbort(signal, reading);
    await withDeadline(READ_LIMIT, late, inTime, this.#closing.signal).catch(() => {
      this.#readProblem = stateProblem("read", this.store.location.place, { code: "ETIMEDOUT" });
      this.#tell();
      // Changes that were made meanwhile are stored after the read.
      void reading.then(() => (this.#isClosed ? undefined : this.saved())).catch(() => undefined);
    });
  }

  /** Reads every slice. Never rejects. */
  async #read(): Promise<void> {
    const names = [...this.#slices.keys()];
    const reads = await Promise.allSettled([...this.#slices.values()].map((slice) => slice.read()));
    // The account may have been deleted meanwhile.
    if (this.#isClosed) return;
    const failed = reads.find((read) => read.status === "rejected");
    const isKnown = reads.every(({ status }, at) => status === "fulfilled" || !IDENTITY.has(names[at]!));
    this.#readProblem = failed && stateProblem("read", this.store.location.place, failed.reason);
    if (failed) this.#tryAgain();
    if (isKnown && !this.#isKnown) {
      this.#isKnown = true;
      this.emit("known", { isLate: this.#isLoaded });
    }
    this.#tell();
  }

  /** A slice has changed; or any may have. Never rejects. */
  async #noticed(name: SliceName | undefined, version: number | undefined): Promise<void> {
    if (this.#isClosed) return;
    if (name === undefined || this.#readProblem) {
      await this.#read();
      await this.saved().catch(() => undefined);
    } else {
      // If it fails, the store is away, and tells of every slice when it is back.
      await this.#slices
        .get(name)
        ?.noticed(version)
        .catch(() => undefined);
    }
  }

  /** A disk that is full may not stay so. */
  #tryAgain(): void {
    if (this.#isClosed) return;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      if (this.#readProblem) void this.#noticed(undefined, undefined);
      else this.saved().catch(() => undefined);
    }, RETRY_AFTER);
    this.#retry.unref();
  }

  #tell(): void {
    const { problem } = this;
    if (problem?.message === this.#told?.message) return;
    this.#told = problem;
    this.emit("problem", problem);
  }
}

/** A shared store cannot be reached, so that nothing can be done in turn with the other sessions. */
export class StoreAway extends SpotifyError {
  constructor(problem: StateProblem, cause: unknown) {
    const { file, cause: why } = problem;
    const message = `The account is shared, and its store cannot be reached (${file}: ${inWords(why)}).`;
    super("UNREACHABLE", `${message} Sign-ins are not renewed meanwhile: another instance may do it.`, {
      cause,
    });
  }
}
