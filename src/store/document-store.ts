import { isDeepStrictEqual } from "node:util";
import { Serial } from "../async/serial";
import { Turns } from "../async/turns";
import type { SliceListener, SliceName, SliceStore } from "./slice-store";
import type { StateStore } from "./store";

const NO_SLICE = { value: undefined as unknown, version: 0 };

/**
 * The slices as one JSON document: in a file, in memory, or in a store of the library's user. Sessions share it by
 * sharing this object. All changes of one turn, or that come during a write, go into one write.
 */
export class DocumentStore implements SliceStore {
  readonly isShared = false;
  readonly #slices = new Map<SliceName, typeof NO_SLICE>();
  /** Reads and writes, one at a time. */
  readonly #turns = new Serial();
  readonly #exclusive = new Turns();
  readonly #listeners = new Set<SliceListener>();
  #isLoaded = false;
  #isUnsaved = false;
  #nextRead: Promise<void> | undefined;
  #nextWrite: Promise<void> | undefined;

  constructor(readonly location: StateStore) {}

  async read(slice: SliceName): Promise<{ value: unknown; version: number }> {
    this.#nextRead ??= this.#turns.run(() => this.#read());
    await this.#nextRead;
    return this.#slices.get(slice) ?? NO_SLICE;
  }

  async compareAndSet(slice: SliceName, version: number, value: unknown): Promise<number | undefined> {
    // Never writes over a document that cannot be read.
    if (!this.#isLoaded) await this.read(slice);
    if (version !== (this.#slices.get(slice) ?? NO_SLICE).version) return undefined;
    this.#slices.set(slice, { value: asRead(value), version: version + 1 });
    this.#isUnsaved = true;
    this.#nextWrite ??= this.#turns.run(() => this.#write());
    await this.#nextWrite;
    for (const listener of this.#listeners) listener(slice, version + 1);
    return version + 1;
  }

  exclusive<T>(name: string, signal: AbortSignal, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#exclusive.run(name, signal, action);
  }

  watch(listener: SliceListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #read(): Promise<void> {
    this.#nextRead = undefined;
    if (this.#isUnsaved) return;
    const document = await this.location.load();
    this.#isLoaded = true;
    // A change that came meanwhile is newer. A running session loses nothing if its file is removed or set aside.
    if (this.#isUnsaved || document === undefined) return;
    const stored = new Map(Object.entries(document ?? {}) as [SliceName, unknown][]);
    for (const slice of new Set([...this.#slices.keys(), ...stored.keys()])) {
      const { value, version } = this.#slices.get(slice) ?? NO_SLICE;
      if (isDeepStrictEqual(value, stored.get(slice))) continue;
      this.#slices.set(slice, { value: stored.get(slice), version: version + 1 });
      for (const listener of this.#listeners) listener(slice, version + 1);
    }
  }

  async #write(): Promise<void> {
    this.#nextWrite = undefined;
    this.#isUnsaved = false;
    const values = [...this.#slices].map(([slice, { value }]) => [slice, value] as const);
    try {
      await this.location.save(Object.fromEntries(values));
    } catch (error) {
      this.#isUnsaved = true;
      throw error;
    }
  }
}

/** The value as it is after it was stored and read, so that it is not taken for another one then. */
function asRead(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
