/**
 * Waits for `delay` ms, at most 2 ** 31 - 1, the limit of a timer. No timer is left when this settles.
 *
 *     await wait(5_000, closing);
 *
 * @param signal ends the wait early
 * @throws the abort reason of `signal`
 */
export function wait(delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, delay);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
