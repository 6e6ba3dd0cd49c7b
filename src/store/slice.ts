import { isDeepStrictEqual } from "node:util";
import { Serial } from "../async/serial";
import type { SliceName, SliceStore } from "./slice-store";

/** After this many changes that are not stored yet, only their result is remembered. */
const MAX_CHANGES = 256;
/** How often a change is tried while other sessions change the same slice. */
const MAX_TRIES = 16;

/** What a slice tells its keeper. */
export interface SliceOwner {
  /** A change has to be stored. Resolves when that was tried. */
  changed(): Promise<void>;
  /** The value that was read differs from the known one. */
  changedElsewhere(): void;
}

/** One slice of an account's state, as its owner sees it: parsed, in memory, and stored after each change. */
export class Slice<T> {
  readonly #turns = new Serial();
  #value: T;
  /** What the store has, parsed. */
  #stored: T;
  /** Undefined if not known: before the first read, and after a write that failed. */
  #version: number | undefined;
  /** What is not stored yet. */
  #changes: ((value: T) => T)[] = [];
  #nextWrite: Promise<void> | undefined;
  #nextRead: Promise<void> | undefined;

  /** @param parse never throws */
  constructor(
    private readonly name: SliceName,
    private readonly parse: (value: unknown) => T,
    private readonly store: SliceStore,
    private readonly owner: SliceOwner,
  ) {
    this.#value = parse(undefined);
    this.#stored = this.#value;
  }

  /** The value with every change; without what was stored until the state is loaded. */
  get value(): T {
    return this.#value;
  }

  /** Whether every change is safe. */
  get isStored(): boolean {
    return this.#changes.length === 0;
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
    return this.owner.changed();
  }

  /** Reads what is stored now. @throws the store's error */
  async read(): Promise<void> {
    this.#nextRead ??= this.#turns.run(() => {
      this.#nextRead = undefined;
      return this.#read();
    });
    await this.#nextRead;
  }

  /** Reads the slice if it does not have this version yet. @throws the store's error */
  async noticed(version: number | undefined): Promise<void> {
    // A write of our own is told of before its version is known here.
    await this.#turns.settled();
    if (version !== this.#version) await this.read();
  }

  /** Resolves when every change is safe. @throws the store's error */
  async write(): Promise<void> {
    if (!this.isStored) await (this.#nextWrite ??= this.#turns.run(() => this.#write()));
  }

  async #read(): Promise<void> {
    const { value, version } = await this.store.read(this.name);
    const before = this.#value;
    this.#version = version;
    this.#stored = this.parse(value);
    this.#value = this.#changes.reduce((current, change) => change(current), this.#stored);
    if (!isDeepStrictEqual(before, this.#value)) this.owner.changedElsewhere();
  }

  async #write(): Promise<void> {
    this.#nextWrite = undefined;
    for (let tries = 0; !this.isStored; tries++) {
      if (tries === MAX_TRIES) throw Object.assign(new Error("It changes elsewhere."), { code: "EBUSY" });
      if (this.#version === undefined) await this.#read();
      const changes = this.#changes;
      const value = this.#value;
      const version = this.#version!;
      this.#version = undefined;
      this.#version = await this.store.compareAndSet(this.name, version, value);
      if (this.#version === undefined) continue;
      this.#stored = value;
      this.#changes = this.#changes.filter((one) => !changes.includes(one));
      return;
    }
  }
}
