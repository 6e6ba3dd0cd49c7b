import { EventEmitter } from "node:events";
import { SpotifyError, type SpotifyErrorCode } from "../errors";
import { CachedToken, MINIMUM_LEFT, parseStoredToken, type StoredToken } from "./cached-token";
import { parseClientId, type CurrentClientId } from "./client-id";
import { InvalidScopeError } from "./invalid-scope";
import { CLIENT_IDS, reportedlyRefused } from "./knowledge";
import { Refusals } from "./refusals";
import { Renewals } from "./renewals";
import { parseScopes } from "./scopes";
import type { TokenSource } from "./source";
import { TokenCache } from "./token-cache";
import type { Token, TokenSourceName } from "./token";
import { RequestsUnderWay, type Ask } from "./under-way";

/** How often a token is asked for in all where it comes too late to be used. */
const MAX_TRIES = 2;
/** What is not asked again for a while. */
const REFUSALS: ReadonlySet<SpotifyErrorCode> = new Set(["INVALID_SCOPE", "REQUEST_REFUSED", "RATE_LIMITED"]);

/** Which source a token may come from; `auto` leaves the choice to the provider. */
export type SourceChoice = "auto" | "keymaster" | "oauth";

export interface TokenRequestOptions {
  /** `auto` unless told. */
  source?: SourceChoice;
  /** ms until there must be an answer; the provider's own unless told. */
  timeout?: number;
}

/** Says that a token was minted, without the token: ask for it. */
export interface TokenNotice {
  clientId: string;
  scopes: string[] | null;
  source: TokenSourceName;
  /** ms since the epoch */
  expiresAt: number;
}

/** A source that has grants, each for a client ID. */
export interface GrantSource extends TokenSource {
  covers(scopes: readonly string[], clientId: string): boolean;
  /** Whether there is a grant of this client ID, whatever it covers. */
  knows(clientId: string): boolean;
  /** The client ID of an app whose grant covers these scopes. */
  appFor(scopes: readonly string[]): string | undefined;
}

