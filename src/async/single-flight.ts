import { SpotifyError } from "../core/errors";
import { raceAbort } from "./race-abort";

export interface SingleFlightOptions<Key> {
  /** Whether the result of the work for `underWay` also serves `wanted`. Default: if both are the same. */
  serves?(underWay: Key, wanted: Key): boolean;
  /** What happens to work when its last waiter has left: it is aborted (default), or it goes on to its end. */
  whenLeft?: "abort" | "goOn";
}

interface Flight<Key, Result> {
  key: Key;
  result: Promise<Result>;
  waiting: number;
  controller: AbortController;
}

/**
 * Shares work between all who ask for the same at the same time. Nothing is kept after the work has ended. There are
 * never more pieces of work than callers of `join`; each caller bounds its own waiting with its signal.
 *
 *     const logins = new SingleFlight<string, Token>();
 *     const token = await logins.join(clientId, signal, (either) => logIn(clientId, either));
 */
export class SingleFlight<Key, Result> {
  readonly #flights = new Set<Flight<Key, Result>>();
  readonly #serves: (underWay: Key, wanted: Key) => boolean;
  readonly #abortsWhenLeft: boolean;
  #isClosed = false;

  constructor({ serves = Object.is, whenLeft = "abort" }: SingleFlightOptions<Key> = {}) {
    this.#serves = serves;
    this.#abortsWhenLeft = whenLeft === "abort";
  }

  /**
   * The result of work under way that serves `key`, or of new work.
   * @param signal ends the waiting of this caller
   * @param run starts new work, which must stop when its signal aborts
   * @throws what the work fails with; SpotifyError CLOSED; or the abort reason of `signal`
   */
  async join(key: Key, signal: AbortSignal, run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    if (this.#isClosed) throw closed();
    const flight = this.#find(key) ?? this.#begin(key, run);
    flight.waiting++;
    try {
      return await raceAbort(signal, flight.result);
    } finally {
      flight.waiting--;
      if (flight.waiting === 0 && this.#abortsWhenLeft) flight.controller.abort(signal.reason);
    }
  }

  /** The key of the work that `join` would join; undefined if it would start new work. */
  underWay(key: Key): Key | undefined {
    return this.#find(key)?.key;
  }

  /** Aborts all work. No new work starts after this. */
  close(reason: SpotifyError = closed()): void {
    this.#isClosed = true;
    for (const { controller } of this.#flights) controller.abort(reason);
  }

  /** Resolves when all work has ended. Never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#flights].map(({ result }) => result));
  }

  #find(key: Key): Flight<Key, Result> | undefined {
    for (const flight of this.#flights) {
      if (!flight.controller.signal.aborted && this.#serves(flight.key, key)) return flight;
    }
    return undefined;
  }

  #begin(key: Key, run: (signal: AbortSignal) => Promise<Result>): Flight<Key, Result> {
    const controller = new AbortController();
    const flight = { key, result: run(controller.signal), waiting: 0, controller };
    const forget = (): boolean => this.#flights.delete(flight);
    flight.result.then(forget, forget);
    this.#flights.add(flight);
    return flight;
  }
}

function closed(): SpotifyError {
  return new SpotifyError("CLOSED", "The account's connection is closed.");
}
