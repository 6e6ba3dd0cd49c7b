import { hash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Each of the two counters of a suffix, bytes. */
const COUNTER_BYTES = 8;
/** How long the search holds the event loop at a stretch, ns. */
const SLICE = 4_000_000n;
/** Tries between two looks at the clock: 0.03 ms on a PC, under 1 ms on the slowest Raspberry Pi. */
const TRIES_PER_LOOK = 100;

/**
 * The first suffix of 16 bytes for which SHA-1(prefix ‖ suffix) ends in `length` zero bits. Needs 2^length tries on
 * average. Lets the event loop turn every few milliseconds.
 *
 * The suffix is two big-endian counters. The first begins at `start`, the second at 0. Both grow by one with every try,
 * and go back to 0 after their last number.
 *
 * Source: librespot core/src/util.rs, solve_hash_cash.
 *
 * @param start 8 bytes
 * @param length 0 to 64
 * @throws the abort reason of `signal`
 */
export async function findSuffix(
  prefix: Uint8Array,
  start: Uint8Array,
  length: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const message = Buffer.concat([prefix, start, Buffer.alloc(COUNTER_BYTES)]);
  const zeroDigits = "0".repeat(Math.floor(length / 4));
  const partDigitMask = (1 << (length % 4)) - 1;
  const partDigit = 39 - zeroDigits.length;
  for (;;) {
    signal.throwIfAborted();
    // The answer reports the time of the search by the same clock.
    const sliceEnd = process.hrtime.bigint() + SLICE;
    do {
      for (let tries = 0; tries < TRIES_PER_LOOK; tries++) {
        // Node makes a hex digest three times as fast as a buffer.
        const digest = hash("sha1", message, "hex");
        if (digest.endsWith(zeroDigits) && (parseInt(digest[partDigit]!, 16) & partDigitMask) === 0) {
          return message.subarray(prefix.length);
        }
        increment(message, message.length - COUNTER_BYTES);
        increment(message, message.length);
      }
    } while (process.hrtime.bigint() < sliceEnd);
    await nextTurn();
  }
}

/** Adds one to the big-endian counter of 8 bytes that ends before `end`. */
function increment(message: Buffer, end: number): void {
  for (let at = end - 1; at >= end - COUNTER_BYTES; at--) {
    const byte = (message[at]! + 1) & 0xff;
    message[at] = byte;
    if (byte !== 0) return;
  }
}
