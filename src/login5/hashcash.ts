import { createHash } from "node:crypto";
import { Deadline } from "../async/deadline";
import { raceAbort } from "../async/race-abort";
import { Serial } from "../async/serial";
import { SpotifyError } from "../core/errors";
import { findSuffix } from "./hashcash-search";

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
/** librespot reads the end of the digest as a number of 64 bits. Source: librespot core/src/util.rs. */
const MAX_LENGTH = 64;
const MAX_PREFIX_BYTES = 1024;

/** One search at a time in this process, so that each turn of the event loop holds one slice at most. */
const searches = new Serial();

/**
 * Solves a challenge in slices of a few milliseconds, so that the rest of Node-RED goes on meanwhile.
 *
 * Source: librespot core/src/util.rs, solve_hash_cash.
 *
 * @param signal ends the search
 * @param timeLimit ms from now, including the wait for other searches: Spotify's clock is already running
 * @throws SpotifyError TIMEOUT after `timeLimit`; PROTOCOL_ERROR for a challenge that makes no sense; or the abort
 *   reason of `signal`
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
  const late = new Deadline(timeLimit, tooLate);
  const either = AbortSignal.any([signal, late.signal]);
  try {
    return await raceAbort(
      either,
      searches.run(async () => {
        const begun = process.hrtime.bigint();
        const suffix = await findSuffix(prefix, start, length, either);
        return { suffix, nanoseconds: process.hrtime.bigint() - begun };
      }),
    );
  } finally {
    late.clear();
  }
}

function tooLate(): SpotifyError {
  return new SpotifyError(
    "TIMEOUT",
    "This machine could not solve Spotify's proof of work in time. Try again later.",
  );
}
