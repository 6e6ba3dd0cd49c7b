/**
 * SHA-1's compression of one block, on words. Node's own hash makes an object for every message, which costs more than
 * the 80 rounds do where messages are this short and this many.
 *
 * Source: FIPS 180-4, sections 5.3.1 and 6.1.2.
 */
export const SHA1_INITIAL: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

export const BLOCK_BYTES = 64;
export const BLOCK_WORDS = 16;

/** The message schedule, W in the standard: of this thread, and good only within one call. */
const schedule = new Int32Array(80);

/**
 * @param state five words, changed in place
 * @param words the message, padded, as big-endian words
 * @param at where the block begins, in words
 */
export function compress(state: Int32Array, words: Int32Array, at: number): void {
  for (let t = 0; t < 16; t++) schedule[t] = words[at + t]!;
  for (let t = 16; t < 80; t++) {
    const mixed = schedule[t - 3]! ^ schedule[t - 8]! ^ schedule[t - 14]! ^ schedule[t - 16]!;
    schedule[t] = (mixed << 1) | (mixed >>> 31);
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let next: number;
  // Each quarter a loop of its own: one loop that chooses its function is a third slower.
  for (let t = 0; t < 20; t++) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + 0x5a827999 + schedule[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 20; t < 40; t++) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + schedule[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 40; t < 60; t++) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + e + 0x8f1bbcdc + schedule[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 60; t < 80; t++) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0xca62c1d6 + schedule[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
}

/** A message with its padding, as big-endian words. FIPS 180-4, section 5.1.1. */
export function paddedWords(message: Uint8Array): Int32Array {
  const blocks = Math.ceil((message.length + 9) / BLOCK_BYTES);
  const padded = new DataView(new ArrayBuffer(blocks * BLOCK_BYTES));
  new Uint8Array(padded.buffer).set(message);
  padded.setUint8(message.length, 0x80);
  padded.setBigUint64(padded.byteLength - 8, BigInt(message.length) * 8n);
  return Int32Array.from({ length: blocks * BLOCK_WORDS }, (_, i) => padded.getInt32(i * 4));
}
