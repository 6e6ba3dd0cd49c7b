import { SpotifyError } from "../core/errors";
import type { Grant } from "../account/grant";
import type { Grants } from "../account/grants";
import { OAuthRefusal, type TokenEndpoint } from "../oauth/token-endpoint";
import { Backoff } from "../async/backoff";
import { settledWithin } from "../async/deadline";
import { retry } from "../async/retry";
import { SingleFlight } from "../async/single-flight";
import { isSpotifysOwn } from "../core/knowledge";
import type { MintedToken } from "../core/token";
import type { AppCheck } from "./app-check";
import type { Refusal } from "./decide";
import type { GrantSource } from "./grant-source";
import { heldBack, noGrant, permissionMissing } from "./token-errors";

/** How often a refresh is tried in all if the server has a fault (5xx) or cannot be reached. */
const MAX_TRIES = 3;
const MINIMUM_LIFETIME = 60;
/** Node-RED gives a node 15 s to close, ms. */
const CLOSE_LIMIT = 8_000;

/** The other sessions that may refresh the same grants. */
export interface RefreshSharing {
  /** Whether there can be any. */
  readonly isShared: boolean;
  /**
   * Runs a refresh while no other session refreshes the same grant, with the grants as they are stored then.
   * @param signal ends the wait, and not the refresh
   * @throws SpotifyError UNREACHABLE if the other sessions cannot be asked
   */
  inTurn<T>(name: string, signal: AbortSignal, refresh: () => Promise<T>): Promise<T>;
  /** Whether this session has had an access token: one that it has not had is newer. */
  hasHad(accessToken: string): boolean;
}

/**
 * OAuth: access tokens from the grants of a session, each for the client ID it was given to.
 *
 * A grant is refreshed once at a time, however many ask. A new refresh token is on disk before the access token that came
 * with it is handed out: the grant survives a power cut at any moment.
 *
 * Source: RFC 6749, section 6.
 */
export class OAuth implements GrantSource {
  readonly name = "oauth";
  /** By client ID. A refresh goes on without its callers: Spotify may have replaced the refresh token already. */
  readonly #refreshing = new SingleFlight<string, MintedToken>({ whenLeft: "goOn" });
  /** Tokens of grants whose account is not known yet, by client ID: they are handed out when its name is known. */
  readonly #unnamed = new Map<string, { of: number; minted: MintedToken }>();

  constructor(
    private readonly grants: Grants,
    private readonly endpoint: TokenEndpoint,
    private readonly apps: AppCheck,
    private readonly sharing: RefreshSharing,
  ) {}

  grant(clientId: string): Grant | undefined {
    return this.grants.get(clientId);
  }

  isHeldBack(clientId: string): boolean {
    const grant = this.grants.get(clientId);
    return grant !== undefined && this.grants.isHeldBack(grant);
  }

  refusal(clientId: string): Refusal | undefined {
    return this.apps.refusal(clientId);
  }

  /** A user's own app comes before Spotify's, because the Web API takes its tokens. */
  appFor(scopes: readonly string[], refused = false): string | undefined {
    // Asked with every message, and mostly there is no grant.
    if (this.grants.isEmpty) return undefined;
    const mayServe = (clientId: string): boolean => refused || this.apps.refusal(clientId) === undefined;
    const isOwn = (clientId: string): boolean => !isSpotifysOwn(clientId) && mayServe(clientId);
    return (this.grants.covering(scopes, isOwn) ?? this.grants.covering(scopes, mayServe))?.clientId;
  }

  ownApp(): string | undefined {
    if (this.grants.isEmpty) return undefined;
    const isOwn = (clientId: string): boolean => !isSpotifysOwn(clientId);
    const grant = this.grants.covering([], isOwn) ?? this.grants.all().find((one) => isOwn(one.clientId));
    return grant?.clientId;
  }

  /**
   * @throws SpotifyError NOT_SIGNED_IN without a grant of this client ID, or if it is held back; SIGN_IN_EXPIRED, for good, if Spotify no longer
   *   accepts it; INVALID_SCOPE if it does not cover the scopes; PREMIUM_REQUIRED if the app's owner has none;
   *   RATE_LIMITED; UNREACHABLE, TIMEOUT, PROTOCOL_ERROR; or the abort reason of `signal`
   */
  async mint(scopes: readonly string[], clientId: string, signal: AbortSignal): Promise<MintedToken> {
    const grant = this.grants.get(clientId);
    if (!grant) throw noGrant(clientId, scopes);
    if (grant.endedAt !== undefined) throw new OAuthRefusal("invalid_grant", clientId);
    if (this.grants.isHeldBack(grant)) throw heldBack(clientId, scopes);
    const minted = await this.#refreshing.join(clientId, signal, (closing) => this.#tokenOf(grant, closing));
    // Spotify may have taken scopes away from the grant.
    const missing = scopes.filter((scope) => minted.scopes?.includes(scope) === false);
    if (missing.length > 0) throw permissionMissing(clientId, scopes, missing);
    return minted;
  }

