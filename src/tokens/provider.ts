import { EventEmitter } from "node:events";
import { SpotifyError } from "../errors";
import { CachedToken, parseStoredToken, type StoredToken } from "./cached-token";
import { parseClientId, type CurrentClientId } from "./client-id";
import { CLIENT_IDS, reportedlyRefused } from "./knowledge";
import { Refusals } from "./refusals";
import { Renewals } from "./renewals";
import { parseScopes } from "./scopes";
import { SharedRequest } from "./shared-request";
import type { TokenSource } from "./source";
import { TokenCache } from "./token-cache";
import type { Token, TokenSourceName } from "./token";

/** Which source a token may come from; `auto` leaves the choice to the provider. */
export type SourceChoice = "auto" | "keymaster";

export interface TokenRequestOptions {
  /** `auto` unless told. */
  source?: SourceChoice;
  /** ms until there must be an answer; the provider's own unless told. */
  timeout?: number;
}

interface UnderWay {
  clientId: string;
  scopes: readonly string[];
  shared: SharedRequest<CachedToken>;
}

/** Says that a token was minted, without the token: ask for it. */
export interface TokenNotice {
  clientId: string;
  scopes: string[] | null;
  source: TokenSourceName;
  /** ms since the epoch */
  expiresAt: number;
}

/** What the provider needs of the session it belongs to. */
export interface TokenProviderOptions {
  current: CurrentClientId;
  keymaster: TokenSource;
  /** ms a request waits for its answer. */
  timeout: number;
  /** Resolves when what was remembered is here; @returns stored tokens, the first time. Never rejects. */
  restore(): Promise<readonly unknown[]>;
  /** Keeps tokens over a restart. */
  keep(tokens: StoredToken[]): void;
  /** Why no token can be minted at all, if that is so. */
  obstacle(): SpotifyError | undefined;
  /** Why a request may have found no answer in time. */
  trouble(): SpotifyError | undefined;
}

/**
 * Tokens of one account: `getToken` for the session's client ID, `getTokenWithClientId` for the one that is named,
 * as librespot's TokenProvider has them. Tokens are cached, shared between all who ask at once, renewed ahead of
 * their end while they are in use, and kept over a restart.
 *
 * Emits `token` with a TokenNotice for every token that is minted.
 */
export class TokenProvider extends EventEmitter<{ token: [TokenNotice] }> {
  readonly #options: TokenProviderOptions;
  readonly #cache = new TokenCache();
  readonly #refusals = new Refusals();
  readonly #renewals = new Renewals((token) => this.#renew(token));
  readonly #requests = new Set<UnderWay>();
  #restored: Promise<void> | undefined;
  #closed = false;

  constructor(options: TokenProviderOptions) {
    super();
    this.#options = options;
  }

