import type { SpotifyErrorCode } from "../core/errors";
import { SpotifyError } from "../core/errors";
import { Backoff } from "../async/backoff";
import type { CachedToken } from "./cached-token";

const RETRY_FIRST = 10_000;
const RETRY_MOST = 120_000;
/** What a longer timer would turn into 1 ms. */
const MAX_TIMER = 2 ** 31 - 1;
/** Asking again does not help against these. */
const LASTING: ReadonlySet<SpotifyErrorCode> = new Set([
  "INVALID_SCOPE",
  "REQUEST_REFUSED",
  "INVALID_CLIENT",
  "NOT_SIGNED_IN",
  "SIGN_IN_EXPIRED",
  "BAD_CREDENTIALS",
  "PREMIUM_REQUIRED",
  "TRAVEL_RESTRICTION",
  "INVALID_ARGUMENT",
  "CLOSED",
]);

interface Plan {
  timer: NodeJS.Timeout | undefined;
  backoff: Backoff;
  renewing: boolean;
}

/**
 * Renews tokens ahead of their end, while they are in use: at a fifth of their life, and again with growing waits
 * if that fails, until the token is over. A token that nobody asked for lapses.
 */
export class Renewals {
  readonly #plans = new Map<CachedToken, Plan>();
  readonly #renew: (token: CachedToken) => Promise<void>;

  /** @param renew mints a token in place of the given one */
  constructor(renew: (token: CachedToken) => Promise<void>) {
    this.#renew = renew;
  }

  plan(token: CachedToken): void {
    this.#plans.set(token, {
      timer: undefined,
      backoff: new Backoff(RETRY_FIRST, RETRY_MOST),
      renewing: false,
    });
    this.#schedule(token, token.left() - token.renewalLeft);
  }

  /** Renews a token now, unless that is under way: its timer may have slept with the machine. */
  hurry(token: CachedToken): void {
    const plan = this.#plans.get(token);
    // A timer that is set for a retry keeps its wait.
    if (plan && !plan.renewing && plan.timer === undefined) void this.#run(token, plan);
  }

  /** Time has jumped: looks at every token anew. */
  recheck(): void {
    for (const token of this.#plans.keys()) {
      if (!this.#plans.get(token)?.renewing) this.#schedule(token, token.left() - token.renewalLeft);
    }
  }

  forget(token: CachedToken): void {
    clearTimeout(this.#plans.get(token)?.timer);
    this.#plans.delete(token);
  }

  clear(): void {
    for (const token of this.#plans.keys()) this.forget(token);
  }

  #schedule(token: CachedToken, delay: number): void {
    const plan = this.#plans.get(token);
    if (!plan) return;
    clearTimeout(plan.timer);
    plan.timer = setTimeout(
      () => {
        plan.timer = undefined;
        const left = token.left() - token.renewalLeft;
        if (left > 0) this.#schedule(token, left);
        // One that is not in use waits for `hurry`, and lapses if that does not come.
        else if (token.inUse) void this.#run(token, plan);
      },
      Math.min(Math.max(delay, 0), MAX_TIMER),
    );
    plan.timer.unref();
  }

  async #run(token: CachedToken, plan: Plan): Promise<void> {
    plan.renewing = true;
    try {
      await this.#renew(token);
      this.forget(token);
    } catch (error) {
      const lasting = error instanceof SpotifyError && LASTING.has(error.code);
      if (!lasting && token.left() > 0) this.#retry(token, plan);
    } finally {
      plan.renewing = false;
    }
  }

  #retry(token: CachedToken, plan: Plan): void {
    if (this.#plans.get(token) !== plan) return;
    plan.timer = setTimeout(() => {
      plan.timer = undefined;
      void this.#run(token, plan);
    }, plan.backoff.next());
    plan.timer.unref();
  }
}
