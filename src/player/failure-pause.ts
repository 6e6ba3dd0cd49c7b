import { Backoff } from "../async/backoff";
import { SpotifyError } from "../core/errors";

const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 300_000;

/** Pauses the requests to a service after it failed, longer with each failure in a row. */
export class FailurePause {
  readonly #backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  /** By the monotonic clock, ms. */
  #until = -Infinity;

  /** Whether the service may be asked. */
  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  /** @returns the answer; undefined if the service may not be asked now, and if it fails. Never rejects */
  async ask<Answer>(request: () => Promise<Answer>): Promise<Answer | undefined> {
    if (!this.isOver) return undefined;
    try {
      const answer = await request();
      this.#backoff.reset();
      return answer;
    } catch (error) {
      const retryAfter = error instanceof SpotifyError ? (error.retryAfter ?? 0) * 1000 : 0;
      this.#until = performance.now() + Math.max(retryAfter, this.#backoff.next());
      return undefined;
    }
  }
}
