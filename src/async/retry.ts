import type { Backoff } from "./backoff";
import { wait } from "./wait";

export interface RetryOptions {
  /** How often the action is tried in all. */
  tries: number;
  /** The waits between the tries. */
  backoff: Backoff;
  /** Ends the waits. */
  signal?: AbortSignal;
  /** Whether another try may succeed. Default: always. */
  mayHelp?(error: unknown): boolean | Promise<boolean>;
}

/**
 * The result of the first try of `action` that succeeds.
 * @throws what the last try failed with; or the abort reason of `signal`
 */
export async function retry<T>(
  action: (tries: number) => Promise<T>,
  { tries, backoff, signal, mayHelp }: RetryOptions,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await action(count);
    } catch (error) {
      if (count >= tries || (mayHelp && !(await mayHelp(error)))) throw error;
      await wait(backoff.next(), signal);
    }
  }
}

/**
 * Tries `action` until it succeeds or `signal` is aborted, with growing waits between the tries.
 * @param onError is given what each try failed with, unless `signal` was aborted
 * @returns the result; undefined if `signal` was aborted first
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
