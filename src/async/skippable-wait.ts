import { withEither } from "./ending-with";
import { wait } from "./wait";

/** A wait between two attempts that can be cut short. One at a time. */
export class SkippableWait {
  #skip = new AbortController();

  /** Waits `delay` ms, or until `skip` is called or `signal` is aborted. Never rejects. */
  async wait(delay: number, signal: AbortSignal): Promise<void> {
    this.#skip = new AbortController();
    await withEither([signal, this.#skip.signal], (either) => wait(delay, either)).catch(() => undefined);
  }

  /** Ends the wait under way. Does nothing if no wait is under way. */
  skip(): void {
    this.#skip.abort();
  }
}
