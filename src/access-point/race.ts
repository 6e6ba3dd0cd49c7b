import { endingWith } from "../async/ending-with";
import { wait } from "../async/wait";

export interface RaceOptions {
  /** ms until the next candidate is also tried, if no attempt has ended. */
  stagger: number;
  /** How many are tried at the same time. */
  atOnce: number;
  signal: AbortSignal;
}

/**
 * Tries candidates in order until one succeeds. The next one starts when an attempt fails, or after `stagger` ms, so that
 * a dead host costs a fraction of a second and not its whole time-out.
 *
 * @param attempt must stop when its signal aborts, and close what it opened
 * @param dispose receives a result that came too late
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
  const either = endingWith(signal, stop.signal);
  const anyway = either.signal;
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
      // Until an attempt ends, or the next one is due.
      const pause = new AbortController();
      const due = endingWith(pause.signal, anyway);
      const turn = more ? [wait(stagger, due.signal)] : [];
      await Promise.race([...running, ...turn]).catch(() => undefined);
      pause.abort();
      due.clear();
      signal.throwIfAborted();
    }
  } finally {
    stop.abort(new Error("Another access point was faster"));
    either.clear();
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
