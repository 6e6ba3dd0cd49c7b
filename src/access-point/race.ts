import { wait } from "../async/wait";

export interface RaceOptions {
  /** ms after which the next candidate is tried beside those that have not answered. */
  stagger: number;
  /** How many are tried at once. */
  atOnce: number;
  signal: AbortSignal;
}

/**
 * Tries candidates in order until one succeeds. Each next one starts when one before it fails, or after
 * `stagger` ms, so that a dead host costs a fraction of a second and not its time-out.
 *
 * @param attempt must stop when its signal is aborted, and let go of what it opened
 * @param dispose is given what succeeded too late
 * @returns the first success
 * @throws the abort reason of `signal`, or all failures, in the order of the candidates
 */
export async function race<Candidate, Result>(
  candidates: readonly Candidate[],
  attempt: (candidate: Candidate, signal: AbortSignal) => Promise<Result>,
  dispose: (result: Result) => void,
  { stagger, atOnce, signal }: RaceOptions,
): Promise<Result> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const anyway = AbortSignal.any([signal, stop.signal]);
  const errors: unknown[] = Array.from({ length: candidates.length });
  const running = new Set<Promise<void>>();
  let winner: { result: Result } | undefined;
  try {
    for (let next = 0; !winner && (next < candidates.length || running.size > 0);) {
      if (next < candidates.length && running.size < atOnce) {
        const index = next++;
        const run = attempt(candidates[index]!, anyway)
          .then((result) => {
            if (winner || anyway.aborted) dispose(result);
            else winner = { result };
          })
          .catch((error: unknown) => {
            errors[index] = error;
          })
          .finally(() => running.delete(run));
        running.add(run);
      }
      const more = next < candidates.length && running.size < atOnce;
      // Whichever comes first: an attempt ends, or it is time for the next one.
      const pause = new AbortController();
      const turn = more ? [wait(stagger, AbortSignal.any([pause.signal, anyway]))] : [];
      await Promise.race([...running, ...turn]).catch(() => undefined);
      pause.abort();
      signal.throwIfAborted();
    }
  } finally {
    stop.abort(new Error("Another access point was faster"));
  }
  if (winner) return winner.result;
  throw new RaceError(errors);
}

/** Every candidate failed. */
export class RaceError extends Error {
  constructor(readonly errors: readonly unknown[]) {
    super("Every attempt failed");
  }
}
