/**
 * Grants of users to apps: the life of refresh tokens.
 * Source: facts of 2026: six months from the authorisation, not extended by refreshing; a refresh token that was
 * rotated is invalid at once. RFC 6749, 6.
 */
import { randomBytes } from "node:crypto";
import { Account, type Accounts, type IssuedToken } from "./accounts";
import { BoundedMap } from "../bounded-map";
import { OAuthError } from "../accounts/oauth";
import type { Policy } from "./policy";

/** The grant of an account to an app. */
export interface Authorization {
  username: string;
  clientId: string;
  scopes: readonly string[];
}

export interface Grant extends Authorization {
  id: number;
  /** Milliseconds since the epoch. The grant's life counts from here. */
  authorizedAt: number;
  /** The valid one. */
  refreshToken: string;
  isRevoked: boolean;
}

export interface Refreshed {
  grant: Grant;
  /** The refresh token in the answer; undefined if the answer has none. */
  refreshToken: string | undefined;
}

const MAX_GRANTS = 10_000;
const MAX_REFRESH_TOKENS = 100_000;

export class Grants {
  readonly #policy: Policy;
  readonly #accounts: Accounts;
  readonly #grants = new BoundedMap<number, Grant>(MAX_GRANTS);
  /** By all refresh tokens that were ever given out. */
  readonly #byRefreshToken = new BoundedMap<string, Grant>(MAX_REFRESH_TOKENS);
  #lastId = 0;

  constructor(policy: Policy, accounts: Accounts) {
    this.#policy = policy;
    this.#accounts = accounts;
  }

  /** All grants, including ended ones, oldest first. */
  all(): Grant[] {
    return [...this.#grants.values()];
  }

  begin({ username, clientId, scopes }: Authorization): Grant {
    const grant: Grant = {
      id: ++this.#lastId,
      username,
      clientId,
      scopes: [...scopes],
      authorizedAt: Date.now(),
      refreshToken: "",
      isRevoked: false,
    };
    this.#grants.set(grant.id, grant);
    this.#renewRefreshToken(grant);
    return grant;
  }

  /** Takes over a grant of an earlier simulator. */
  recall(grant: Grant): void {
    this.#lastId = Math.max(this.#lastId, grant.id);
    this.#grants.set(grant.id, { ...grant });
    this.#byRefreshToken.set(grant.refreshToken, this.#grants.get(grant.id)!);
  }

  /**
   * Uses a refresh token, which is invalid after that if the policy rotates.
   * @param scopes fewer than were granted, or undefined for all
   * @param reused called if the token was already rotated
   * @throws OAuthError
   */
  refresh(
    refreshToken: string,
    clientId: string,
    scopes: readonly string[] | undefined,
    reused: () => void,
  ): Refreshed {
    const grant = this.#byRefreshToken.get(refreshToken);
    if (grant === undefined || grant.clientId !== clientId) {
      throw new OAuthError("invalid_grant", "Invalid refresh token");
    }
    const isRotatedAway = grant.refreshToken !== refreshToken;
    if (isRotatedAway) reused();
    if (isRotatedAway || grant.isRevoked || this.#isOver(grant)) {
      throw new OAuthError("invalid_grant", "Refresh token revoked");
    }
    if (scopes !== undefined && !scopes.every((scope) => grant.scopes.includes(scope))) {
      throw new OAuthError("invalid_scope", "Invalid scope");
    }
    const rotation = this.#policy.refreshRotation;
    if (rotation === "rotate") this.#renewRefreshToken(grant);
    return { grant, refreshToken: rotation === "omit" ? undefined : grant.refreshToken };
  }

  /** A new access token of this grant. */
  mintAccessToken(grant: Grant, scopes: readonly string[] = grant.scopes): IssuedToken {
    return this.#accounts.mintOauth(grant.username, {
      clientId: grant.clientId,
      scopes,
      grant: grant.id,
      lifetime: this.#policy.oauthTokenLifetime,
    });
  }

  /**
   * Like "remove access" on the account's page: no more refreshes; access tokens stay valid until they expire.
   * @returns whether there was anything to revoke
   */
  revoke(which: string | Account): boolean {
    const grants =
      which instanceof Account
        ? this.all().filter(({ username }) => username === which.username)
        : [this.#byRefreshToken.get(which)];
    const alive = grants.filter((grant) => grant !== undefined).filter(({ isRevoked }) => !isRevoked);
    for (const grant of alive) grant.isRevoked = true;
    return alive.length > 0;
  }

  /** Ends a grant whose code was used twice, and its access tokens. RFC 6749, 4.1.2. */
  revokeWithAccessTokens(grant: Grant): void {
    grant.isRevoked = true;
    this.#accounts.revokeTokensOf(grant.id);
  }

  #isOver({ authorizedAt }: Grant): boolean {
    return Date.now() >= authorizedAt + this.#policy.grantLife * 1000;
  }

  #renewRefreshToken(grant: Grant): void {
    // In the form of real ones: "AQ", 131 characters, base64url.
    grant.refreshToken = `AQ${randomBytes(99).toString("base64url").slice(0, 129)}`;
    this.#byRefreshToken.set(grant.refreshToken, grant);
  }
}
