/**
 * The result of `promise`, unless `signal` aborts first. The work behind `promise` goes on then, and its outcome is
 * ignored. No listener is left on `signal` after `promise` has settled.
 *
 *     const token = await raceAbort(closing, refresh);
 *
 * @throws the abort reason of `signal`, or what `promise` fails with
 */
export function raceAbort<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
