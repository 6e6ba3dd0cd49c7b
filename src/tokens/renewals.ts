import { Backoff } from "../async/backoff";
import { ERROR_GUIDE } from "../core/error-guide";
import { SpotifyError } from "../core/errors";
import type { CachedToken } from "./cached-token";

const RETRY_FIRST = 10_000;
const RETRY_MOST = 120_000;

interface Plan {
  timer: NodeJS.Timeout | undefined;
  backoff: Backoff;
  renewing: boolean;
}

/**
 * Renews tokens while they are in use: when a fifth of their life is left, and again with growing waits if that fails,
 * until the token has expired. A token that was never handed out expires without being renewed.
 */
export class Renewals {
  readonly #plans = new Map<CachedToken, Plan>();
  readonly #renew: (token: CachedToken) => Promise<void>;

  /** @param renew mints a token in place of the given one */
  constructor(renew: (token: CachedToken) => Promise<void>) {
    this.#renew = renew;
  }

  plan(token: CachedToken): void {
    const plan = { timer: undefined, backoff: new Backoff(RETRY_FIRST, RETRY_MOST), renewing: false };
    this.#plans.set(token, plan);
    this.#schedule(token, plan);
  }

  /** Renews a token now, unless a renewal is under way or planned: when its timer ended, it may not have been in use. */
  renewNow(token: CachedToken): void {
    const plan = this.#plans.get(token);
    // A retry that is planned keeps its wait.
    if (plan && !plan.renewing && plan.timer === undefined) void this.#run(token, plan);
  }

  /** Plans every renewal anew, after time has jumped. */
  recheck(): void {
    for (const [token, plan] of this.#plans) if (!plan.renewing) this.#schedule(token, plan);
  }

  forget(token: CachedToken): void {
    clearTimeout(this.#plans.get(token)?.timer);
    this.#plans.delete(token);
  }

  clear(): void {
    for (const token of this.#plans.keys()) this.forget(token);
  }

  #schedule(token: CachedToken, plan: Plan): void {
    clearTimeout(plan.timer);
    const delay = token.left() - token.renewalLeft;
    plan.timer = setTimeout(
      () => {
        plan.timer = undefined;
        // A token that is not in use is renewed by `renewNow` when it is handed out, or expires.
        if (token.inUse) void this.#run(token, plan);
      },
      Math.max(delay, 0),
    );
    plan.timer.unref();
  }

  async #run(token: CachedToken, plan: Plan): Promise<void> {
    plan.renewing = true;
    try {
      await this.#renew(token);
      this.forget(token);
    } catch (error) {
      const isFinal = error instanceof SpotifyError && ERROR_GUIDE[error.code].retry === "no";
      if (!isFinal && token.left() > 0) this.#retry(token, plan);
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
