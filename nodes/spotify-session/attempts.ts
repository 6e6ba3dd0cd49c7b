import { randomBytes } from "node:crypto";
// Not from the index, which would load the whole library with the node.
import { SpotifyError } from "../../src/errors";

/** A sign-in that somebody has begun in the editor, as its dialog asks after it. */
export interface AttemptState {
  state: "waiting" | "done" | "failed";
  /** Whose account it is, once that is known. */
  username: string | null;
  error: { code: string; message: string } | null;
}

/** How long the outcome of an attempt can be asked for, ms. */
const KEPT_FOR = 15 * 60_000;
const MAX_ATTEMPTS = 64;

/** One attempt to sign in. */
export class Attempt {
  readonly id = randomBytes(12).toString("hex");
  readonly begunAt = Date.now();
  readonly #controller = new AbortController();
  #state: AttemptState = { state: "waiting", username: null, error: null };

  get state(): AttemptState {
    return this.#state;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Takes the outcome of the sign-in. Never rejects. */
  async follow(outcome: Promise<string | undefined>): Promise<void> {
    try {
      this.#state = { state: "done", username: (await outcome) ?? null, error: null };
    } catch (cause) {
      this.#state = { state: "failed", username: null, error: describe(cause) };
    }
  }

  cancel(): void {
    this.#controller.abort(new SpotifyError("CLOSED", "The sign-in was cancelled."));
  }
}

/** The attempts of one session. */
export class Attempts<Kind extends Attempt> {
  readonly #attempts = new Map<string, Kind>();

  add(attempt: Kind): void {
    const now = Date.now();
    for (const [id, other] of this.#attempts) {
      if (now - other.begunAt > KEPT_FOR || this.#attempts.size >= MAX_ATTEMPTS) this.remove(id);
    }
    this.#attempts.set(attempt.id, attempt);
  }

  get(id: string): Kind | undefined {
    return this.#attempts.get(id);
  }

  all(): Kind[] {
    return [...this.#attempts.values()];
  }

  remove(id: string): void {
    this.#attempts.get(id)?.cancel();
    this.#attempts.delete(id);
  }

  clear(): void {
    for (const id of this.#attempts.keys()) this.remove(id);
  }
}

/** An error as the editor is told of it. */
export function describe(cause: unknown): { code: string; message: string } {
  if (cause instanceof SpotifyError) return { code: cause.code, message: cause.message };
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return { code: "TIMEOUT", message: "Spotify did not answer in time." };
  }
  return { code: "PROTOCOL_ERROR", message: "This went wrong in a way that nobody foresaw." };
}
