import { Serial } from "../async/serial";
import { Turns } from "../async/turns";
import type { SliceListener, SliceName, SliceStore } from "./slice-store";
import type { StateStore } from "./store";

/** Changes of one slice that are not stored yet. They are stored together, or refused together. */
interface Unsaved {
  isRefused: boolean;
}

interface Held {
  value: unknown;
  version: number;
  /** What is stored, as JSON, as far as is known. Two values with the same JSON are the same. */
  stored: string | undefined;
  unsaved: Unsaved | undefined;
}

/**
 * The slices as one JSON document: in a file, in memory, or in a store of the library's user. Sessions share it by
 * sharing this object, or, if the place has an `update` of its own, by objects and processes of their own. All changes
 * of one turn, or that come during a write, go into one write.
 *
 * Each write begins with what is stored then. A slice that was changed elsewhere is taken over, and the changes that were
 * made here without knowing of it are refused: no old refresh token is put back over a new one.
 */
export class DocumentStore implements SliceStore {
  readonly isShared = false;
  readonly #slices = new Map<SliceName, Held>();
  /** Reads and writes, one at a time. */
  readonly #turns = new Serial();
  readonly #exclusive = new Turns();
  readonly #listeners = new Set<SliceListener>();
  #isLoaded = false;
  #nextRead: Promise<void> | undefined;
  #nextWrite: Promise<void> | undefined;

  constructor(readonly location: StateStore) {}

  async read(slice: SliceName): Promise<{ value: unknown; version: number }> {
    this.#nextRead ??= this.#turns.run(() => this.#read());
    await this.#nextRead;
    const { value, version } = this.#slices.get(slice) ?? nothing();
    return { value, version };
  }

  async compareAndSet(slice: SliceName, version: number, value: unknown): Promise<number | undefined> {
    // Never writes over a document that cannot be read.
    if (!this.#isLoaded) await this.read(slice);
    const held = this.#slices.get(slice) ?? nothing();
    if (version !== held.version) return undefined;
    this.#slices.set(slice, held);
    held.value = value;
    held.version = version + 1;
    const unsaved = (held.unsaved ??= { isRefused: false });
    this.#nextWrite ??= this.#turns.run(() => this.#write());
    await this.#nextWrite;
    if (unsaved.isRefused) return undefined;
    this.#tell(slice);
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
    this.#take(await this.location.load());
    this.#isLoaded = true;
  }

  async #write(): Promise<void> {
    this.#nextWrite = undefined;
    // The write before may have stored them already.
    if (![...this.#slices.values()].some(({ unsaved }) => unsaved)) return;
    let written: Written[] = [];
    const merge = (document: unknown): unknown => {
      this.#take(document);
      written = this.#takeUnsaved();
      return Object.fromEntries([...this.#slices].map(([slice, { value }]) => [slice, value]));
    };
    try {
      const { location } = this;
      await (location.update ? location.update(merge) : location.save(merge(await location.load())));
      for (const { held, json } of written) held.stored = json;
    } catch (error) {
      for (const { held, unsaved } of written) held.unsaved ??= unsaved;
      throw error;
    }
  }

  /** Takes over the slices that were changed elsewhere. */
  #take(document: unknown): void {
    // A running session loses nothing if its file is removed or set aside.
    if (document === undefined) return;
    const stored = new Map(Object.entries(document ?? {}) as [SliceName, unknown][]);
    for (const slice of new Set([...this.#slices.keys(), ...stored.keys()])) {
      const value = stored.get(slice);
      const json = toJson(value);
      const held = this.#slices.get(slice) ?? nothing();
      if (json === held.stored) continue;
      if (held.unsaved) held.unsaved.isRefused = true;
      this.#slices.set(slice, { value, version: held.version + 1, stored: json, unsaved: undefined });
      this.#tell(slice);
    }
  }

  /** The changes that this write stores. Those that come during the write wait for the next one. */
  #takeUnsaved(): Written[] {
    return [...this.#slices.values()].flatMap((held) => {
      const { unsaved, value } = held;
      held.unsaved = undefined;
      return unsaved ? [{ held, unsaved, json: toJson(value) }] : [];
    });
  }

  #tell(slice: SliceName): void {
    const version = this.#slices.get(slice)!.version;
    for (const listener of this.#listeners) listener(slice, version);
  }
}

interface Written {
  held: Held;
  unsaved: Unsaved;
  json: string | undefined;
}

function nothing(): Held {
  return { value: undefined, version: 0, stored: undefined, unsaved: undefined };
}

function toJson(value: unknown): string | undefined {
  return JSON.stringify(value);
}
