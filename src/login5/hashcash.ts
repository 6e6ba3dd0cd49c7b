import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { SpotifyError } from "../core/errors";
import { withDeadline } from "../async/deadline";
import { Serial } from "../async/serial";
import { SuffixSearch } from "./hashcash-search";
import { raceAbort } from "../async/race-abort";

/** A proof of work that Spotify asks for. */
export interface HashcashChallenge {
  prefix: Uint8Array;
  /** How many zero bits the digest must end in. */
  length: number;
  /** Empty for a client token. */
  loginContext: Uint8Array;
}

export interface HashcashSolution {
  /** 16 bytes */
  suffix: Uint8Array;
  /** How long it took. */
  nanoseconds: bigint;
}

/** After this, in ms, a challenge is over. Source: librespot core/src/util.rs. */
export const HASHCASH_TIME_LIMIT = 5_000;
/** The digest is read as a number of 64 bits. Source: librespot core/src/util.rs. */
const MAX_LENGTH = 64;
const MAX_PREFIX_BYTES = 1024;

/** So many tries take 0.3 ms, and 3 ms on a slow machine; then all other work has its turn. */
const TRIES_IN_A_ROW = 1_024;

/** One search at a time in this process, so that all of them together block the event loop no longer than one. */
const searches = new Serial();

/**
 * Solves a challenge in short slices, so that other work goes on.
 *
 * Source: librespot core/src/util.rs, solve_hash_cash.
 *
 * @param signal ends the search
 * @param timeLimit ms from now, with the wait for earlier searches: Spotify's clock is running already
 * @throws SpotifyError TIMEOUT after `timeLimit`; PROTOCOL_ERROR for a challenge that makes no sense; or the abort reason
 *   of `signal`
 */
export async function solveHashcash(
  challenge: HashcashChallenge,
  signal: AbortSignal,
  timeLimit = HASHCASH_TIME_LIMIT,
): Promise<HashcashSolution> {
  const { prefix, length, loginContext } = challenge;
  if (!Number.isInteger(length) || length < 0 || length > MAX_LENGTH || prefix.length > MAX_PREFIX_BYTES) {
    throw new SpotifyError("PROTOCOL_ERROR", "Spotify asks for a proof of work that makes no sense.");
  }
  const start = createHash("sha1").update(loginContext).digest().subarray(12);
  const solve = (ended: AbortSignal): Promise<HashcashSolution> =>
    raceAbort(
      ended,
      searches.run(() => search(new SuffixSearch(prefix, start, length), ended)),
    );
  return withDeadline(timeLimit, tooLate, solve, signal);
}

async function search(suffixes: SuffixSearch, signal: AbortSignal): Promise<HashcashSolution> {
  const begun = process.hrtime.bigint();
  for (;;) {
    signal.throwIfAborted();
    const suffix = suffixes.next(TRIES_IN_A_ROW);
    if (suffix) return { suffix, nanoseconds: process.hrtime.bigint() - begun };
    await setImmediate();
  }
}

function tooLate(): SpotifyError {
  return new SpotifyError(
    "TIMEOUT",
    "This machine could not solve Spotify's proof of work in time. Try again later.",
  );
}
