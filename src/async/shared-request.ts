import { SpotifyError } from "../core/errors";

/**
 * One request that many wait for. Each waiter has a time-out of its own; when the last one has left, the request
 * itself is given up.
 */
export class SharedRequest<Result> {
  readonly #controller = new AbortController();
  readonly #result: Promise<Result>;
  #waiting = 0;

  /** @param run must stop when its signal is aborted */
  constructor(run: (signal: AbortSignal) => Promise<Result>) {
    this.#result = run(this.#controller.signal);
    // Somebody who has left must not make it an unhandled rejection.
    this.#result.catch(() => undefined);
  }

  /**
   * Waits for the result.
   * @param timeout ms; absent: as long as it takes
   * @param onTimeout the error to throw then
   */
  wait(timeout: number | undefined, onTimeout: () => SpotifyError): Promise<Result> {
    this.#waiting++;
    return new Promise<Result>((resolve, reject) => {
      let here = true;
      const leave = (): boolean => {
        clearTimeout(timer);
        if (!here) return false;
        here = false;
        this.#waiting--;
        return true;
      };
      const timer =
        timeout === undefined
          ? undefined
          : setTimeout(() => {
              leave();
              reject(onTimeout());
              if (this.#waiting === 0) {
                this.#controller.abort(new SpotifyError("TIMEOUT", "Nobody waits for this any more."));
              }
            }, timeout);
      this.#result.then(
        (result) => {
          if (leave()) resolve(result);
        },
        (error: unknown) => {
          if (leave()) reject(error);
        },
      );
    });
  }

  /** Gives the request up, whoever waits: they are given `reason`. */
  abort(reason: SpotifyError): void {
    this.#controller.abort(reason);
  }

  get abandoned(): boolean {
    return this.#controller.signal.aborted;
  }
}
