const INTERVAL = 10_000;
/** More than a busy event loop explains. */
const TOLERANCE = 15_000;

/**
 * Notices that time has jumped: the machine slept, or its clock was set. Timers do not run while it sleeps, so
 * that a connection can be dead and a token expired without anybody having noticed.
 */
export class ClockWatch {
  readonly #timer: NodeJS.Timeout;
  #last = Date.now();

  /** @param onJump is given the ms that nobody saw pass; negative where the clock was set back */
  constructor(onJump: (jump: number) => void) {
    this.#timer = setInterval(() => {
      const now = Date.now();
      const jump = now - this.#last - INTERVAL;
      this.#last = now;
      if (Math.abs(jump) > TOLERANCE) onJump(jump);
    }, INTERVAL);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
