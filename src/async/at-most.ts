/**
 * Runs at most a number of actions at once. The others wait, in the order in which they came.
 *
 *     const requests = new AtMost(64);
 *     const token = await requests.run(signal, () => ask(signal));
 */
export class AtMost {
  readonly #most: number;
  #running = 0;
  readonly #waiting = new Set<() => void>();

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @param signal ends the wait. It does not end `action`, which keeps its place until it has ended
   * @throws the abort reason of `signal`, or what `action` fails with
   */
  async run<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#running < this.#most) this.#running++;
    else await this.#turn(signal);
    try {
      return await action();
    } finally {
      this.#giveTurn();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onTurn = (): void => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = (): void => {
        this.#waiting.delete(onTurn);
        reject(signal.reason as Error);
      };
      this.#waiting.add(onTurn);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** The one that has waited longest gets the place. */
  #giveTurn(): void {
    const [next] = this.#waiting;
    if (!next) return void this.#running--;
    this.#waiting.delete(next);
    next();
  }
}
