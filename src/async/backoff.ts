/** Growing waits between attempts, with jitter, so that a thousand homes do not return in the same second. */
export class Backoff {
  readonly #first: number;
  readonly #most: number;
  #attempts = 0;

  /** @param first wait and @param most, in ms; each wait is between half and the whole of its step */
  constructor(first: number, most: number) {
    this.#first = first;
    this.#most = most;
  }

  /** The next wait in ms. */
  next(): number {
    const step = Math.min(this.#most, this.#first * 2 ** Math.min(this.#attempts++, 30));
    return step * (0.5 + Math.random() / 2);
  }

  reset(): void {
    this.#attempts = 0;
  }
}