/** What the provider needs of the session it belongs to. */
export interface TokenProviderOptions {
  current: CurrentClientId;
  keymaster: TokenSource;
  oauth: GrantSource;
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
  readonly #requests = new RequestsUnderWay((ask, signal) => this.#mint(ask, signal));
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
    const cached = Array.isArray(scopes) ? this.cachedToken(scopes, clientId, options) : undefined;
    return cached ? Promise.resolve(cached) : this.#request(scopes, clientId, options);
  }

  /**
   * The token that a request would get without asking Spotify, or undefined where there is none yet. What is no scope
   * or client ID has none.
   */
  cachedToken(
    scopes: readonly string[],
    clientId: string,
    { source }: TokenRequestOptions = {},
  ): Token | undefined {
    if (this.#closed || scopes.length === 0) return undefined;
    const token = this.#cache.find(clientId, scopes, source === "auto" ? undefined : source);
    return token && this.#handOut(token);
  }

  /**
   * The client ID that `best` stands for: that of an own app whose grant covers these scopes; else the session's, unless
   * it is reported to be refused one of them or has been refused them; else KEYMASTER. Decided before anything is asked.
   *
   * @throws SpotifyError INVALID_ARGUMENT for a text that is no list of scopes
   */
  bestClientId(scopes: readonly string[] | string): string {
    const wanted = typeof scopes === "string" ? parseScopes(scopes) : scopes;
    const app = this.#options.oauth.appFor(wanted);
    if (app !== undefined) return app;
    const { clientId } = this.#options.current;
    const refused =
      reportedlyRefused(clientId, wanted).length > 0 || this.#refusals.hasRefusedScopes(clientId, wanted);
    return refused ? CLIENT_IDS.keymaster : clientId;
  }

  /** Resolves when what was remembered is here: before that, `bestClientId` knows of no app. Never rejects. */
  ready(): Promise<void> {
    return this.#restore();
  }

  /** Forgets what was refused: after a new sign-in, all may be otherwise. */
  forgetRefusals(): void {
    this.#refusals.clear();
  }

  /** Forgets all tokens, those on disk too: they are another account's. */
  forgetTokens(): void {
    this.forgetTokensUnless(() => false);
  }

  /** Forgets the tokens that nobody is signed in for any more, those on disk too. */
  forgetTokensUnless(isKept: (token: { source: TokenSourceName; clientId: string }) => boolean): void {
    for (const token of this.#cache.all()) {
      if (isKept(token)) continue;
      this.#renewals.forget(token);
      this.#cache.remove(token);
    }
    this.#keep();
  }

  /** Time has jumped: tokens may be over, and their timers late. */
  recheck(): void {
    this.#renewals.recheck();
  }

  /** Stops all renewals. Requests from now on fail as CLOSED. */
  close(): void {
    this.#closed = true;
    this.#renewals.clear();
    this.#requests.abort(closed());
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
    if (source !== "auto" && source !== "keymaster" && source !== "oauth") {
      throw new SpotifyError("INVALID_ARGUMENT", "A token comes from the source auto, keymaster or oauth.");
    }
    const wanted = parseScopes(scopes);
    const clientId = parseClientId(clientIdNamed);
    await this.#restore();
    if (this.#closed) throw closed();
    const route = this.#route(wanted, clientId, source);
    // Without scopes only a grant says what is meant: all that it covers.
    const from = wanted.length === 0 ? route.name : source === "auto" ? undefined : source;
    const cached = this.#cache.find(clientId, wanted, from);
    if (cached) return this.#handOut(cached);
    const ask = { source: route, scopes: wanted, clientId };
    this.#throwIfHopeless(ask);
    return this.#handOut(await this.#shared(ask, timeout));
  }

  /** Where a token is to come from, decided before anything is asked. */
  #route(scopes: readonly string[], clientId: string, choice: SourceChoice): TokenSource {
    const { keymaster, oauth } = this.#options;
    if (choice !== "auto") return choice === "oauth" ? oauth : keymaster;
    if (oauth.covers(scopes, clientId)) return oauth;
    // Only this app is signed in: its sign-in is what lacks a scope, or is over, and the user is to be told of that.
    const onlyApp = oauth.knows(clientId) && this.#options.obstacle()?.code === "NOT_SIGNED_IN";
    return onlyApp ? oauth : keymaster;
  }

  /** @throws SpotifyError: why asking could only fail */
  #throwIfHopeless({ source, scopes, clientId }: Ask): void {
    // A grant needs no access point session, and no refusal of keymaster's touches it.
    if (source !== this.#options.keymaster) return;
    const obstacle = this.#options.obstacle();
    if (obstacle) throw obstacle;
    this.#refusals.check(clientId, scopes, this.#options.current);
  }

  /** A fresh token for these scopes, or for more: a request for more may be under way. */
  async #shared(ask: Ask, timeout: number): Promise<CachedToken> {
    const asked = performance.now();
    for (;;) {
      const underWay = this.#requests.join(ask);
      const left = Math.max(0, timeout - (performance.now() - asked));
      try {
        return await underWay.shared.wait(left, () => this.#late(ask, timeout));
      } catch (error) {
        // Refused for scopes that another asker wanted and this one does not: ask for one's own.
        const others = error instanceof InvalidScopeError && underWay.scopes.length > ask.scopes.length;
        if (!others) throw error;
      }
    }
  }

  async #mint({ source, scopes, clientId }: Ask, signal: AbortSignal): Promise<CachedToken> {
    try {
      for (let tries = 1; ; tries++) {
        const askedAt = Date.now();
        const minted = await source.mint(scopes, clientId, signal);
        const token = CachedToken.minted(
          minted,
          clientId,
          scopes,
          Math.min(minted.askedAt ?? askedAt, askedAt, Date.now()),
        );
        // The machine slept while the answer was on its way: nobody knows how old that token is.
        if (token.left() < MINIMUM_LEFT) {
          if (tries < MAX_TRIES) continue;
          throw new SpotifyError("TIMEOUT", "Spotify's token came too late to be used.", {
            clientId,
            scopes,
          });
        }
        if (!this.#closed) this.#add(token);
        return token;
      }
    } catch (error) {
      const refused = error instanceof SpotifyError && REFUSALS.has(error.code);
      if (refused && source === this.#options.keymaster) this.#refusals.add(error, clientId, scopes);
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
    const { keymaster, oauth, timeout } = this.#options;
    const source = token.source === "oauth" ? oauth : keymaster;
    const ask = { source, scopes: token.requested, clientId: token.clientId };
    // A token in use near its end is asked for often: what was refused is not asked for as often.
    this.#throwIfHopeless(ask);
    await this.#shared(ask, timeout);
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

  #late({ source, scopes, clientId }: Ask, timeout: number): SpotifyError {
    const trouble = source === this.#options.keymaster ? this.#options.trouble() : undefined;
    const details = { clientId, scopes: [...scopes], cause: trouble };
    if (trouble) return new SpotifyError(trouble.code, trouble.message, details);
    return new SpotifyError("TIMEOUT", `Spotify gave no token within ${timeout / 1000} s.`, details);
  }
}

function closed(): SpotifyError {
  return new SpotifyError("CLOSED", "The session is closed.");
}
