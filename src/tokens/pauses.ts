import { SpotifyError } from "../core/errors";
import type { UnexpectedAnswer } from "./unexpected-answer";

/** The first pause, and the longest; each is twice the one before it. ms */
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 15 * 60_000;
const MAX_REMEMBERED = 512;

interface Pause {
  error: UnexpectedAnswer;
  /** ms */
  length: number;
  /** ms of the monotonic clock */
  until: number;
}

/** Requests that were answered with something unexpected: asked again after a pause, and not with every message. */
export class Pauses {
  readonly #pauses = new Map<string, Pause>();

  /** @throws SpotifyError: what the request was answered with last, with `retryAfter`, during the pause */
  check(key: string): void {
    const pause = this.#pauses.get(key);
    const left = pause ? pause.until - performance.now() : 0;
    if (!pause || left <= 0) return;
    const { code, message, clientId, scopes } = pause.error;
    throw new SpotifyError(code, message, {
      ...(clientId !== undefined && { clientId }),
      ...(scopes !== undefined && { scopes }),
      retryAfter: Math.ceil(left / 1000),
    });
  }

  /** Begins a pause, longer than the last one. @returns the error, with `retryAfter` */
  begin(key: string, error: UnexpectedAnswer): SpotifyError {
    const before = this.#pauses.get(key)?.length;
    const length = before === undefined ? FIRST_PAUSE : Math.min(2 * before, LONGEST_PAUSE);
    this.#pauses.delete(key);
    this.#pauses.set(key, { error, length, until: performance.now() + length });
    if (this.#pauses.size > MAX_REMEMBERED) this.#pauses.delete(this.#pauses.keys().next().value!);
    const { code, message, clientId, scopes } = error;
    return new SpotifyError(code, message, {
      ...(clientId !== undefined && { clientId }),
      ...(scopes !== undefined && { scopes }),
      retryAfter: length / 1000,
    });
  }

  /** The request was answered as it should be. */
  end(key: string): void {
    this.#pauses.delete(key);
  }

  clear(): void {
    this.#pauses.clear();
  }
}
