/** The played items. */
import type { ContextEntry, ItemEntry } from "./catalogue";

export interface PlayedItem {
  item: ItemEntry;
  context: ContextEntry | undefined;
  /** When it ended or was skipped, ms since the epoch. */
  playedAt: number;
}

/** The number that the Web API returns. */
const MAX_PLAYED = 50;

export class Played {
  readonly #items: PlayedItem[] = [];

  /** Newest first. */
  get items(): readonly PlayedItem[] {
    return this.#items;
  }

  add(item: PlayedItem): void {
    this.#items.unshift(item);
    this.#items.length = Math.min(this.#items.length, MAX_PLAYED);
  }
}
