/** Calls an action at regular times. If a call is late, the next one still comes at its planned time. */
export class Ticker {
  readonly #interval: number;
  readonly #action: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** When the next call is due, by the monotonic clock. */
  #due = 0;

  /** @param interval ms */
  constructor(interval: number, action: () => void) {
    this.#interval = interval;
    this.#action = action;
  }

  /** The first call comes after one interval. Does nothing if it runs already. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#due = performance.now() + this.#interval;
    this.#wait(this.#interval);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(delay: number): void {
    this.#timer = setTimeout(() => this.#tick(), delay);
    this.#timer.unref();
  }

  #tick(): void {
    const now = performance.now();
    // After a sleep of the machine, the calls that were missed are left out.
    const passed = Math.max(0, Math.floor((now - this.#due) / this.#interval));
    this.#due += (passed + 1) * this.#interval;
    this.#wait(this.#due - now);
    this.#action();
  }
}
