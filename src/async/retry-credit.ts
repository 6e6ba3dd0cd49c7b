/** How many times in a row what works for a moment only is started again at once. */
const MOST = 12;
/** One more for each time it has worked this long, ms. */
const EARNED_BY = 10_000;

/**
 * Says whether what had worked, and then ended, may be started again at once. A line that breaks a few times is back
 * without a wait; a server that lets in and throws out again is not asked in a tight loop.
 *
 *     if (credit.spend(performance.now() - connectedSince)) backoff.reset();
 *     else await wait(backoff.next(), signal);
 */
export class RetryCredit {
  #left = MOST;

  /** @param worked for how long it had worked, ms */
  spend(worked: number): boolean {
    this.#left = Math.min(MOST, this.#left + worked / EARNED_BY);
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
