/**
 * Growing waits between attempts: each step is twice the one before, up to a limit. Random jitter keeps a thousand homes
 * from returning in the same second.
 *
 *     const backoff = new Backoff(500, 4_000);
 *     await wait(backoff.next(), signal); // 250 to 500 ms, then 500 to 1,000 ms, …
 */
export class Backoff {
  readonly #first: number;
  readonly #most: number;
  #attempts = 0;

  /** @param first step and @param most, in ms; each wait is between half and the whole of its step */
  constructor(first: number, most: number) {
    this.#first = first;
    this.#most = most;
  }

  /** The next wait in ms. */
  next(): number {
    const step = Math.min(this.#most, this.#first * 2 ** Math.min(this.#attempts++, 30));
    return step * (0.5 + Math.random() / 2);
  }

  /** Starts again with the first step, after a success. */
  reset(): void {
    this.#attempts = 0;
  }
}
