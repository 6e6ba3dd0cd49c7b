const INTERVAL = 10_000;
/** A busy event loop delays a timer by less than this. */
const TOLERANCE = 15_000;

/**
 * Reports jumps of the clock: the machine slept, or its clock was set. Timers stop while a machine sleeps, so a connection
 * can be dead and a token expired without any timer having fired. Holds one timer, which does not keep the process alive.
 *
 *     const watch = new ClockWatch((jump) => session.checkConnection(jump));
 *     watch.stop();
 */
export class ClockWatch {
  readonly #timer: NodeJS.Timeout;
  #last = Date.now();

  /** @param onJump receives the size of the jump in ms; negative if the clock was set back */
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
