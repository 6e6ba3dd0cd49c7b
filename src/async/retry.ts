import type { Backoff } from "./backoff";
import { wait } from "./wait";

export interface RetryOptions<T> {
  /** How many times the action runs at most. */
  tries: number;
  /** The waits between the tries, in ms: a `Backoff`, or other waits for other failures. 0: the next try is at once. */
  backoff: { next(error?: unknown): number };
  /** Ends the waits. */
  signal?: AbortSignal;
  /** Whether another try may succeed after this failure. Default: always. Not asked after the last try. */
  mayHelp?(error: unknown): boolean | Promise<boolean>;
  /** Whether another try may give a better result than this one. Default: never. Not asked after the last try. */
  mayImprove?(result: T): boolean;
}

/**
 * Runs `action` until a try succeeds, at most `tries` times.
 *
 *     const token = await retry(() => ask(signal), { tries: 3, backoff: new Backoff(500, 4_000), signal });
 *
 * @throws what the last try failed with; what `giveUpOnFailure` received; or the abort reason of `signal`
 */
export async function retry<T>(
  action: (tries: number) => Promise<T>,
  { tries, backoff, signal, mayHelp, mayImprove }: RetryOptions<T>,
): Promise<T> {
  for (let count = 1; ; count++) {
    let delay: number;
    try {
      const result = await action(count);
      if (count >= tries || !mayImprove?.(result)) return result;
      delay = backoff.next();
    } catch (error) {
      if (error instanceof GivenUp) throw error.cause;
      if (count >= tries || (mayHelp && !(await mayHelp(error)))) throw error;
      delay = backoff.next(error);
    }
    if (delay > 0) await wait(delay, signal);
  }
}

/**
 * For a step inside the action of `retry` that has retries of its own: if `step` fails, `retry` throws that failure at once.
 *
 *     await retry(async () => send(await giveUpOnFailure(clientToken.get())), options);
 */
export function giveUpOnFailure<T>(step: Promise<T>): Promise<T> {
  return step.catch((cause: unknown) => {
    throw new GivenUp(cause);
  });
}

class GivenUp extends Error {
  constructor(cause: unknown) {
    super("No further try", { cause });
  }
}

/**
 * Runs `action` until it succeeds or `signal` aborts, however often that is, with growing waits between the tries.
 *
 *     const server = await retryUntilAborted(() => listen(port), { backoff, signal: closing, onError: report });
 *
 * @param onError receives what each try failed with, unless `signal` has aborted
 * @returns the result; undefined if `signal` aborted first
 */
export async function retryUntilAborted<T>(
  action: () => Promise<T>,
  { backoff, signal, onError }: { backoff: Backoff; signal: AbortSignal; onError: (error: unknown) => void },
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await action();
    } catch (error) {
      if (signal.aborted) break;
      onError(error);
      await wait(backoff.next(), signal).catch(() => undefined);
    }
  }
  return undefined;
}
