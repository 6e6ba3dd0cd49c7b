/** Timers that end with the simulator. They are Node's, so that a test's fake clock drives them. */
export class Timers {
  readonly #timers = new Set<NodeJS.Timeout>();

  /** @param delay ms; 0: at once */
  later(delay: number, action: () => void): void {
    if (delay === 0) return action();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delay);
    timer.unref();
    this.#timers.add(timer);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
