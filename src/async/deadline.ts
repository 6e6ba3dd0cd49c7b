import type { SpotifyError } from "../core/errors";

/**
 * A time-out as a signal, with an error that says what did not happen in time. To be cleared when it has happened.
 *
 * Made of a plain timer, because Node lets go of an AbortSignal.timeout that only AbortSignal.any still refers to.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  /** @param delay ms */
  constructor(delay: number, late: () => SpotifyError) {
    this.#timer = setTimeout(() => this.#controller.abort(late()), delay);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
