import type { Names } from "./names";

const MAX_ENTRIES = 2_000;
/** s. Spotify has asked for some 20 hours (74,514 s). */
const DEFAULT_TTL = 86_400;
const MIN_TTL = 3_600;
const MAX_TTL = 7 * 86_400;
/** How long a name that was not found is not looked up again, s. */
const MISSED_FOR = 600;

interface Entry {
  /** undefined: looked up, and not found. */
  names: Names | undefined;
  /** By the monotonic clock, ms. */
  until: number;
}

/** Names by URI. If there are too many, the least recently used are dropped. */
export class NameCache {
  /** In the order of use: the most recently used is the last. */
  readonly #entries = new Map<string, Entry>();

  /** The names of a URI, if they are remembered. */
  get(uri: string): Names | undefined {
    const entry = this.#entryOf(uri);
    if (entry) {
      this.#entries.delete(uri);
      this.#entries.set(uri, entry);
    }
    return entry?.names;
  }

  /** Whether a URI was looked up a short while ago, found or not. */
  has(uri: string): boolean {
    return this.#entryOf(uri) !== undefined;
  }

  /** @param ttl how long Spotify lets it be kept, in s; it is kept for an hour at least and for a week at most */
  found(uri: string, names: Names, ttl = DEFAULT_TTL): void {
    this.#set(uri, names, Math.min(Math.max(ttl, MIN_TTL), MAX_TTL));
  }

  /** Keeps names that are not complete for a short while. */
  foundInPart(uri: string, names: Names): void {
    this.#set(uri, names, MISSED_FOR);
  }

  missed(uri: string): void {
    this.#set(uri, undefined, MISSED_FOR);
  }

  #entryOf(uri: string): Entry | undefined {
    const entry = this.#entries.get(uri);
    if (entry && performance.now() >= entry.until) {
      this.#entries.delete(uri);
      return undefined;
    }
    return entry;
  }

  #set(uri: string, names: Names | undefined, seconds: number): void {
    this.#entries.delete(uri);
    this.#entries.set(uri, { names, until: performance.now() + seconds * 1000 });
    if (this.#entries.size > MAX_ENTRIES) this.#entries.delete(this.#entries.keys().next().value!);
  }
}
