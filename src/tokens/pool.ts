import { EventEmitter } from "node:events";
import { withDeadline } from "../async/deadline";
import { raceAbort } from "../async/race-abort";
import { parseClientId } from "../core/client-id";
import { SpotifyError } from "../core/errors";
import { CLIENT_IDS } from "../core/knowledge";
import type { Token, TokenSourceName } from "../core/token";
import { parseStoredToken, readStoredToken, type CachedToken } from "./cached-token";
import { Decisions } from "./decisions";
import type { TokenRequest } from "./decide";
import type { Explanation, SourceChoice } from "./explanation";
import { Minting } from "./minting";
import type { TokenPoolOptions } from "./pool-options";
import type { TokenEvents, TokenRequestOptions } from "./provider";
import { RefusalMemory } from "./refusal-memory";
import { RefusedTokens } from "./refused-tokens";
import { Renewals } from "./renewals";
import { ScopeTexts, type Scopes } from "./scope-texts";
import { MAX_TOKENS, TokenCache } from "./token-cache";
import { closed, notRead } from "./token-errors";
import { WebApiAccess, type WebApiAnswer } from "./web-api-access";

const SOURCES: ReadonlySet<unknown> = new Set(["auto", "keymaster", "login5", "oauth"]);
const CLIENT_ID_OF_NAME: ReadonlyMap<string, string> = new Map(Object.entries(CLIENT_IDS));
/** No source gives a longer access token. */
const MAX_ACCESS_TOKEN = 4096;

/**
 * The tokens of one account: cached, shared between all who ask at once, renewed before they expire while they are in
 * use, and kept over a restart. Users see it through a TokenProvider, which describes the methods they share; the session
 * also tells it what has happened.
 */
export class TokenPool {
  readonly events = new EventEmitter<TokenEvents>();
  readonly #options: TokenPoolOptions;
  readonly #texts = new ScopeTexts();
  readonly #cache = new TokenCache();
  readonly #renewals: Renewals;
  readonly #refusals: RefusalMemory;
  readonly #refused = new RefusedTokens();
  readonly #webApi: WebApiAccess;
  readonly #decisions: Decisions;
  readonly #minting: Minting;
  #restored: Promise<void> | undefined;
  #isRestored = false;
  #closed = false;

