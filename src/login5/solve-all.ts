import { SpotifyError } from "../core/errors";
import {
  HASHCASH_TIME_LIMIT,
  solveHashcash,
  type HashcashChallenge,
  type HashcashSolution,
} from "./hashcash";

/** Spotify was seen to send one. */
const MAX_CHALLENGES = 8;

/**
 * Solves all challenges of one answer, one after the other, within the time limit of one.
 * @throws SpotifyError as `solveHashcash`; PROTOCOL_ERROR for none or too many
 */
export async function solveAll(
  challenges: readonly HashcashChallenge[],
  signal: AbortSignal,
): Promise<HashcashSolution[]> {
  if (challenges.length === 0 || challenges.length > MAX_CHALLENGES) {
    throw new SpotifyError("PROTOCOL_ERROR", `Spotify asks for ${challenges.length} proofs of work at once.`);
  }
  const until = performance.now() + HASHCASH_TIME_LIMIT;
  const solutions: HashcashSolution[] = [];
  for (const challenge of challenges) {
    solutions.push(await solveHashcash(challenge, signal, Math.max(0, until - performance.now())));
  }
  return solutions;
}
