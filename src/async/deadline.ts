import { withEither } from "./ending-with";
import { SpotifyError } from "../core/errors";
import { raceAbort } from "./race-abort";

/**
 * A signal that aborts after a delay, with an error that says what did not happen in time. Prefer `withDeadline`, which
 * clears the timer.
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

/**
 * Runs `work` with a signal that aborts after `limit` ms, and whenever `signal` does. No timer is left when this settles.
 *
 *     await withDeadline(5_000, () => new SpotifyError("TIMEOUT", "No answer."), (signal) => http.request(url, { signal }));
 *
 * @param work must stop when its signal aborts; race what cannot stop: `raceAbort(signal, promise)`
 * @throws what `work` throws, which should be the abort reason of its signal: what `late` returns, or that of `signal`
 */
export async function withDeadline<T>(
  limit: number,
  late: () => SpotifyError,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = new Deadline(limit, late);
  try {
    return await withEither([signal, deadline.signal], work);
  } finally {
    deadline.clear();
  }
}

/**
 * Resolves when `promise` has settled, or after `limit` ms, for the goodbyes of a close. Never rejects.
 *
 *     await settledWithin(3_000, server.close());
 */
export async function settledWithin(limit: number, promise: Promise<unknown>): Promise<void> {
  const late = (): SpotifyError => new SpotifyError("TIMEOUT", "This took too long.");
  await withDeadline(limit, late, (signal) => raceAbort(signal, promise)).catch(() => undefined);
}