  constructor(options: TokenPoolOptions) {
    this.#options = options;
    const { account, memory, sources } = options;
    this.#refusals = new RefusalMemory(memory);
    this.#webApi = new WebApiAccess({
      ask: (accessToken, signal) => options.askWebApi(accessToken, signal),
      tokenOf: (clientId) => this.#cache.ofClient(clientId)?.accessToken,
      keep: (change) => memory.keepWebApi(change),
      changed: (clientId) => {
        this.#setAudiences();
        this.events.emit("webApi", { clientId, ...this.#webApi.answer(clientId) });
      },
    });
    this.#decisions = new Decisions(options, this.#refusals, this.#webApi);
    this.#minting = new Minting({
      account,
      sources,
      decisions: this.#decisions,
      refusals: this.#refusals,
      refused: this.#refused,
      inTurn: (name, signal, mint) => memory.inTurn(name, signal, mint),
      adopt: () => void (memory.isShared && this.adopt()),
      find: ({ source, clientId, scopes }, after) =>
        this.#cache.all().find((token) => token.number > after && token.serves(source, clientId, scopes)),
      minted: (token) => this.#add(token),
    });
    this.#renewals = new Renewals(async ({ source, requested, clientId }) => {
      await this.#minting.fetch({ source, scopes: requested, clientId }, options.timeout);
    });
  }

  /** The session's client ID. */
  get clientId(): string {
    return this.#options.current.clientId;
  }

  /** As `TokenProvider.getTokenWithClientId`. */
  get(scopes: Scopes, clientId: string, options: TokenRequestOptions | undefined): Promise<Token> {
    // Nearly every request ends here, and therefore without an await.
    const cached = this.cached(scopes, clientId, options?.source);
    return cached ? Promise.resolve(cached) : this.#request(scopes, clientId, options);
  }

  /** The token that a request is given without asking Spotify. A text of scopes is known once it was read. */
  cached(scopes: Scopes, clientIdNamed: string, source: SourceChoice | undefined): Token | undefined {
    const list = typeof scopes === "string" ? this.#texts.known(scopes) : scopes;
    if (this.#closed || !Array.isArray(list)) return undefined;
    // A name is shorter: most client IDs need no look-up.
    const clientId =
      clientIdNamed?.length === 32 ? clientIdNamed : (CLIENT_ID_OF_NAME.get(clientIdNamed) ?? clientIdNamed);
    let from = source === "auto" ? undefined : source;
    if (list.length === 0) {
      from ??= this.#decisions.sourceWithoutScopes(clientId);
      if (from === undefined) return undefined;
    }
    const token = this.#cache.find(clientId, list, from);
    return token && this.#handOut(token, token.lastLeft);
  }

  bestClientId(scopes: Scopes): string {
    return this.#decisions.bestClientId(typeof scopes === "string" ? this.#texts.parse(scopes) : scopes);
  }

  async explain(scopes: Scopes, clientId: string, source: SourceChoice): Promise<Explanation> {
    const request = this.#parse(scopes, clientId, source);
    await this.restore();
    return this.#decisions.explain(request);
  }

  webApi(clientId: string): WebApiAnswer {
    return this.#webApi.answer(parseClientId(clientId));
  }

  /** As `TokenProvider.tryWebApi`. */
  async tryWebApi(scopes: readonly string[], clientId: string, signal: AbortSignal): Promise<boolean> {
    await this.restore();
    const getToken = async (either: AbortSignal): Promise<string> =>
      (await raceAbort(either, this.get(scopes, clientId, undefined))).accessToken;
    try {
      return await this.#webApi.takesNow(clientId, getToken, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (this.#closed) throw closed();
      if ((error as SpotifyError).code === "NOT_SIGNED_IN") throw error;
      // Without a token the Web API cannot be asked. What it said last, or is reported to say, holds.
      return false;
    }
  }

  /**
   * The Web API has refused a token of one of Spotify's own client IDs for good, though it was known to take them. It is
   * asked again another day.
   *
   * @param clientId 32 hex digits
   */
  refusedByWebApi(clientId: string): void {
    this.#webApi.refused(clientId);
  }

  refused(accessToken: string): void {
    if (typeof accessToken !== "string" || accessToken === "" || accessToken.length > MAX_ACCESS_TOKEN) {
      throw new SpotifyError("INVALID_ARGUMENT", "An access token is a text of up to 4096 characters.");
    }
    const token = this.#cache.all().find((other) => other.accessToken === accessToken);
    this.#refused.add(accessToken, token);
    if (token) this.#drop(token);
  }

  /** Reads what was remembered, the first time. Never rejects. */
  restore(): Promise<void> {
    this.#restored ??= this.#options.memory.restore().then(({ tokens, keymaster, refusals, webApi }) => {
      this.#refusals.restore(keymaster, refusals);
      this.#webApi.restore(webApi);
      for (const item of tokens) {
        const token = parseStoredToken(item);
        if (token) this.#cacheAndPlan(token);
      }
      for (const token of this.#cache.all()) if (this.#refused.has(token.accessToken)) this.#drop(token);
      this.#setAudiences();
      this.#isRestored = true;
    });
    return this.#restored;
  }

  /** Takes what other sessions of the account have stored: tokens that are new, and that others are gone. */
  adopt(): void {
    if (this.#closed || this.#restored === undefined) return;
    const { tokens, keymaster, refusals, webApi } = this.#options.memory.now();
    this.#refusals.restore(keymaster, refusals);
    const changed = this.#webApi.restore(webApi);
    const known = new Set(this.#cache.all().map(({ accessToken }) => accessToken));
    const stored = new Set(tokens.map(accessTokenOf));
    for (const token of this.#cache.all()) if (!stored.has(token.accessToken)) this.#forget(token);
    for (const item of tokens) {
      if (known.has(accessTokenOf(item) as string)) continue;
      const token = parseStoredToken(item);
      if (!token || this.#refused.has(token.accessToken)) continue;
      this.#cacheAndPlan(token);
      this.#tellOf(token);
    }
    if (changed.length > 0) this.#setAudiences();
    for (const clientId of changed)
      this.events.emit("webApi", { clientId, ...this.#webApi.answer(clientId) });
  }

  /** Whether this session has had an access token, or knows that it was refused. */
  hasHad(accessToken: string): boolean {
    return (
      this.#refused.has(accessToken) || this.#cache.all().some((token) => token.accessToken === accessToken)
    );
  }

  /** After a new sign-in: what was refused may be allowed now. */
  forgetRefusals(): void {
    this.#refusals.clear();
  }

  /** Another account is signed in: forgets the tokens, and what the Web API said to them, on disk too. */
  forgetAccount(): void {
    this.#webApi.forget();
    this.forgetTokensUnless(() => false);
  }

  /**
   * Forgets the tokens whose sign-in is gone, on disk too. What another session stores meanwhile stays: it may have a newer
   * sign-in.
   */
  forgetTokensUnless(isKept: (token: { source: TokenSourceName; clientId: string }) => boolean): void {
    for (const token of this.#cache.all()) if (!isKept(token)) this.#forget(token);
    let gone: ReadonlySet<unknown> | undefined;
    void this.#options.memory.keepTokens((stored) => {
      const isGone = (item: unknown): boolean => {
        const token = readStoredToken(item);
        return token === undefined || !isKept(token);
      };
      gone ??= new Set(stored.filter(isGone).map(accessTokenOf));
      return stored.filter((item) => !gone!.has(accessTokenOf(item)));
    });
  }

  /** After time has jumped, or the connection is back: tokens may have expired, or be due for renewal. */
  recheck(): void {
    this.#renewals.recheck();
  }

  /** The calendar was set back: when a token expires has another number now, on disk too. */
  calendarSetBack(): void {
    this.recheck();
    void this.#options.memory.keepTokens((stored) => {
      const known = new Map(this.#cache.all().map((token) => [token.accessToken as unknown, token]));
      return stored.map((item) => known.get(accessTokenOf(item))?.toStored() ?? item);
    });
  }

  /** Stops all renewals and requests. Requests from now on fail with CLOSED. */
  close(): void {
    this.#closed = true;
    this.#renewals.clear();
    this.#webApi.close();
    this.#minting.abort(closed());
    this.events.removeAllListeners();
  }

  async #request(
    scopes: Scopes,
    clientId: string,
    { source = "auto", timeout = this.#options.timeout }: TokenRequestOptions = {},
  ): Promise<Token> {
    const request = this.#parse(scopes, clientId, source);
    const started = performance.now();
    if (!this.#isRestored) {
      await withDeadline(
        timeout,
        () => notRead(timeout, request),
        (signal) => raceAbort(signal, this.restore()),
      );
    }
    if (this.#closed) throw closed();
    // A token without scopes is looked for in one source alone: tokens of others have scopes.
    const from =
      request.scopes.length === 0
        ? this.#decisions.decide(request).source
        : source === "auto"
          ? undefined
          : source;
    const cached = this.#ofHeldBack(request) ?? this.#cache.find(request.clientId, request.scopes, from);
    const token = cached ?? (await this.#minting.fetch(request, timeout, started));
    return this.#handOut(token, token.left());
  }

  /** A sign-in that is held back gives no new token. Those that it gave before still serve, even if no scopes are needed. */
  #ofHeldBack({ clientId, scopes, source }: TokenRequest): CachedToken | undefined {
    if (source !== "auto" || !this.#options.sources.oauth.isHeldBack(clientId)) return undefined;
    return this.#cache.find(clientId, scopes, "oauth");
  }

  #parse(scopes: Scopes, clientId: string, source: SourceChoice): TokenRequest {
    if (!SOURCES.has(source)) {
      throw new SpotifyError("INVALID_ARGUMENT", "A source is auto, keymaster, login5 or oauth.");
    }
    return { scopes: this.#texts.parse(scopes), clientId: parseClientId(clientId), source };
  }

  /** @param left ms of the token's life */
  #handOut(token: CachedToken, left: number): Token {
    token.inUse = true;
    if (left <= token.renewalLeft) this.#renewals.renewNow(token);
    return token.toToken(left);
  }

  async #add(token: CachedToken): Promise<void> {
    if (this.#closed) return;
    // Another session may have minted it, and told of it.
    const isNew = !this.hasHad(token.accessToken);
    const replaced = new Set(this.#cacheAndPlan(token).map(({ accessToken }) => accessToken));
    const kept = this.#options.memory.keepTokens((stored) => {
      const others = stored.filter((item) => {
        const accessToken = accessTokenOf(item);
        const isGone = accessToken === token.accessToken || replaced.has(accessToken as string);
        return !isGone && readStoredToken(item) !== undefined;
      });
      return [...others.slice(1 - MAX_TOKENS), token.toStored()];
    });
    if (isNew) this.#tellOf(token);
    this.#webApi.minted(token.source, token.clientId);
    await kept;
  }

  /** @returns the tokens that it replaces */
  #cacheAndPlan(token: CachedToken): CachedToken[] {
    token.audience = this.#webApi.audience(token.source, token.clientId);
    const replaced = this.#cache.add(token);
    for (const one of replaced) this.#renewals.forget(one);
    this.#renewals.plan(token);
    return replaced;
  }

  #tellOf(token: CachedToken): void {
    const { clientId, scopes, source, expiresAt } = token.toToken();
    this.events.emit("token", { clientId, scopes, source, expiresAt });
  }

  /** A server refused this token. */
  #drop(token: CachedToken): void {
    token.isRefused = true;
    this.#forget(token);
    void this.#options.memory.keepTokens((stored) =>
      stored.filter((item) => accessTokenOf(item) !== token.accessToken),
    );
  }

  #forget(token: CachedToken): void {
    this.#renewals.forget(token);
    this.#cache.remove(token);
  }

  #setAudiences(): void {
    for (const token of this.#cache.all()) {
      token.audience = this.#webApi.audience(token.source, token.clientId);
    }
  }
}

function accessTokenOf(stored: unknown): unknown {
  return ((stored ?? {}) as { accessToken?: unknown }).accessToken;
}
