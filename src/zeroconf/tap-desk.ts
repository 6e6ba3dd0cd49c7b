import { SpotifyError } from "../core/errors";
import { Deadline } from "../async/deadline";

/**
 * How long an app waits for its answer. Spotify's page has the device wait until the login has succeeded or failed; a
 * login takes a second; and clients give up after 10 s.
 */
const PATIENCE = 8_000;
/** How long one may take before the next has its turn. */
const LONGEST = 60_000;
/** Apps that wait while another is served. */
const MOST_WAITING = 4;

/**
 * Where taps (and their opposite, resets) are served: one at a time, in the order they came, each answered in time.
 */
export class TapDesk {
  readonly #closing: AbortSignal;
  /** Resolves when all that came so far have been served, or have gone. */
  #last: Promise<unknown> = Promise.resolve();
  /** The one being served among them. */
  #present = 0;

  constructor(closing: AbortSignal) {
    this.#closing = closing;
  }

  /**
   * Has `work` done when it is its turn. Resolves when it is done, and also while it is under way and the app has waited
   * long enough: it goes on, for the app has handed over what it takes.
   * @param work is to end when its signal does
   * @throws what `work` throws; SpotifyError TIMEOUT where its turn did not come in time, or too many wait; CLOSED
   */
  async serve(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#present > MOST_WAITING) throw busy();
    const patience = new Deadline(PATIENCE, busy);
    const over = AbortSignal.any([patience.signal, this.#closing]);
    let isServed = false;
    this.#present++;
    const done = this.#last
      .then(() => {
        over.throwIfAborted();
        isServed = true;
        return this.#do(work);
      })
      .finally(() => this.#present--);
    this.#last = done.catch(() => {});
    try {
      await unlessAborted(done, over);
    } catch (error) {
      if (!isServed || error !== patience.signal.reason) throw error;
    } finally {
      patience.clear();
    }
  }

  async #do(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const deadline = new Deadline(
      LONGEST,
      () => new SpotifyError("TIMEOUT", "The login took too long; it was given up."),
    );
    const signal = AbortSignal.any([deadline.signal, this.#closing]);
    try {
      await unlessAborted(work(signal), signal);
    } finally {
      deadline.clear();
    }
  }
}

function busy(): SpotifyError {
  return new SpotifyError("TIMEOUT", "Another tap is still being served.");
}

/** What becomes of `promise`, unless `signal` ends the waiting. @throws the abort reason of `signal` */
function unlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
