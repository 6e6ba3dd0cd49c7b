import { Backoff } from "../async/backoff";
import { ERROR_GUIDE } from "../core/error-guide";
import { SpotifyError } from "../core/errors";
import type { CachedToken } from "./cached-token";

const RETRY_FIRST = 10_000;
const RETRY_MOST = 120_000;
/** Node.js turns a longer timer into one of 1 ms. */
const MAX_TIMER = 2 ** 31 - 1;
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
    this.#plans.set(token, {
      timer: undefined,
      backoff: new Backoff(RETRY_FIRST, RETRY_MOST),
      renewing: false,
    });
    this.#schedule(token, token.left() - token.renewalLeft);
  }

  /** Renews a token now, unless a renewal is under way or planned: its timer may have slept with the machine. */
  renewNow(token: CachedToken): void {
    const plan = this.#plans.get(token);
    // A retry that is planned keeps its wait.
    if (plan && !plan.renewing && plan.timer === undefined) void this.#run(token, plan);
  }

  /** Plans every renewal anew, after time has jumped. */
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
        // A token that is not in use is renewed by `renewNow` when it is handed out, or expires.
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
