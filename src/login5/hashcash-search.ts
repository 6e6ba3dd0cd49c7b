import { BLOCK_BYTES, BLOCK_WORDS, compress, paddedWords, SHA1_INITIAL } from "./sha1";

/** Two counters of 8 bytes. */
export const SUFFIX_BYTES = 16;
const COUNTER_BYTES = 8;

/**
 * The first suffix for which SHA-1(prefix ‖ suffix) ends in `length` zero bits. Takes as long as it takes: half of
 * 2^length tries and more, without a pause, which is why it belongs into a thread of its own.
 *
 * The suffix is two big-endian counters, the first of which begins at `start`, the second at 0; both grow by one with
 * every try, and begin again at 0 after their last number.
 *
 * Source: librespot core/src/util.rs, solve_hash_cash.
 *
 * @param start 8 bytes
 * @param length 0 to 64
 */
export function findSuffix(prefix: Uint8Array, start: Uint8Array, length: number): Uint8Array {
  const message = new Uint8Array(prefix.length + SUFFIX_BYTES);
  message.set(prefix);
  message.set(start, prefix.length);
  const words = paddedWords(message);
  // The blocks that hold nothing but prefix are the same for every try.
  const changing = Math.floor(prefix.length / BLOCK_BYTES) * BLOCK_WORDS;
  const beginning = Int32Array.from(SHA1_INITIAL);
  for (let at = 0; at < changing; at += BLOCK_WORDS) compress(beginning, words, at);
  const lowMask = zeroBitsMask(length);
  const highMask = zeroBitsMask(length - 32);
  const firstCounterEnd = prefix.length + COUNTER_BYTES;
  const state = new Int32Array(5);
  for (;;) {
    state.set(beginning);
    for (let at = changing; at < words.length; at += BLOCK_WORDS) compress(state, words, at);
    if ((state[4]! & lowMask) === 0 && (state[3]! & highMask) === 0) return suffixIn(words, prefix.length);
    increment(words, firstCounterEnd);
    increment(words, firstCounterEnd + COUNTER_BYTES);
  }
}

/** The low `bits` bits of a word; none for less than 0, all for more than 32. */
function zeroBitsMask(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : (1 << bits) - 1;
}

/** Adds one to the big-endian counter of 8 bytes that ends before byte `end`, wherever that is in its word. */
function increment(words: Int32Array, end: number): void {
  for (let at = end - 1; at >= end - COUNTER_BYTES; at--) {
    const shift = 24 - 8 * (at & 3);
    const word = words[at >> 2]!;
    if (((word >>> shift) & 0xff) !== 0xff) {
      words[at >> 2] = word + (1 << shift);
      return;
    }
    words[at >> 2] = word & ~(0xff << shift);
  }
}

function suffixIn(words: Int32Array, from: number): Uint8Array {
  return Uint8Array.from({ length: SUFFIX_BYTES }, (_, i) => {
    const at = from + i;
    return words[at >> 2]! >>> (24 - 8 * (at & 3));
  });
}
