import { SpotifyError } from "../core/errors";
import { raceAbort } from "./race-abort";

/** How many pieces of work are asked whether they serve another key: those that began first. */
const MOST_ASKED = 64;

export interface SingleFlightOptions<Key> {
  /** What keys that are the same have in common. Default: the key itself. */
  name?(key: Key): unknown;
  /** Whether the result of the work for `underWay` also serves `wanted`, which is another key. Default: never. */
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
  /** Those that can be joined. */
  readonly #byName = new Map<unknown, Flight<Key, Result>>();
  readonly #name: (key: Key) => unknown;
  readonly #serves: ((underWay: Key, wanted: Key) => boolean) | undefined;
  readonly #abortsWhenLeft: boolean;
  #isClosed = false;

  constructor({ name = (key) => key, serves, whenLeft = "abort" }: SingleFlightOptions<Key> = {}) {
    this.#name = name;
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
    const same = this.#byName.get(this.#name(key));
    if (same && !same.controller.signal.aborted) return same;
    if (!this.#serves) return undefined;
    let asked = 0;
    for (const flight of this.#byName.values()) {
      if (asked++ === MOST_ASKED) break;
      if (!flight.controller.signal.aborted && this.#serves(flight.key, key)) return flight;
    }
    return undefined;
  }

  #begin(key: Key, run: (signal: AbortSignal) => Promise<Result>): Flight<Key, Result> {
    const controller = new AbortController();
    const flight = { key, result: run(controller.signal), waiting: 0, controller };
    const name = this.#name(key);
    const forget = (): void => {
      this.#flights.delete(flight);
      if (this.#byName.get(name) === flight) this.#byName.delete(name);
    };
    flight.result.then(forget, forget);
    this.#flights.add(flight);
    this.#byName.set(name, flight);
    return flight;
  }
}

function closed(): SpotifyError {
  return new SpotifyError("CLOSED", "The account's connection is closed.");
}
