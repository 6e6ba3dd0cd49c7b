/**
 * Proof of work: a suffix with which the SHA-1 of prefix ‖ suffix ends in a number of zero bits.
 * Sources: librespot core/src/util.rs, solve_hash_cash; PouleR/spotify-login tests/ChallengeSolverTest.php, for what
 * Spotify has asked and accepted.
 *
 * It checks clients' solutions in another way than they search: the digest is one big number here. `solve` is for
 * tests, and slow.
 */
import { createHash } from "node:crypto";

export interface Hashcash {
  prefix: Uint8Array;
  /** Bits. */
  length: number;
}

/** The suffix is two big-endian counters of 8 bytes. */
const COUNTER_BITS = 64n;
const SUFFIX_BYTES = 16;

/** Whether a digest ends in at least `length` zero bits. */
export function endsInZeros(digest: Uint8Array, length: number): boolean {
  if (length > digest.length * 8) return false;
  return toNumber(digest) % 2n ** BigInt(length) === 0n;
}

/** Whether `suffix` solves a hashcash, no matter how it was found. */
export function isSolved({ prefix, length }: Hashcash, suffix: Uint8Array): boolean {
  return suffix.length === SUFFIX_BYTES && endsInZeros(sha1(prefix, suffix), length);
}

/**
 * Whether a search that starts according to `context` finds `suffix`: the first counter starts with the last 8 bytes
 * of the context's SHA-1, the second with 0, and both go on together.
 */
export function belongsTo(context: Uint8Array, suffix: Uint8Array): boolean {
  if (suffix.length !== SUFFIX_BYTES) return false;
  const [first, second] = [toNumber(suffix.subarray(0, 8)), toNumber(suffix.subarray(8))];
  return BigInt.asUintN(64, first - second) === start(context);
}

/** The first suffix, in the order of the search, that solves a hashcash. */
export function solve(context: Uint8Array, hashcash: Hashcash): Buffer {
  const first = start(context);
  for (let count = 0n; ; count++) {
    const number = (BigInt.asUintN(64, first + count) << COUNTER_BITS) + count;
    const suffix = Buffer.from(number.toString(16).padStart(2 * SUFFIX_BYTES, "0"), "hex");
    if (isSolved(hashcash, suffix)) return suffix;
  }
}

function start(context: Uint8Array): bigint {
  return BigInt.asUintN(64, toNumber(sha1(context)));
}

function sha1(...pieces: Uint8Array[]): Buffer {
  return createHash("sha1").update(Buffer.concat(pieces)).digest();
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString("hex")}`);
}
