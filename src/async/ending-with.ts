import { setMaxListeners } from "node:events";

/** A signal that has to be cleared when it is no longer needed. */
export interface EndingSignal {
  signal: AbortSignal;
  /** Removes the listeners from the signals that it follows. */
  clear(): void;
}

/**
 * A signal that aborts with the first of several. On Node.js 20, `AbortSignal.any` keeps memory of each call on a signal
 * that lives long; this keeps none after `clear`.
 */
export function endingWith(...given: (AbortSignal | undefined)[]): EndingSignal {
  const controller = new AbortController();
  const signals = given.filter((signal) => signal !== undefined);
  const end = (event: Event): void => controller.abort((event.target as AbortSignal).reason);
  // Many requests may listen to one signal, which is no leak.
  setMaxListeners(0, ...signals);
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener("abort", end);
  }
  return {
    signal: controller.signal,
    clear: () => {
      for (const signal of signals) signal.removeEventListener("abort", end);
    },
  };
}

/** Runs `work` with a signal that aborts with the first of several. Nothing is left on them when this settles. */
export async function withEither<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = endingWith(...signals);
  try {
    return await work(ending.signal);
  } finally {
    ending.clear();
  }
}
