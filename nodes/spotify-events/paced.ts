/** Has an action done at once, and then at most once in a while; what the last call wanted is never lost. */
export class Paced {
  readonly #action: () => void;
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;
  #isWanted = false;

  /** @param interval ms between two of them, at least */
  constructor(action: () => void, interval: number) {
    this.#action = action;
    this.#interval = interval;
  }

  want(): void {
    this.#isWanted = true;
    if (this.#timer === undefined) this.#act();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isWanted = false;
  }

  #act(): void {
    this.#timer = undefined;
    if (!this.#isWanted) return;
    this.#isWanted = false;
    this.#timer = setTimeout(() => this.#act(), this.#interval);
    this.#timer.unref();
    this.#action();
  }
}
