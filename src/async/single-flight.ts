import { SpotifyError } from "../core/errors";
import { raceAbort } from "./race-abort";

interface Flight<Result> {
  result: Promise<Result>;
  waiting: number;
  controller: AbortController;
}

/** One piece of work of each name at a time, however many ask for it; when the last of them has left, it is given up. */
export class SingleFlight<Result> {
  readonly #flights = new Map<string, Flight<Result>>();
  #closed = false;

  /**
   * The result of the work of this name that is under way, or of new one.
   * @param signal ends this waiting alone
   * @param run must stop when its signal is aborted
   * @throws what the work fails with; SpotifyError CLOSED; or the abort reason of `signal`
   */
  async join(
    name: string,
    signal: AbortSignal,
    run: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted();
    if (this.#closed) throw closed();
    const flight = this.#flights.get(name) ?? this.#begin(name, run);
    flight.waiting++;
    try {
      return await raceAbort(signal, flight.result);
    } finally {
      flight.waiting--;
      if (flight.waiting === 0) this.#end(name, flight, signal.reason);
    }
  }

  /** Gives all work up. */
  close(): void {
    this.#closed = true;
    for (const [name, flight] of this.#flights) this.#end(name, flight, closed());
  }

  #begin(name: string, run: (signal: AbortSignal) => Promise<Result>): Flight<Result> {
    const controller = new AbortController();
    const flight = { result: run(controller.signal), waiting: 0, controller };
    const over = (): void => this.#forget(name, flight);
    flight.result.then(over, over);
    this.#flights.set(name, flight);
    return flight;
  }

  #end(name: string, flight: Flight<Result>, reason: unknown): void {
    this.#forget(name, flight);
    flight.controller.abort(reason);
  }

  /** What is over is joined by nobody. */
  #forget(name: string, flight: Flight<Result>): void {
    if (this.#flights.get(name) === flight) this.#flights.delete(name);
  }
}

function closed(): SpotifyError {
  return new SpotifyError("CLOSED", "The account's connection is closed.");
}
