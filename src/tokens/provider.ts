import { EventEmitter } from "node:events";
import { SpotifyError } from "../errors";
import { CachedToken, MINIMUM_LEFT, parseStoredToken, type StoredToken } from "./cached-token";
import { parseClientId } from "./client-id";
import { InvalidScopeError } from "./invalid-scope";
import type { KeymasterState } from "./keymaster-probe";
import { KnownRefusals } from "./known-refusals";
import { Renewals } from "./renewals";
import { Routes, type RoutesOptions } from "./routes";
import type { Explanation, SourceChoice } from "./routing";
import { parseScopes } from "./scopes";
import { TokenCache } from "./token-cache";
import type { Token, TokenSourceName } from "./token";
import { RequestsUnderWay, type Ask } from "./under-way";
import {
  WebApiAccess,
  type WebApiAccessOptions,
  type WebApiAnswer,
  type WebApiCheck,
} from "./web-api-access";

/** How often a token is asked for in all where it comes too late to be used. */
const MAX_TRIES = 2;
const SOURCES: ReadonlySet<string> = new Set(["auto", "keymaster", "login5", "oauth"]);

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

/** What the provider needs of the session it belongs to. */
export interface TokenProviderOptions extends RoutesOptions {
  /** ms a request waits for its answer. */
  timeout: number;
  /** Resolves with what was remembered. Never rejects. */
  restore(): Promise<{
    tokens: readonly unknown[];
    keymaster: KeymasterState | undefined;
    webApi: readonly unknown[];
  }>;
  /** Keeps tokens over a restart. */
  keep(tokens: StoredToken[]): void;
  /** Keeps whether keymaster serves the account. */
  keepKeymaster(keymaster: KeymasterState | undefined): void;
  /** Keeps what the Web API said to Spotify's own client IDs. */
  keepWebApi(checks: WebApiCheck[]): void;
  /** Asks the Web API once whether it takes a token; undefined: it did not say. */
  askWebApi: WebApiAccessOptions["ask"];
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
  readonly #refusals: KnownRefusals;
  readonly #webApi: WebApiAccess;
  readonly #routes: Routes;
  readonly #renewals = new Renewals((token) => this.#renew(token));
  readonly #requests = new RequestsUnderWay((ask, signal) => this.#mint(ask, signal));
  #restored: Promise<void> | undefined;
  #closed = false;

