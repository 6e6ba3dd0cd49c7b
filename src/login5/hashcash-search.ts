import { hash } from "node:crypto";

/** Two counters of 8 bytes. */
const SUFFIX_BYTES = 16;
const COUNTER_BYTES = 8;

/**
 * Searches the first suffix for which SHA-1(prefix ‖ suffix) ends in a number of zero bits.
 *
 * The suffix is two big-endian counters: the first begins at `start`, the second at 0. Both grow by one with each try, and
 * begin again at 0 after their last number.
 *
 * Source: librespot core/src/util.rs, solve_hash_cash.
 */
export class SuffixSearch {
  readonly #message: Buffer;
  readonly #suffixAt: number;
  readonly #length: number;

  /**
   * @param start 8 bytes
   * @param length zero bits, 0 to 64
   */
  constructor(prefix: Uint8Array, start: Uint8Array, length: number) {
    this.#suffixAt = prefix.length;
    this.#message = Buffer.alloc(prefix.length + SUFFIX_BYTES);
    this.#message.set(prefix);
    this.#message.set(start, prefix.length);
    this.#length = length;
  }

  /** @returns the suffix of 16 bytes, or undefined if none of the next `tries` is right */
  next(tries: number): Uint8Array | undefined {
    const firstCounterEnd = this.#suffixAt + COUNTER_BYTES;
    for (let i = 0; i < tries; i++) {
      // As text: a Buffer for each digest takes three times as long.
      const digest = hash("sha1", this.#message, "binary");
      if (endsInZeroBits(digest, this.#length)) return Buffer.from(this.#message.subarray(this.#suffixAt));
      this.#increment(firstCounterEnd);
      this.#increment(firstCounterEnd + COUNTER_BYTES);
    }
    return undefined;
  }

  /** Adds one to the counter that ends before byte `end`. */
  #increment(end: number): void {
    for (let at = end - 1; at >= end - COUNTER_BYTES; at--) {
      const byte = (this.#message[at]! + 1) & 0xff;
      this.#message[at] = byte;
      if (byte !== 0) return;
    }
  }
}

/** @param digest one character for each byte */
function endsInZeroBits(digest: string, length: number): boolean {
  let at = digest.length - 1;
  let left = length;
  for (; left >= 8; left -= 8) if (digest.charCodeAt(at--) !== 0) return false;
  return (digest.charCodeAt(at) & ((1 << left) - 1)) === 0;
}