  /**
   * A token for the session's client ID, whatever Spotify made it. Not every client ID may have every scope: where
   * this fails with INVALID_SCOPE, name one with `getTokenWithClientId`.
   *
   * @param scopes a list, or a text with commas or spaces
   * @throws SpotifyError as `getTokenWithClientId`
   */
  getToken(scopes: readonly string[] | string, options?: TokenRequestOptions): Promise<Token> {
    return this.getTokenWithClientId(scopes, this.#options.current.clientId, options);
  }

  /**
   * A token for the client ID that is named.
   *
   * @param scopes a list, or a text with commas or spaces
   * @param clientId `keymaster`, `android`, `ios`, or 32 hex digits
   * @throws SpotifyError INVALID_ARGUMENT for what is no scope or client ID; NOT_SIGNED_IN; INVALID_SCOPE;
   *   REQUEST_REFUSED; RATE_LIMITED; TIMEOUT or UNREACHABLE if there is no answer in time; what ended the session
   *   (BAD_CREDENTIALS, PREMIUM_REQUIRED, …); CLOSED
   */
  getTokenWithClientId(
    scopes: readonly string[] | string,
    clientId: string,
    options: TokenRequestOptions = {},
  ): Promise<Token> {
    // The way of nearly every request, and therefore without any await.
    if (typeof scopes === "object" && scopes.length > 0 && !this.#closed) {
      const source = options.source === "auto" ? undefined : options.source;
      const token = this.#cache.find(clientId, scopes, source);
      if (token) return Promise.resolve(this.#handOut(token));
    }
    return this.#request(scopes, clientId, options);
  }

  /**
   * The client ID that `best` stands for: the session's, unless it is reported to be refused one of these scopes or
   * has been refused them; else KEYMASTER. Decided before anything is asked.
   *
   * @throws SpotifyError INVALID_ARGUMENT for what is no list of scopes
   */
  bestClientId(scopes: readonly string[] | string): string {
    const wanted = parseScopes(scopes);
    const { clientId } = this.#options.current;
    const refused =
      reportedlyRefused(clientId, wanted).length > 0 || this.#refusals.hasRefusedScopes(clientId, wanted);
    return refused ? CLIENT_IDS.keymaster : clientId;
  }

  /** Forgets what was refused: after a new sign-in, all may be otherwise. */
  forgetRefusals(): void {
    this.#refusals.clear();
  }

  /** Forgets all tokens, those on disk too: they are another account's. */
  forgetTokens(): void {
    this.#renewals.clear();
    this.#cache.clear();
    this.#options.keep([]);
  }

  /** Time has jumped: tokens may be over, and their timers late. */
  recheck(): void {
    this.#renewals.recheck();
  }

  /** Stops all renewals. Requests from now on fail as CLOSED. */
  close(): void {
    this.#closed = true;
    this.#renewals.clear();
    this.removeAllListeners();
  }

  #handOut(token: CachedToken): Token {
    token.inUse = true;
    const left = token.left();
    if (left <= token.renewalLeft) this.#renewals.hurry(token);
    return token.toToken(left);
  }

  async #request(
    scopes: readonly string[] | string,
    clientIdNamed: string,
    { source = "auto", timeout = this.#options.timeout }: TokenRequestOptions,
  ): Promise<Token> {
    if (source !== "auto" && source !== "keymaster") {
      throw new SpotifyError("INVALID_ARGUMENT", "A token comes from the source auto or keymaster.");
    }
    const wanted = parseScopes(scopes);
    const clientId = parseClientId(clientIdNamed);
    await this.#restore();
    if (this.#closed) throw new SpotifyError("CLOSED", "The session is closed.");
    const cached = wanted.length > 0 && this.#cache.find(clientId, wanted, source === "auto" ? undefined : source);
    if (cached) return this.#handOut(cached);
    const obstacle = this.#options.obstacle();
    if (obstacle) throw obstacle;
    this.#refusals.check(clientId, wanted);
    const minted = await this.#share(wanted, clientId).wait(timeout, () => this.#late(clientId, wanted, timeout));
    // A request for more scopes may have been joined, whose grant the cache would give as well.
    return this.#handOut(minted);
  }

  /** The request under way that will serve these scopes, or a new one. */
  #share(scopes: readonly string[], clientId: string): SharedRequest<CachedToken> {
    for (const underWay of this.#requests) {
      const serves = underWay.clientId === clientId && scopes.every((scope) => underWay.scopes.includes(scope));
      if (serves && !underWay.shared.abandoned) return underWay.shared;
    }
    const shared = new SharedRequest(async (signal) => {
      try {
        return await this.#mint(scopes, clientId, signal);
      } finally {
        this.#requests.delete(underWay);
      }
    });
    const underWay: UnderWay = { clientId, scopes, shared };
    this.#requests.add(underWay);
    return shared;
  }

  async #mint(scopes: readonly string[], clientId: string, signal: AbortSignal): Promise<CachedToken> {
    const askedAt = Date.now();
    try {
      const minted = await this.#options.keymaster.mint(scopes, clientId, signal);
      const token = CachedToken.minted(minted, clientId, scopes, Math.min(askedAt, Date.now()));
      if (!this.#closed) this.#add(token);
      return token;
    } catch (error) {
      if (error instanceof SpotifyError && (error.code === "INVALID_SCOPE" || error.code === "REQUEST_REFUSED")) {
        this.#refusals.add(error, clientId, scopes);
      }
      throw error;
    }
  }

  #add(token: CachedToken): void {
    for (const replaced of this.#cache.add(token)) this.#renewals.forget(replaced);
    this.#renewals.plan(token);
    this.#keep();
    const { clientId, scopes, source, expiresAt } = token.toToken();
    this.emit("token", { clientId, scopes, source, expiresAt });
  }

  #keep(): void {
    const valid = this.#cache.all().filter((token) => token.left() > 0);
    this.#options.keep(valid.map((token) => token.toStored()));
  }

  async #renew(token: CachedToken): Promise<void> {
    const obstacle = this.#options.obstacle();
    if (obstacle) throw obstacle;
    const { timeout } = this.#options;
    await this.#share(token.requested, token.clientId).wait(timeout, () =>
      this.#late(token.clientId, token.requested, timeout),
    );
  }

  #restore(): Promise<void> {
    this.#restored ??= this.#options.restore().then((stored) => {
      for (const item of stored) {
        const token = parseStoredToken(item);
        if (!token) continue;
        this.#cache.add(token);
        this.#renewals.plan(token);
      }
    });
    return this.#restored;
  }

  #late(clientId: string, scopes: readonly string[], timeout: number): SpotifyError {
    const trouble = this.#options.trouble();
    const details = { clientId, scopes: [...scopes], cause: trouble };
    if (trouble) return new SpotifyError(trouble.code, trouble.message, details);
    return new SpotifyError("TIMEOUT", `Spotify gave no token within ${timeout / 1000} s.`, details);
  }
}
