import { EventEmitter } from "node:events";
import { SpotifyError } from "../core/errors";
import { parseStoredToken, type CachedToken } from "./cached-token";
import { parseClientId } from "../core/client-id";
import { KnownRefusals } from "./known-refusals";
import { Minting } from "./minting";
import {
  checkSource,
  type TokenEvents,
  type TokenProviderOptions,
  type TokenRequestOptions,
} from "./provider-options";
import { RefusedTokens } from "./refused-tokens";
import { Renewals } from "./renewals";
import { Routes } from "./routes";
import type { Explanation, SourceChoice } from "./routing";
import { parseScopes } from "../core/scopes";
import { TokenCache } from "./token-cache";
import type { Token, TokenSourceName } from "../core/token";
import { WebApiAccess, type WebApiAnswer } from "./web-api-access";

/** Longer than any access token that is taken from an answer. */
const MAX_ACCESS_TOKEN = 4096;

/**
 * Tokens of one account: `getToken` for the session's client ID, `getTokenWithClientId` for the one that is named,
 * as librespot's TokenProvider has them. Tokens are cached, shared between all who ask at once, renewed ahead of
 * their end while they are in use, and kept over a restart.
 *
 * Emits `token` with a TokenNotice for every token that is minted, and `webApi` when it turns out that the Web API takes
 * tokens of one of Spotify's own client IDs, or no longer does: tokens that are there have another `audience` then.
 */
export class TokenProvider extends EventEmitter<TokenEvents> {
  readonly #options: TokenProviderOptions;
  readonly #cache = new TokenCache();
  readonly #refusals: KnownRefusals;
  readonly #webApi: WebApiAccess;
  readonly #refused = new RefusedTokens();
  readonly #routes: Routes;
  readonly #renewals = new Renewals((token) => this.#renew(token));
  readonly #minting: Minting;
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
      changed: (clientId) => {
        this.#setAudiences();
        this.emit("webApi", { clientId, ...this.#webApi.answer(clientId) });
      },
    });
    this.#routes = new Routes(options, this.#refusals, this.#webApi);
    this.#minting = new Minting({
      routes: this.#routes,
      refusals: this.#refusals,
      refused: this.#refused,
      minted: (token) => this.#add(token),
      trouble: () => options.trouble(),
    });
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
   * The token that a request would get without asking Spotify, or undefined if there is none yet. What is no scope
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
   * @throws SpotifyError INVALID_ARGUMENT if it is not a client ID
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

  /**
   * A server answered 401 to this access token: it is not handed out again, and is forgotten on disk too. Who asks next is
   * given a fresh one: the one that has taken its place since, or one from Spotify, which is asked once however many ask
   * and however often this is said. Does nothing for a token that is not known.
   *
   * @throws SpotifyError INVALID_ARGUMENT for what cannot be an access token
   */
  refused(accessToken: string): void {
    if (typeof accessToken !== "string" || accessToken === "" || accessToken.length > MAX_ACCESS_TOKEN) {
      throw new SpotifyError("INVALID_ARGUMENT", "An access token is a text of up to 4096 characters.");
    }
    const token = this.#cache.all().find((other) => other.accessToken === accessToken);
    this.#refused.add(accessToken, token);
    if (token) this.#drop(token);
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
    this.#minting.abort(closed());
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
    const fresh =
      source === "auto" ? this.#minting.fetchFromAny(ask, timeout) : this.#minting.fetch(ask, timeout);
    return this.#handOut(await fresh);
  }

  #add(token: CachedToken): void {
    if (this.#closed) return;
    token.audience = this.#webApi.audience(token.source, token.clientId);
    for (const replaced of this.#cache.add(token)) this.#renewals.forget(replaced);
    this.#renewals.plan(token);
    this.#keep();
    const { clientId, scopes, source, expiresAt } = token.toToken();
    this.emit("token", { clientId, scopes, source, expiresAt });
    this.#webApi.minted(source, clientId);
  }

  /** A server has refused it. */
  #drop(token: CachedToken): void {
    token.isRefused = true;
    this.#renewals.forget(token);
    this.#cache.remove(token);
    this.#keep();
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

  async #renew({ source, requested, clientId }: CachedToken): Promise<void> {
    await this.#minting.fetch(
      { source: this.#options[source], scopes: requested, clientId },
      this.#options.timeout,
    );
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
      for (const token of this.#cache.all()) if (this.#refused.has(token.accessToken)) this.#drop(token);
      this.#setAudiences();
    });
    return this.#restored;
  }
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
