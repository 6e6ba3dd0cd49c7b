import { endingWith } from "../async/ending-with";
import { SpotifyError } from "../core/errors";
import { Deadline, withDeadline } from "../async/deadline";
import { raceAbort } from "../async/race-abort";
import { Serial } from "../async/serial";

/**
 * ms an app waits for its answer. Spotify's page lets the device answer after the login has succeeded or failed, which
 * takes a second; apps give up after 10 s.
 */
const ANSWER_LIMIT = 8_000;
/** ms one login may take before the next one starts. */
const LOGIN_LIMIT = 60_000;
/** How many apps may wait while another one is served. */
const MAX_WAITING = 4;

/** Serves taps and resets one at a time, in the order in which they came, and answers each app in time. */
export class TapQueue {
  readonly #closing: AbortSignal;
  readonly #queue = new Serial();

  constructor(closing: AbortSignal) {
    this.#closing = closing;
  }

  /**
   * Runs `work` after all earlier work. Resolves when it has ended, or when it runs and the app has waited long enough:
   * the work goes on then, because the app has handed over all that it needs.
   * @param work must stop when its signal aborts
   * @throws what `work` throws; SpotifyError TIMEOUT if it did not start in time, or if too many apps wait; CLOSED
   */
  async run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#queue.size > MAX_WAITING) throw busy();
    const patience = new Deadline(ANSWER_LIMIT, busy);
    const { signal: end, clear } = endingWith(patience.signal, this.#closing);
    let hasStarted = false;
    const done = this.#queue.run(() => {
      end.throwIfAborted();
      hasStarted = true;
      return withDeadline(LOGIN_LIMIT, tooLong, (signal) => raceAbort(signal, work(signal)), this.#closing);
    });
    try {
      await raceAbort(end, done);
    } catch (error) {
      if (!hasStarted || error !== patience.signal.reason) throw error;
    } finally {
      patience.clear();
      clear();
    }
  }
}

function busy(): SpotifyError {
  return new SpotifyError("TIMEOUT", "The device is busy with another tap.");
}

function tooLong(): SpotifyError {
  return new SpotifyError("TIMEOUT", "The login took too long and was ended.");
}
