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

/** How long the outcome of an attempt is kept, ms. A code may have been typed only after longer than that. */
const KEPT_FOR = 15 * 60_000;
/** A sign-in whose time is over ends by itself, or is ended this much later, ms. */
const GRACE = 60_000;
/** How many outcomes are kept for their dialogs. What is under way is limited where it begins. */
const MAX_OUTCOMES = 16;

/** One attempt to sign in. */
export class Attempt {
  readonly id = randomBytes(12).toString("hex");
  /** How long its user has, ms since the epoch. */
  readonly expiresAt: number;
  readonly #controller = new AbortController();
  readonly #ended: () => void;
  #state: AttemptState = { state: "waiting", username: null, error: null };
  #endedAt: number | undefined;

  /** @param ended is called when the attempt has succeeded, failed or was cancelled */
  constructor(expiresAt: number, ended: () => void) {
    this.expiresAt = expiresAt;
    this.#ended = ended;
  }

  get state(): AttemptState {
    return this.#state;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isWaiting(): boolean {
    return this.#state.state === "waiting";
  }

  /** When it is forgotten, ms since the epoch. */
  get keptUntil(): number {
    return this.#endedAt === undefined ? this.expiresAt + GRACE : this.#endedAt + KEPT_FOR;
  }

  /** Takes the outcome of the sign-in. Never rejects. */
  async follow(outcome: Promise<string | undefined>): Promise<void> {
    try {
      this.#end({ state: "done", username: (await outcome) ?? null, error: null });
    } catch (cause) {
      if (this.isWaiting) this.#end({ state: "failed", username: null, error: describe(cause) });
    }
  }

  /** Ends the attempt if it has not ended yet. */
  cancel(reason = new SpotifyError("CLOSED", "The sign-in was cancelled.")): void {
    if (!this.isWaiting) return;
    // Set here, because an authorization that waits for its browser has no promise that the abort would reject.
    this.#end({ state: "failed", username: null, error: describe(reason) });
    this.#controller.abort(reason);
  }

  #end(state: AttemptState): void {
    this.#state = state;
    this.#endedAt = Date.now();
    this.#ended();
  }
}

/** The attempts of one account in one way of signing in. */
export class Attempts<Kind extends Attempt> {
  readonly #attempts = new Map<string, Kind>();

  add(attempt: Kind): void {
    this.#forgetOld();
    const ended = this.all().filter(({ isWaiting }) => !isWaiting);
    for (const { id } of ended.slice(0, Math.max(0, ended.length - MAX_OUTCOMES + 1))) this.remove(id);
    this.#attempts.set(attempt.id, attempt);
  }

  get(id: string): Kind | undefined {
    return this.#attempts.get(id);
  }

  all(): Kind[] {
    return [...this.#attempts.values()];
  }

  /** Those whose user may still sign in. */
  waiting(): Kind[] {
    this.#forgetOld();
    return this.all().filter(({ isWaiting, expiresAt }) => isWaiting && Date.now() < expiresAt);
  }

  remove(id: string): void {
    this.#attempts.get(id)?.cancel();
    this.#attempts.delete(id);
  }

  get isEmpty(): boolean {
    this.#forgetOld();
    return this.#attempts.size === 0;
  }

  /** An attempt that still waits for its user is kept for as long as its user has. */
  #forgetOld(): void {
    const now = Date.now();
    for (const [id, { keptUntil }] of this.#attempts) if (now > keptUntil) this.remove(id);
  }
}
