// Not from the index, which would load the whole library with the node.
import { SpotifyError } from "../../src/core/errors";

/** No more sign-ins of the account can begin until one of those under way has ended. */
export class TooManySignIns extends SpotifyError {
  /** Until the first of them has run out. */
  readonly minutes: number;

  /** @param underWay when each of them runs out, ms since the epoch */
  constructor(underWay: readonly { expiresAt: number }[]) {
    const first = Math.min(...underWay.map(({ expiresAt }) => expiresAt));
    const minutes = Number.isFinite(first) ? Math.max(1, Math.ceil((first - Date.now()) / 60_000)) : 1;
    super(
      "INVALID_ARGUMENT",
      `Too many sign-ins of this account are under way. Finish or cancel one of them, or try again in ${minutes} min.`,
    );
    this.minutes = minutes;
  }
}
