import { SpotifyError } from "../core/errors";
import type { Grant } from "../account/grant";
import type { Grants } from "../account/grants";
import { OAuthRefusal, type TokenEndpoint } from "../oauth/token-endpoint";
import { Backoff } from "../async/backoff";
import { settledWithin } from "../async/deadline";
import { retry } from "../async/retry";
import { SingleFlight } from "../async/single-flight";
import type { AppCheck } from "./app-check";
import { displayClientId } from "../core/client-id";
import { isSpotifysOwn } from "../core/knowledge";
import type { MintedToken, TokenSource } from "../core/token";

/** How often a refresh that met a fault of the server (5xx) or of the line is made in all. */
const MAX_TRIES = 3;
const MINIMUM_LIFETIME = 60;
/** Node-RED gives a node 15 s to close, ms. */
const CLOSE_LIMIT = 8_000;

/**
 * OAuth: access tokens from the grants of a session, each for the client ID it was given to.
 *
 * One refresh for each grant at a time, however many ask. A refresh token that takes the place of another is on disk
 * before the access token that came with it is handed out: whenever the power fails, the grant is there.
 *
 * Source: RFC 6749, section 6.
 */
export class OAuth implements TokenSource {
  readonly name = "oauth";
  readonly #grants: Grants;
  readonly #endpoint: TokenEndpoint;
  readonly #apps: AppCheck;
  /** By client ID. A refresh goes on without its callers: Spotify may have replaced the refresh token already. */
  readonly #refreshing = new SingleFlight<string, MintedToken>({ whenLeft: "goOn" });
  /** Tokens of grants whose account is not known yet: they wait for its name. By client ID. */
  readonly #unnamed = new Map<string, { of: number; minted: MintedToken }>();

  constructor(grants: Grants, endpoint: TokenEndpoint, apps: AppCheck) {
    this.#grants = grants;
    this.#endpoint = endpoint;
    this.#apps = apps;
  }

  /** The grant of this client ID, whatever it covers, and be it over. */
  grant(clientId: string): Grant | undefined {
    return this.#grants.get(clientId);
  }

  /** Since when, and until when, an app may not be used for its owner's sake. */
  refusal(clientId: string): { since: number; until: number } | undefined {
    return this.#apps.refusal(clientId);
  }

