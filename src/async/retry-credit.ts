/** How many times in a row something is started again at once, even if it works only for a moment each time. */
const MAX_STARTS = 12;
/** Working for this long earns one more start, ms. */
const EARNED_BY = 10_000;

/**
 * Decides whether something that worked and then ended may be started again at once. A connection that breaks a few times
 * is opened again without a wait. A server that accepts connections and closes them at once is not asked in a tight loop.
 *
 *     if (credit.spend(performance.now() - connectedSince)) backoff.reset();
 *     else await wait(backoff.next(), signal);
 */
export class RetryCredit {
  #left = MAX_STARTS;

  /**
   * @param worked how long it had worked, ms
   * @returns whether it may be started again at once
   */
  spend(worked: number): boolean {
    this.#left = Math.min(MAX_STARTS, this.#left + worked / EARNED_BY);
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
