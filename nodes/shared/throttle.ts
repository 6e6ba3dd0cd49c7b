/** Runs an action at once, and then at most once per interval. The last request is never lost. */
export class Throttle {
  readonly #action: () => void;
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;
  #isRequested = false;

  /** @param interval ms between two runs, at least */
  constructor(action: () => void, interval: number) {
    this.#action = action;
    this.#interval = interval;
  }

  request(): void {
    this.#isRequested = true;
    if (this.#timer === undefined) this.#run();
  }

  /** Drops what was requested. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(): void {
    this.#timer = undefined;
    if (!this.#isRequested) return;
    this.#isRequested = false;
    this.#timer = setTimeout(() => this.#run(), this.#interval);
    this.#timer.unref();
    this.#action();
  }
}
