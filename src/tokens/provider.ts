import { EventEmitter } from "node:events";
import type { Token, TokenSourceName } from "../core/token";
import type { Explanation, SourceChoice } from "./explanation";
import type { TokenPool } from "./pool";
import type { Scopes } from "./scope-texts";
import type { WebApiAnswer } from "./web-api-access";

export interface TokenRequestOptions {
  /** Default `auto`. */
  source?: SourceChoice;
  /** ms until there must be an answer. Default: the session's `requestTimeout`. */
  timeout?: number;
}

/** Says that a token was minted, without the token: `getToken` gives it. */
export interface TokenNotice {
  clientId: string;
  scopes: string[] | null;
  source: TokenSourceName;
  /** ms since the epoch */
  expiresAt: number;
}

export interface TokenEvents {
  /** A token was minted. */
  token: [TokenNotice];
  /**
   * The Web API was found to take tokens of one of Spotify's own client IDs, or no longer does: cached tokens have
   * another `audience` now.
   */
  webApi: [WebApiAnswer & { clientId: string }];
}

/**
 * Tokens of one account: `getToken` for the session's client ID, `getTokenWithClientId` for the client ID that is
 * named, as librespot's TokenProvider has them. Tokens are cached, shared between all who ask at once, renewed before
 * they expire while they are in use, and kept over a restart.
 *
 * Emits `token` with a TokenNotice for each token that is minted, and `webApi` when the Web API begins to take tokens of
 * one of Spotify's own client IDs, or stops.
 */
export class TokenProvider extends EventEmitter<TokenEvents> {
  readonly #pool: TokenPool;

  constructor(pool: TokenPool) {
    super();
    this.#pool = pool;
    pool.events.on("token", (notice) => this.emit("token", notice));
    pool.events.on("webApi", (answer) => this.emit("webApi", answer));
  }

  /**
   * A token for the session's client ID, even if Spotify has changed it. Not every client ID may have every scope: if
   * this fails with INVALID_SCOPE, name another one with `getTokenWithClientId`.
   *
   * @param scopes a list, or a text with commas or spaces
   * @throws SpotifyError as `getTokenWithClientId`
   */
  getToken(scopes: Scopes, options?: TokenRequestOptions): Promise<Token> {
    return this.#pool.get(scopes, this.#pool.clientId, options);
  }

  /**
   * A token for the client ID that is named.
   *
   * @param scopes a list, or a text with commas or spaces
   * @param clientId `keymaster`, `android`, `ios`, or 32 hex digits
   * @throws SpotifyError INVALID_ARGUMENT if a scope, the client ID or the source cannot be right; NOT_SIGNED_IN;
   *   INVALID_SCOPE; REQUEST_REFUSED; RATE_LIMITED; TIMEOUT or UNREACHABLE if there is no answer in time; what ended
   *   the session (BAD_CREDENTIALS, PREMIUM_REQUIRED, …); CLOSED
   */
  getTokenWithClientId(scopes: Scopes, clientId: string, options?: TokenRequestOptions): Promise<Token> {
    return this.#pool.get(scopes, clientId, options);
  }

  /**
   * The token that a request would get without asking Spotify, or undefined if there is no such token yet, or if a
   * scope or the client ID cannot be right.
   */
  cachedToken(
    scopes: readonly string[],
    clientId: string,
    { source }: TokenRequestOptions = {},
  ): Token | undefined {
    return this.#pool.cached(scopes, clientId, source);
  }

  /**
   * The client ID that `best` stands for. It is that of an own app whose sign-in covers these scopes; else the session's,
   * unless it is reported to be refused one of them or has been refused them; else KEYMASTER. If the Web API does not
   * take the last two, an own app whose sign-in lacks a scope or has ended comes before them: its error says what to do.
   * Chosen without sending a request; `explain` says where the token would work.
   *
   * @throws SpotifyError INVALID_ARGUMENT if a text is no list of scopes
   */
  bestClientId(scopes: Scopes): string {
    return this.#pool.bestClientId(scopes);
  }

  /**
   * Where a token would come from, and why not from elsewhere. Sends no request.
   *
   * @param clientId default: the session's
   * @throws SpotifyError INVALID_ARGUMENT if a scope, the client ID or the source cannot be right
   */
  async explain(
    scopes: Scopes,
    clientId: string = this.#pool.clientId,
    source: SourceChoice = "auto",
  ): Promise<Explanation> {
    return this.#pool.explain(scopes, clientId, source);
  }

  /**
   * Whether the public Web API takes tokens of a client ID, and how that is known. Sends no request: the Web API itself
   * is asked in the background, at most once a day, after a token of one of Spotify's own client IDs was minted.
   *
   * @param clientId default: the session's
   * @throws SpotifyError INVALID_ARGUMENT if it is not a client ID
   */
  webApi(clientId: string = this.#pool.clientId): WebApiAnswer {
    return this.#pool.webApi(clientId);
  }

  /**
   * Whether the Web API takes tokens of one of Spotify's own client IDs now. If it was not asked within a day, it is asked
   * with a token for these scopes, once for all who want to know.
   *
   * @param clientId 32 hex digits
   * @param scopes at least one
   * @throws SpotifyError NOT_SIGNED_IN; CLOSED; or the abort reason of `signal`
   */
  tryWebApi(clientId: string, scopes: readonly string[], signal: AbortSignal): Promise<boolean> {
    return this.#pool.tryWebApi(scopes, clientId, signal);
  }

  /**
   * The Web API has refused a token of one of Spotify's own client IDs for good, though it was known to take them. It is
   * asked again another day.
   *
   * @param clientId 32 hex digits
   */
  refusedByWebApi(clientId: string): void {
    this.#pool.refusedByWebApi(clientId);
  }

  /** Resolves when what was remembered has been read: before that, `bestClientId` knows no app. Never rejects. */
  ready(): Promise<void> {
    return this.#pool.restore();
  }

  /**
   * A server answered 401 to this access token. It is not handed out again, and is forgotten on disk too. The next request
   * gets a fresh token: the one that has taken its place since, or one from Spotify, which is asked once however many
   * requests wait and however often this is said. Does nothing for an unknown token.
   *
   * @throws SpotifyError INVALID_ARGUMENT if it cannot be an access token
   */
  refused(accessToken: string): void {
    this.#pool.refused(accessToken);
  }
}
