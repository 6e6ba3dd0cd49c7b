import { randomBytes } from "node:crypto";
// Not from the index, which would load the whole library with the node.
import { SpotifyError } from "../../src/core/errors";
import { describe, type DescribedError } from "./described-error";

/** How far a sign-in has come, as its dialog asks for it. */
export interface AttemptState {
  state: "waiting" | "done" | "failed";
  /** Whose account it is, once that is known. */
  username: string | null;
  error: DescribedError | null;
}

/** How long the outcome of an attempt is kept, ms. */
const KEPT_FOR = 15 * 60_000;
/** How long a sign-in may wait for its user, ms: Spotify's codes are valid for an hour. */
const WAITS_FOR = 65 * 60_000;
const MAX_ATTEMPTS = 64;

/** One attempt to sign in. */
export class Attempt {
  readonly id = randomBytes(12).toString("hex");
  readonly begunAt = Date.now();
  readonly #controller = new AbortController();
  readonly #ended: () => void;
  #state: AttemptState = { state: "waiting", username: null, error: null };

  /** @param ended is called when the attempt has succeeded, failed or was cancelled */
  constructor(ended: () => void) {
    this.#ended = ended;
  }

  get state(): AttemptState {
    return this.#state;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isWaiting(): boolean {
    return this.#state.state === "waiting" && !this.signal.aborted;
  }

  /** Takes the outcome of the sign-in. Never rejects. */
  async follow(outcome: Promise<string | undefined>): Promise<void> {
    try {
      this.#state = { state: "done", username: (await outcome) ?? null, error: null };
    } catch (cause) {
      if (this.isWaiting) this.#state = { state: "failed", username: null, error: describe(cause) };
    }
    this.#ended();
  }

  /** Ends the attempt if it has not ended yet. */
  cancel(reason = new SpotifyError("CLOSED", "The sign-in was cancelled.")): void {
    if (!this.isWaiting) return;
    // Set here, because an authorization that waits for its browser has no promise that the abort would reject.
    this.#state = { state: "failed", username: null, error: describe(reason) };
    this.#controller.abort(reason);
    this.#ended();
  }
}

/** The attempts of one account in one way of signing in. */
export class Attempts<Kind extends Attempt> {
  readonly #attempts = new Map<string, Kind>();

  add(attempt: Kind): void {
    this.#forgetOld();
    while (this.#attempts.size >= MAX_ATTEMPTS) this.remove(this.#attempts.keys().next().value!);
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

  get isEmpty(): boolean {
    this.#forgetOld();
    return this.#attempts.size === 0;
  }

  /** An attempt that still waits for its user is kept for longer. */
  #forgetOld(): void {
    const now = Date.now();
    for (const [id, { begunAt, isWaiting }] of this.#attempts) {
      if (now - begunAt > (isWaiting ? WAITS_FOR : KEPT_FOR)) this.remove(id);
    }
  }
}
