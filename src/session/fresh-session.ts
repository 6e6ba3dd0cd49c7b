import { SpotifyError } from "../core/errors";
import type { LifeCycle } from "./life-cycle";

/** A fresh session is opened for keymaster's sake at most once in this time, ms. */
const AT_MOST_EVERY = 5 * 60_000;
/** For this long one that was begun is taken to be on its way, ms. */
const ON_ITS_WAY = 30_000;

/** Opens a fresh access point session in place of the one that keymaster refused, and not more often than helps. */
export class FreshSession {
  readonly #lifeCycle: LifeCycle;
  #openedAt = -Infinity;

  constructor(lifeCycle: LifeCycle) {
    this.#lifeCycle = lifeCycle;
  }

  /**
   * @returns whether to ask again: Mercury keeps what is asked until the fresh session is there; false where one was
   *   opened a short while ago
   */
  async open(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const now = performance.now();
    // Whoever asks while the fresh session is on its way is served by it as well.
    if (this.#lifeCycle.state !== "ready" && now - this.#openedAt < ON_ITS_WAY) return true;
    if (now - this.#openedAt < AT_MOST_EVERY) return false;
    this.#openedAt = now;
    this.#lifeCycle.reconnect(new SpotifyError("UNREACHABLE", "A fresh session is opened."));
    return true;
  }
}
