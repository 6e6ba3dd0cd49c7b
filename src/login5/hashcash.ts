import { createHash } from "node:crypto";
import { Worker, type WorkerOptions } from "node:worker_threads";
import { SpotifyError } from "../core/errors";
import { Deadline } from "../async/deadline";
import type { HashcashTask } from "./hashcash-worker";
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
/** The digest is looked at as a number of 64 bits. Source: librespot core/src/util.rs. */
const MAX_LENGTH = 64;
const MAX_PREFIX_BYTES = 1024;

/** Beside this file, compiled as it is. Looked for when it is needed: who bundles the library may not have it. */
function threadFile(): string {
  return require.resolve("./hashcash-worker");
}

/** One at a time in this process: the first one's end. A home has other work for its second core. */
let lastTurn: Promise<unknown> = Promise.resolve();

/**
 * Solves a challenge in a thread of its own, so that nothing else waits for it. When this resolves or rejects, the thread
 * is gone.
 *
 * Source: librespot core/src/util.rs, solve_hash_cash.
 *
 * @param signal aborted: the search is given up
 * @param timeLimit ms from now, waiting for one's turn included: Spotify's clock is running already
 * @throws SpotifyError TIMEOUT after `timeLimit`; PROTOCOL_ERROR for a challenge that nobody can mean, or where no thread
 *   can be had; or the abort reason of `signal`
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
  try {
    return await inTurn(AbortSignal.any([signal, late.signal]), (either) =>
      search({ prefix, start, length }, either),
    );
  } finally {
    late.clear();
  }
}

async function inTurn<T>(signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const before = lastTurn;
  const turn = (async () => {
    await raceAbort(signal, before);
    return run(signal);
  })();
  // Who gives up while waiting lets nobody pass the one before.
  lastTurn = Promise.allSettled([before, turn]);
  return turn;
}

async function search(task: HashcashTask, signal: AbortSignal): Promise<HashcashSolution> {
  let worker: Worker;
  try {
    const file = threadFile();
    worker = new Worker(file, options(task, file));
  } catch (cause) {
    throw noThread(cause);
  }
  try {
    return await raceAbort(signal, answerOf(worker));
  } finally {
    await worker.terminate();
  }
}

function answerOf(worker: Worker): Promise<HashcashSolution> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", (cause) => reject(noThread(cause)));
    worker.once("exit", () => reject(noThread(undefined)));
  });
}

function options(workerData: HashcashTask, file: string): WorkerOptions {
  // Nothing of what this process loads beforehand; but where the sources themselves are run, the loader that reads them.
  const execArgv = file.endsWith(".ts") ? ["--require", require.resolve("tsx/cjs")] : [];
  return { workerData, name: "hashcash", execArgv };
}

function tooLate(): SpotifyError {
  return new SpotifyError(
    "TIMEOUT",
    "This machine could not solve Spotify's proof of work in time. Try again later.",
  );
}

function noThread(cause: unknown): SpotifyError {
  return new SpotifyError(
    "PROTOCOL_ERROR",
    "Spotify asks for a proof of work, and this machine gives no thread to solve it in.",
    { cause },
  );
}