  /**
   * The client ID of an app whose grant is good and covers the scopes: a user's own before Spotify's, because the Web API
   * takes its tokens.
   * @param refused also one that may not be used for its owner's sake
   */
  appFor(scopes: readonly string[], refused = false): string | undefined {
    // Asked with every message, and mostly there is none.
    if (this.#grants.isEmpty) return undefined;
    const mayServe = (clientId: string): boolean => refused || this.#apps.refusal(clientId) === undefined;
    const isOwn = (clientId: string): boolean => !isSpotifysOwn(clientId) && mayServe(clientId);
    return (this.#grants.covering(scopes, isOwn) ?? this.#grants.covering(scopes, mayServe))?.clientId;
  }

  /** The client ID of the user's own app that was signed in last, whatever its grant covers; one that is over comes last. */
  ownApp(): string | undefined {
    if (this.#grants.isEmpty) return undefined;
    const isOwn = (clientId: string): boolean => !isSpotifysOwn(clientId);
    const grant = this.#grants.covering([], isOwn) ?? this.#grants.all().find((one) => isOwn(one.clientId));
    return grant?.clientId;
  }

  /**
   * @throws SpotifyError NOT_SIGNED_IN without a grant of this client ID; INVALID_SCOPE where it does not cover the
   *   scopes; PREMIUM_REQUIRED where the app's owner has none; SIGN_IN_EXPIRED, once and for all, where Spotify no longer accepts it; RATE_LIMITED; UNREACHABLE, TIMEOUT,
   *   PROTOCOL_ERROR; or the abort reason of `signal`
   */
  async mint(scopes: readonly string[], clientId: string, signal: AbortSignal): Promise<MintedToken> {
    const grant = this.#grants.get(clientId);
    if (!grant) throw notSignedIn(clientId, scopes);
    if (grant.endedAt !== undefined) throw new OAuthRefusal("invalid_grant", clientId);
    throwIfMissing(scopes, grant.scopes, clientId);
    this.#apps.throwIfRefused(clientId);
    const minted = await this.#refreshing.join(clientId, signal, (closing) => this.#tokenOf(grant, closing));
    // Spotify may have left less of the grant than there was.
    throwIfMissing(scopes, minted.scopes ?? scopes, clientId);
    return minted;
  }

  /**
   * Resolves when no refresh is under way, for one that Spotify has answered must not be lost; or after a few seconds, for
   * Node-RED does not wait for ever.
   */
  async close(): Promise<void> {
    this.#refreshing.close();
    await settledWithin(CLOSE_LIMIT, this.#refreshing.settled());
  }

  async #tokenOf(grant: Grant, closing: AbortSignal): Promise<MintedToken> {
    const { clientId, username, authorizedAt } = grant;
    const waiting = this.#unnamed.get(clientId);
    const minted =
      waiting?.of === authorizedAt && isFresh(waiting.minted)
        ? waiting.minted
        : await this.#refresh(grant, closing);
    // Kept, so that waiting for the name costs Spotify's token endpoint one request, however often a flow asks.
    if (username === undefined) this.#unnamed.set(clientId, { of: authorizedAt, minted });
    await this.#apps.look(grant, minted.accessToken, closing);
    this.#unnamed.delete(clientId);
    return minted;
  }

  /** Refreshes again after a fault of the server or of the network. A closed session does not wait for that. */
  async #refresh(grant: Grant, closing: AbortSignal): Promise<MintedToken> {
    try {
      const backoff = new Backoff(500, 4_000);
      const options = { tries: MAX_TRIES, backoff, signal: closing, mayHelp: isPassing };
      return await retry(() => this.#refreshOnce(grant), options);
    } catch (error) {
      const isOver = error instanceof OAuthRefusal && error.error === "invalid_grant";
      // False if a newer sign-in has replaced this grant meanwhile.
      if (isOver && (await this.#grants.end(grant.clientId, grant.refreshToken))) this.#onExpired(grant);
      throw error;
    }
  }

  async #refreshOnce({ clientId, refreshToken, scopes }: Grant): Promise<MintedToken> {
    const askedAt = Date.now();
    const answer = await this.#endpoint.ask(clientId, {
      grant_type: "refresh_token",
      refresh_token: refreshToken,
    });
    // The user has signed out or signed in again meanwhile: the token belongs to a sign-in that is gone.
    if (!(await this.#grants.refreshed(clientId, refreshToken, answer))) throw notSignedIn(clientId);
    const { accessToken, lifetime } = answer;
    if (lifetime <= MINIMUM_LIFETIME) {
      throw new SpotifyError("PROTOCOL_ERROR", `Spotify gave a token that lives for ${lifetime} s only.`);
    }
    return { accessToken, lifetime, askedAt, scopes: answer.scopes ?? scopes, source: "oauth" };
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof SpotifyError && (error.code === "UNREACHABLE" || error.code === "TIMEOUT");
}

function isFresh({ askedAt, lifetime }: MintedToken): boolean {
  return (askedAt ?? 0) + (lifetime - MINIMUM_LIFETIME) * 1000 > Date.now();
}

function notSignedIn(clientId: string, scopes?: readonly string[]): SpotifyError {
  const message = `Nobody has signed in with the app ${displayClientId(clientId)}. Sign in with it in the account's dialog.`;
  return new SpotifyError("NOT_SIGNED_IN", message, { clientId, ...(scopes && { scopes: [...scopes] }) });
}

/** @throws SpotifyError INVALID_SCOPE, naming those of `scopes` that were not granted */
function throwIfMissing(scopes: readonly string[], granted: readonly string[], clientId: string): void {
  const missing = scopes.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return;
  const message =
    `Permission missing: the sign-in with ${displayClientId(clientId)} does not cover ${missing.join(", ")}. ` +
    "In the account's dialog, sign in again with it, for these scopes too.";
  throw new SpotifyError("INVALID_SCOPE", message, { clientId, scopes: [...scopes] });
}
