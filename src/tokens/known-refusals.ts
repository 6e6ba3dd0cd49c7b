import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import type { CurrentClientId } from "../core/client-id";
import { KeymasterProbe, refusedAccount, type KeymasterState } from "./keymaster-probe";
import { Pauses } from "./pauses";
import { Refusals } from "./refusals";
import type { KnownRefusal } from "./routing";
import { scopesKey } from "../core/scopes";
import type { TokenSourceName } from "../core/token";
import { UnexpectedAnswer } from "./unexpected-answer";

/** The sources that refuse an account, a client ID or scopes. A grant is refused once and for all, and is gone then. */
type RefusingSource = Exclude<TokenSourceName, "oauth">;

/** What is not asked again for a while. */
const REMEMBERED: Record<RefusingSource, ReadonlySet<SpotifyErrorCode>> = {
  keymaster: new Set(["INVALID_SCOPE", "REQUEST_REFUSED", "RATE_LIMITED"]),
  login5: new Set(["BAD_CREDENTIALS", "INVALID_CLIENT", "REQUEST_REFUSED", "RATE_LIMITED"]),
};

/** All that Spotify has refused this session, so that nothing is asked that could only fail. */
export class KnownRefusals {
  readonly #probe: KeymasterProbe;
  readonly #pauses = new Pauses();
  readonly #bySource = { keymaster: new Refusals(), login5: new Refusals() };

  /** @param keep what to remember of keymaster over a restart */
  constructor(keep: (keymaster: KeymasterState | undefined) => void) {
    this.#probe = new KeymasterProbe(keep);
  }

  restore(keymaster: KeymasterState | undefined): void {
    this.#probe.restore(keymaster);
  }

  /**
   * @param current the session's client ID now: how it came by it may be another story than at the refusal
   * @throws SpotifyError: the refusal that a request would meet again, with `retryAfter`
   */
  check(source: RefusingSource, clientId: string, scopes: readonly string[], current: CurrentClientId): void {
    const refusal = source === "keymaster" ? this.#probe.refusal() : undefined;
    if (refusal) throw refusedAccount(clientId, scopes, refusal.since, refusal.until);
    this.#bySource[source].check(clientId, scopes, current);
  }

  /** @throws SpotifyError: the unexpected answer that a request had a short while ago, with `retryAfter` */
  checkPause(source: TokenSourceName, clientId: string, scopes: readonly string[]): void {
    this.#pauses.check(pauseKey(source, clientId, scopes));
  }

  /** What stands against a request, or undefined. */
  find(source: RefusingSource, clientId: string, scopes: readonly string[]): KnownRefusal | undefined {
    const refusal = source === "keymaster" ? this.#probe.refusal() : undefined;
    return refusal ? { of: "account", ...refusal } : this.#bySource[source].peek(clientId, scopes);
  }

  /** Whether keymaster ever refused this session these scopes for this client ID. */
  hasRefusedScopes(clientId: string, scopes: readonly string[]): boolean {
    return this.#bySource.keymaster.hasRefusedScopes(clientId, scopes);
  }

  /** A source gave a token. */
  served(source: TokenSourceName, clientId: string, scopes: readonly string[]): void {
    this.#pauses.end(pauseKey(source, clientId, scopes));
    if (source === "keymaster") this.#probe.served();
  }

  /** Learns from what a request failed with. @returns what to throw: the error, with what is known by now */
  learn(source: TokenSourceName, error: unknown, clientId: string, scopes: readonly string[]): unknown {
    if (error instanceof UnexpectedAnswer) {
      return this.#pauses.begin(pauseKey(source, clientId, scopes), error);
    }
    if (source === "oauth" || !(error instanceof SpotifyError)) return error;
    if (!REMEMBERED[source].has(error.code)) return error;
    if (source === "keymaster" && error.code === "REQUEST_REFUSED") {
      this.#probe.refused(clientId);
      const refusal = this.#probe.refusal();
      if (refusal) return refusedAccount(clientId, scopes, refusal.since, refusal.until);
    }
    this.#bySource[source].add(error, clientId, scopes);
    return error;
  }

  /** After a new sign-in, all may be otherwise. */
  clear(): void {
    this.#probe.forget();
    this.#pauses.clear();
    this.#bySource.keymaster.clear();
    this.#bySource.login5.clear();
  }
}

function pauseKey(source: TokenSourceName, clientId: string, scopes: readonly string[]): string {
  return `${source} ${clientId} ${scopesKey(scopes)}`;
}
