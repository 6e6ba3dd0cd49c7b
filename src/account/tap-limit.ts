import { SpotifyError } from "../core/errors";
import { Backoff } from "../async/backoff";

/** How many taps are tried within `WITHIN`. A person needs one or two. */
const MOST = 5;
const WITHIN = 60_000;
/** ms of pause after a tap that failed; twice as long after each further one. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;
/** ms without a tap, after which earlier failures no longer count. */
const FORGOTTEN_AFTER = 600_000;

/** Limits how often taps are tried: anyone on the LAN can tap, and each try may be a login at Spotify. */
export class TapLimit {
  readonly #backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  /** When the last taps were tried, on the monotonic clock. */
  #tried: number[] = [];
  /** When a tap came last, also one that was not tried. */
  #latest = -Infinity;
  #pausedUntil = -Infinity;

  /** A tap is about to be tried. @throws SpotifyError RATE_LIMITED if it is too early for that */
  begin(): void {
    const now = performance.now();
    if (now - this.#latest > FORGOTTEN_AFTER) this.#backoff.reset();
    this.#latest = now;
    this.#tried = this.#tried.filter((at) => now - at < WITHIN);
    const nextSlot = this.#tried.length < MOST ? now : this.#tried[0]! + WITHIN;
    const left = Math.max(nextSlot, this.#pausedUntil) - now;
    if (left > 0) {
      const retryAfter = Math.ceil(left / 1_000);
      throw new SpotifyError("RATE_LIMITED", `Too many taps: try again in ${retryAfter} s.`, { retryAfter });
    }
    this.#tried.push(now);
  }

  failed(): void {
    this.#pausedUntil = performance.now() + this.#backoff.next();
  }

  succeeded(): void {
    this.#backoff.reset();
  }

  /** Forgets all taps so far. */
  reset(): void {
    this.#backoff.reset();
    this.#tried = [];
    this.#pausedUntil = -Infinity;
  }
}
