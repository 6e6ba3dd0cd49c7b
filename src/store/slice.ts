import { Serial } from "../async/serial";
import type { SliceName, SliceStore } from "./slice-store";

/** After this many changes that are not stored yet, only their result is remembered. */
const MAX_CHANGES = 32;
/** How often a change is tried while other sessions change the same slice. */
const MAX_TRIES = 8;

/** One slice of an account's state, as its owner sees it: parsed, in memory, and stored after each change. */
export class Slice<T> {
  readonly #turns = new Serial();
  #value: T;
  /** Undefined if not known: before the first read, and after a write that failed. */
  #version: number | undefined;
  /** What is not stored yet. */
  #changes: ((value: T) => T)[] = [];
  #nextWrite: Promise<void> | undefined;

  /** @param parse never throws @param changed resolves when storing was tried */
  constructor(
    private readonly name: SliceName,
    private readonly parse: (value: unknown) => T,
    private readonly changed: () => Promise<void>,
  ) {
    this.#value = parse(undefined);
  }

  /** The value with every change; without what was stored until the state is loaded. */
  get value(): T {
    return this.#value;
  }

  /** Replaces the value at once. Resolves when storing it was tried. Never rejects. */
  set(value: T): Promise<void> {
    this.#changes = [];
    return this.change(() => value);
  }

  /** As `set`. If another session has changed the slice, `change` is called again, with what that has stored. */
  change(change: (value: T) => T): Promise<void> {
    const value = change(this.#value);
    this.#value = value;
    this.#changes = this.#changes.length < MAX_CHANGES ? [...this.#changes, change] : [() => value];
    return this.changed();
  }

  async read(store: SliceStore): Promise<void> {
    const { value, version } = await store.read(this.name);
    this.#version = version;
    this.#value = this.#changes.reduce((current, change) => change(current), this.parse(value));
  }

  /** Resolves when every change is safe. @throws the store's error */
  async write(store: SliceStore): Promise<void> {
    if (this.#changes.length > 0) await (this.#nextWrite ??= this.#turns.run(() => this.#write(store)));
  }

  async #write(store: SliceStore): Promise<void> {
    this.#nextWrite = undefined;
    for (let tries = 0; this.#changes.length > 0; tries++) {
      if (tries === MAX_TRIES) throw Object.assign(new Error("It changes elsewhere."), { code: "EBUSY" });
      if (this.#version === undefined) await this.read(store);
      const changes = this.#changes;
      const version = this.#version!;
      this.#version = undefined;
      this.#version = await store.compareAndSet(this.name, version, this.#value);
      if (this.#version === undefined) continue;
      this.#changes = this.#changes.filter((one) => !changes.includes(one));
      return;
    }
  }
}
