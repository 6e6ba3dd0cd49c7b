/** Waiting for something that changes, with a bound. */

export interface Limits {
  /** ms */
  timeout: number;
  signal?: AbortSignal | undefined;
}

/** Those who wait for a change of one thing. */
export class Waiting {
  readonly #checks = new Set<() => void>();

  /** To be called after each change: those who wait look again. */
  changed(): void {
    for (const check of this.#checks) check();
  }

  /**
   * Resolves with what `find` finds, as soon as that is not undefined. Rejects with what `find` throws, when time is
   * up, and when the signal comes.
   */
  for<T>(find: () => T | undefined, { timeout, signal }: Limits): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        // Not AbortSignal.timeout, which Node.js may forget when only AbortSignal.any refers to it.
        clearTimeout(timer);
        this.#checks.delete(check);
        signal?.removeEventListener("abort", aborted);
        finish();
      };
      const check = (): void => {
        try {
          const found = find();
          if (found !== undefined) settle(() => resolve(found));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const aborted = (): void => settle(() => reject(new Error("Ended.")));
      const late = (): void =>
        settle(() => reject(new Error(`It did not come within ${timeout / 1000} seconds.`)));
      const timer = setTimeout(late, timeout);
      this.#checks.add(check);
      signal?.addEventListener("abort", aborted);
      if (signal?.aborted === true) aborted();
      else check();
    });
  }
}