  /**
   * Resolves when no refresh is under way, because its answer must not be lost; or after a few seconds, because Node-RED
   * does not wait longer.
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
    // Kept, so that the token endpoint is asked once while the name is not known, however often a flow asks.
    if (username === undefined) this.#unnamed.set(clientId, { of: authorizedAt, minted });
    await this.apps.check(grant, minted.accessToken, closing);
    this.#unnamed.delete(clientId);
    return minted;
  }

  /**
   * One refresh for all sessions that share the account. Spotify may replace the refresh token with each refresh, and the
   * old one is dead at once: no other session may use it meanwhile.
   */
  #refresh(grant: Grant, closing: AbortSignal): Promise<MintedToken> {
    const { clientId } = grant;
    const isNew = this.#newerThanNow();
    return this.sharing.inTurn(`refresh ${clientId}`, closing, async () => {
      const now = this.grants.get(clientId);
      if (!now) throw noGrant(clientId);
      if (now.endedAt !== undefined) throw new OAuthRefusal("invalid_grant", clientId);
      const adopted = now.minted && ({ ...now.minted, source: "oauth" } satisfies MintedToken);
      if (adopted && isFresh(adopted) && isNew(adopted.accessToken)) return adopted;
      return retry(() => this.#refreshOnce(now), {
        tries: MAX_TRIES,
        backoff: new Backoff(500, 4_000),
        signal: closing,
        mayHelp: isPassing,
      });
    });
  }

  /** Tells a token that another session minted after this moment from one that does not serve any more. */
  #newerThanNow(): (accessToken: string) => boolean {
    const tokens = this.grants.all().flatMap(({ minted }) => minted?.accessToken ?? []);
    const had = new Set(tokens.filter((accessToken) => this.sharing.hasHad(accessToken)));
    return (accessToken) => !had.has(accessToken);
  }

  async #refreshOnce(grant: Grant, mayBeOld = true): Promise<MintedToken> {
    const { clientId, refreshToken } = grant;
    const askedAt = Date.now();
    try {
      const form = { grant_type: "refresh_token", refresh_token: refreshToken };
      const answer = await this.endpoint.ask(clientId, form);
      const { accessToken, lifetime, scopes } = answer;
      const minted = { accessToken, lifetime, askedAt, scopes: scopes ?? grant.scopes };
      const isUsable = lifetime > MINIMUM_LIFETIME;
      // The user has signed out, or in again, while this was asked: the token is not theirs any more.
      const forOthers = this.sharing.isShared && isUsable ? minted : undefined;
      if (!(await this.grants.refreshed(clientId, refreshToken, answer, forOthers))) throw noGrant(clientId);
      if (isUsable) return { ...minted, source: "oauth" };
      throw new SpotifyError("PROTOCOL_ERROR", `Spotify gave a token that lives for ${lifetime} s only.`);
    } catch (error) {
      const isRevoked = error instanceof OAuthRefusal && error.error === "invalid_grant";
      if (!isRevoked) throw error;
      const other = mayBeOld ? await this.#otherThan(grant) : undefined;
      if (other) return this.#refreshOnce(other, false);
      // A new sign-in that was made while this was asked is not ended.
      await this.grants.end(clientId, refreshToken);
      throw error;
    }
  }

  /**
   * The grant as another process has refreshed it: on one file, two processes cannot take turns.
   * @throws the store's error: then it is not known whether the sign-in is over
   */
  async #otherThan({ clientId, refreshToken }: Grant): Promise<Grant | undefined> {
    await this.grants.reread();
    const now = this.grants.get(clientId);
    return now?.endedAt === undefined && now?.refreshToken !== refreshToken ? now : undefined;
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof SpotifyError && (error.code === "UNREACHABLE" || error.code === "TIMEOUT");
}

function isFresh({ askedAt, lifetime }: MintedToken): boolean {
  return (askedAt ?? 0) + (lifetime - MINIMUM_LIFETIME) * 1000 > Date.now();
}
