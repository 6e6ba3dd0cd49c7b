/**
 * `promise`, unless `signal` is aborted first. The work behind it goes on, for those who still wait for it.
 * @throws the abort reason of `signal`, or what `promise` fails with
 */
export function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
