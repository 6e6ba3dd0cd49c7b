/** The current item, the next ones and the previous ones: a context, and the items that a person has queued. */
import { createHash } from "node:crypto";
import type { ContextEntry, ItemEntry } from "./catalogue";

/** One place in the list. The same item may be in it several times. */
export interface Row {
  item: ItemEntry;
  /** 16 hex digits for an item of the context; `q0`, `q1` … for a queued one. */
  uid: string;
  /** Whether a person queued it. */
  queued: boolean;
}

/** The next items. */
export interface Upcoming {
  /** Queued ones first. */
  rows: Row[];
  /** How many of `rows` come before the context starts again. */
  beforeRepeat: number;
}

/** The number that Spotify keeps. Source: librespot connect/src/state.rs. */
export const MAX_NEXT = 80;
const MAX_PREVIOUS = 10;

export class TrackList {
  #context: ContextEntry | undefined;
  #rows: readonly Row[] = [];
  /** Numbers of rows in the order in which they play. */
  #order: readonly number[] = [];
  /** The current place in `#order`, or the place before a queued item. */
  #place = 0;
  #queue: Row[] = [];
  /** The queued item that plays. */
  #queuedRow: Row | undefined;
  #queuedEver = 0;

  /** Undefined for items that do not belong to a single playlist, album or show. */
  get context(): ContextEntry | undefined {
    return this.#context;
  }

  get current(): Row {
    return this.#queuedRow ?? this.#rowAt(this.#place);
  }

  /** The number of the current item in its context. */
  get index(): number {
    return this.#order[this.#place] ?? 0;
  }

  /** The items, without the queue. */
  get items(): readonly ItemEntry[] {
    return this.#rows.map(({ item }) => item);
  }

  /** In the order of the context, without the queue. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  get hasQueued(): boolean {
    return this.#queue.length > 0;
  }

  /**
   * Plays other items. The queue stays.
   * @param first the number of the item to start with; undefined: the first one, or any if shuffled
   * @throws RangeError if there is no such item
   */
  load(source: ContextEntry | readonly ItemEntry[], first: number | undefined, isShuffled: boolean): void {
    const context = "uri" in source ? source : undefined;
    const items = "uri" in source ? source.items : source;
    if (items.length === 0 || (first !== undefined && items[first] === undefined)) {
      throw new RangeError("There is no such item");
    }
    this.#context = context;
    this.#rows = items.map((item, number) => ({
      item,
      uid: uidOf(context?.uri ?? "", item.uri, number),
      queued: false,
    }));
    this.#order = items.map((_item, number) => number);
    this.#place = first ?? 0;
    this.#queuedRow = undefined;
    if (isShuffled) this.shuffle(first ?? Math.floor(Math.random() * items.length));
  }

  /** Goes to an item of the same context. @throws RangeError if there is no such item */
  jump(index: number): void {
    const place = this.#order.indexOf(index);
    if (place < 0) throw new RangeError("There is no such item");
    this.#place = place;
    this.#queuedRow = undefined;
  }

  /** @returns whether there was a next item; if not, the first one is the current one again */
  next(): boolean {
    this.#queuedRow = this.#queue.shift();
    if (this.#queuedRow !== undefined) return true;
    const isLast = this.#place + 1 >= this.#order.length;
    this.#place = isLast ? 0 : this.#place + 1;
    return !isLast;
  }

  /** @param repeats whether the last item comes before the first one @returns whether there was one before */
  previous(repeats: boolean): boolean {
    if (this.#queuedRow !== undefined) {
      this.#queuedRow = undefined;
      return true;
    }
    if (this.#place === 0 && !repeats) return false;
    this.#place = (this.#place + this.#order.length - 1) % this.#order.length;
    return true;
  }

  /** Adds an item at the end of the queue. @throws RangeError if the queue is full */
  queue(item: ItemEntry): void {
    if (this.#queue.length >= MAX_NEXT) throw new RangeError("The queue is full");
    this.#queue.push({ item, uid: `q${this.#queuedEver++}`, queued: true });
  }

  /** @param repeats whether the context begins again after its last item */
  upcoming(repeats: boolean): Upcoming {
    const rest = this.#order.slice(this.#place + 1);
    const again = repeats ? this.#order.slice(0, this.#place + 1) : [];
    const rows = [
      ...this.#queue,
      ...[...rest, ...again].slice(0, MAX_NEXT).map((number) => this.#row(number)),
    ];
    const beforeRepeat = Math.min(this.#queue.length + rest.length, MAX_NEXT);
    return { rows: rows.slice(0, MAX_NEXT), beforeRepeat };
  }

  /** The previous items, oldest first. */
  before(): Row[] {
    const end = this.#queuedRow === undefined ? this.#place : this.#place + 1;
    return this.#order.slice(Math.max(0, end - MAX_PREVIOUS), end).map((number) => this.#row(number));
  }

  /** Shuffles the items; the current one becomes the first. @param first number of the current item */
  shuffle(first = this.index): void {
    const others = this.#rows.map((_row, number) => number).filter((number) => number !== first);
    for (let left = others.length; left > 1; left--) {
      const chosen = Math.floor(Math.random() * left);
      [others[left - 1], others[chosen]] = [others[chosen]!, others[left - 1]!];
    }
    this.#order = [first, ...others];
    this.#place = 0;
  }

  /** Restores the order of the context; the same item continues. */
  unshuffle(): void {
    this.#place = this.index;
    this.#order = this.#rows.map((_row, number) => number);
  }

  #rowAt(place: number): Row {
    return this.#row(this.#order[place] ?? 0);
  }

  #row(number: number): Row {
    const row = this.#rows[number];
    if (row === undefined) throw new RangeError(`There is no item ${number}`);
    return row;
  }
}

function uidOf(contextUri: string, itemUri: string, number: number): string {
  return createHash("sha256").update(`${contextUri} ${itemUri} ${number}`).digest("hex").slice(0, 16);
}