  constructor(options: TokenProviderOptions) {
    super();
    this.#options = options;
    this.#refusals = new KnownRefusals((keymaster) => options.keepKeymaster(keymaster));
    this.#webApi = new WebApiAccess({
      ask: (accessToken, signal) => options.askWebApi(accessToken, signal),
      tokenOf: (clientId) => this.#cache.ofClient(clientId)?.accessToken,
      keep: (checks) => options.keepWebApi(checks),
      changed: () => this.#setAudiences(),
    });
    this.#routes = new Routes(options, this.#refusals, this.#webApi);
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
   * The client ID that `best` stands for: that of an own app whose sign-in covers these scopes; else the session's, unless
   * it is reported to be refused one of them or has been refused them; else KEYMASTER. If the Web API does not take the
   * last two, an own app whose sign-in lacks a scope or is over comes before them: its error says what to do. Chosen without
   * sending a request; `explain` says where the token would work.
   *
   * @throws SpotifyError INVALID_ARGUMENT for a text that is no list of scopes
   */
  bestClientId(scopes: readonly string[] | string): string {
    return this.#routes.bestClientId(typeof scopes === "string" ? parseScopes(scopes) : scopes);
  }

  /**
   * Where a token would come from, and why not from elsewhere. Asks nobody.
   *
   * @param clientIdNamed the session's unless told
   * @throws SpotifyError INVALID_ARGUMENT for what is no scope, client ID or source
   */
  async explain(
    scopes: readonly string[] | string,
    clientIdNamed: string = this.#options.current.clientId,
    source: SourceChoice = "auto",
  ): Promise<Explanation> {
    checkSource(source);
    const wanted = parseScopes(scopes);
    const clientId = parseClientId(clientIdNamed);
    await this.#restore();
    return this.#routes.explain(wanted, clientId, source);
  }

  /**
   * Whether the public Web API takes tokens of a client ID, and how that is known. Asks nobody: the Web API itself is
   * asked in the background, once a day at most, after a token of one of Spotify's own client IDs was minted.
   *
   * @param clientIdNamed the session's unless told
   * @throws SpotifyError INVALID_ARGUMENT for what is no client ID
   */
  webApi(clientIdNamed: string = this.#options.current.clientId): WebApiAnswer {
    return this.#webApi.answer(parseClientId(clientIdNamed));
  }

  /** Resolves when what was remembered is here: before that, `bestClientId` knows of no app. Never rejects. */
  ready(): Promise<void> {
    return this.#restore();
  }

  /** Forgets what was refused: after a new sign-in, all may be otherwise. */
  forgetRefusals(): void {
    this.#refusals.clear();
  }

  /** Forgets all tokens, those on disk too. */
  forgetTokens(): void {
    this.forgetTokensUnless(() => false);
  }

  /** Forgets the tokens, and what the Web API said to them: the account is another one from now on. */
  forgetAccount(): void {
    this.#webApi.forget();
    this.forgetTokens();
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

  /** A server did not take this token: it is not handed out again. */
  forgetToken(accessToken: string): void {
    const token = this.#cache.all().find((other) => other.accessToken === accessToken);
    if (!token) return;
    this.#renewals.forget(token);
    this.#cache.remove(token);
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
    this.#webApi.close();
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
    checkSource(source);
    const wanted = parseScopes(scopes);
    const clientId = parseClientId(clientIdNamed);
    if (source === "login5" && wanted.length > 0) throw withoutScopes(clientId, wanted);
    await this.#restore();
    if (this.#closed) throw closed();
    const route = this.#routes.sourceFor(wanted, clientId, source);
    // Without scopes only a grant says what is meant: all that it covers.
    const from = wanted.length === 0 ? route.name : source === "auto" ? undefined : source;
    const cached = this.#cache.find(clientId, wanted, from);
    if (cached) return this.#handOut(cached);
    const ask = { source: route, scopes: wanted, clientId };
    this.#routes.throwIfHopeless(ask);
    return this.#handOut(await this.#shared(ask, timeout));
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
        this.#refusals.served(source.name);
        if (!this.#closed) this.#add(token);
        return token;
      }
    } catch (error) {
      throw this.#refusals.learn(source.name, error, clientId, scopes);
    }
  }

  #add(token: CachedToken): void {
    token.audience = this.#webApi.audience(token.source, token.clientId);
    for (const replaced of this.#cache.add(token)) this.#renewals.forget(replaced);
    this.#renewals.plan(token);
    this.#keep();
    const { clientId, scopes, source, expiresAt } = token.toToken();
    this.emit("token", { clientId, scopes, source, expiresAt });
    this.#webApi.minted(source, clientId);
  }

  #setAudiences(): void {
    for (const token of this.#cache.all()) {
      token.audience = this.#webApi.audience(token.source, token.clientId);
    }
  }

  #keep(): void {
    const valid = this.#cache.all().filter((token) => token.left() > 0);
    this.#options.keep(valid.map((token) => token.toStored()));
  }

  async #renew(token: CachedToken): Promise<void> {
    const { timeout } = this.#options;
    const ask = { source: this.#options[token.source], scopes: token.requested, clientId: token.clientId };
    // A token in use near its end is asked for often: what was refused is not asked for as often.
    this.#routes.throwIfHopeless(ask);
    await this.#shared(ask, timeout);
  }

  #restore(): Promise<void> {
    this.#restored ??= this.#options.restore().then(({ tokens: stored, keymaster, webApi }) => {
      this.#refusals.restore(keymaster);
      this.#webApi.restore(webApi);
      for (const item of stored) {
        const token = parseStoredToken(item);
        if (!token) continue;
        this.#cache.add(token);
        this.#renewals.plan(token);
      }
      this.#setAudiences();
    });
    return this.#restored;
  }

  #late({ source, scopes, clientId }: Ask, timeout: number): SpotifyError {
    const trouble = source.name === "keymaster" ? this.#options.trouble() : undefined;
    const details = { clientId, scopes: [...scopes], cause: trouble };
    if (trouble) return new SpotifyError(trouble.code, trouble.message, details);
    return new SpotifyError("TIMEOUT", `Spotify gave no token within ${timeout / 1000} s.`, details);
  }
}

/** @throws SpotifyError INVALID_ARGUMENT for what is no source */
function checkSource(source: unknown): void {
  if (typeof source === "string" && SOURCES.has(source)) return;
  throw new SpotifyError(
    "INVALID_ARGUMENT",
    "A token comes from the source auto, keymaster, login5 or oauth.",
  );
}

function withoutScopes(clientId: string, scopes: readonly string[]): SpotifyError {
  const message =
    "Login5 gives tokens for Spotify's own services, without scopes, and the public Web API refuses them. " +
    "Leave the scopes out, or choose the source auto.";
  return new SpotifyError("INVALID_ARGUMENT", message, { clientId, scopes: [...scopes] });
}

function closed(): SpotifyError {
  return new SpotifyError("CLOSED", "The account's connection is closed.");
}
