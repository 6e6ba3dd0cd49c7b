import type { StateStore } from "./store";

/** The parts of an account's state. Each is a JSON value that its owner reads and writes as a whole. */
export type SliceName =
  | ("account" | "accessPoints" | "clientToken" | "connectPort" | "deviceId" | "grants" | "keymaster")
  | ("rateLimits" | "refusals" | "signedOutOf" | "tokens" | "webApi");

/**
 * @param slice that has changed; undefined: any may have, while the store could not be reached
 * @param version that it has now
 */
export type SliceListener = (slice: SliceName | undefined, version: number | undefined) => void;

/**
 * An account's state in slices, for one or several sessions at a time: what a shared store implements.
 *
 * Any call may fail with the error of the operating system or of a server. A change that failed may still take place:
 * read the slice again before the next try.
 */
export interface SliceStore {
  /** Whether several processes change it, so that what others need of a session is stored too. */
  readonly isShared: boolean;

  /** The path or address, and what is wrong although it works (known after the first read). */
  readonly location: Pick<StateStore, "place" | "problem" | "copyId" | "use">;

  /** Reads what is stored now, or what was changed here and is not stored yet. A slice without a value is undefined. */
  read(slice: SliceName): Promise<{ value: unknown; version: number }>;

  /**
   * Replaces a slice if it still has this version. Resolves when the change is safe.
   * @param value a JSON value that is not modified afterwards; undefined removes the slice
   * @returns the new version; undefined if the slice has another version, and was not changed
   */
  compareAndSet(slice: SliceName, version: number, value: unknown): Promise<number | undefined>;

  /**
   * Runs the actions of one name one after another, in all sessions that share the store.
   * @param signal ends the wait; it also reaches a running action, which keeps its turn until it has ended
   * @param action its signal also aborts if the store can no longer keep others out
   * @throws the abort reason of `signal`, or what `action` fails with
   */
  exclusive<T>(name: string, signal: AbortSignal, action: (signal: AbortSignal) => Promise<T>): Promise<T>;

  /** Tells of each slice that has changed, here or elsewhere. @returns a function that ends it */
  watch(listener: SliceListener): () => void;

  /** Ends the use of the store by one session. Never rejects. */
  close?(): Promise<void>;
}
