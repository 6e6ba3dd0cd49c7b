import type { OAuthTokens } from "../oauth/token-endpoint";

/** The result of a sign-in with OAuth: the right to access tokens for one client ID, for about six months. */
export interface Grant {
  /** 32 hex digits */
  clientId: string;
  refreshToken: string;
  /** Those that were granted. */
  scopes: string[];
  /** When the user agreed, ms since the epoch. Refreshing does not move it. */
  authorizedAt: number;
  /** Whose account it is; undefined while Spotify has not said it. The grant gives no token then. */
  username: string | undefined;
  /** When Spotify refused its refresh token, ms since the epoch. The token is forgotten then. */
  endedAt?: number;
  /** When the Web API last took a token of the app, ms since the epoch. */
  checkedAt?: number;
  /** A fingerprint of the refresh token that Spotify refused, if the grant has ended. */
  endedWith?: string;
  /** The access token that came with the refresh token, for the other sessions that share the account. */
  minted?: GrantedToken;
  /** The name of the copy of a user directory in which the user agreed, if it was one. */
  copyId?: string;
}

/** An access token, stored with the grant that gave it. */
export interface GrantedToken {
  accessToken: string;
  /** When it was asked for, ms since the epoch. */
  askedAt: number;
  /** Seconds. */
  lifetime: number;
  scopes: string[];
}

/** How many an account may have. */
export const MAX_GRANTS = 32;

/**
 * How long a grant lives from the day the user agreed, whether it is refreshed or not, ms. Spotify says six months; the
 * shortest six months of a year have 181 days. Source: Spotify, for new apps at once and existing ones from 2026-07-20.
 */
export const GRANT_LIFE = 181 * 86_400_000;

/** When a grant ends, ms since the epoch. */
export function grantEnds(grant: Pick<Grant, "authorizedAt">): number {
  return grant.authorizedAt + GRANT_LIFE;
}

/** What a sign-in knows of its grant beside what Spotify answered. */
type GrantContext = Pick<Grant, "clientId" | "username" | "authorizedAt"> & {
  /** The scopes that were asked for: Spotify may leave them out of its answer if it granted all. */
  asked: readonly string[];
  checkedAt?: number | undefined;
};

/** The grant that Spotify's answer to a sign-in holds. The answer must have a refresh token. */
export function grantOf(tokens: OAuthTokens, { asked, checkedAt, ...context }: GrantContext): Grant {
  const scopes = tokens.scopes ?? [...asked];
  const grant: Grant = { ...context, refreshToken: tokens.refreshToken!, scopes };
  if (checkedAt !== undefined) grant.checkedAt = checkedAt;
  return grant;
}

/** The grants that were stored, one for each client ID. What is malformed is left out. */
export function parseGrants(value: unknown): readonly Grant[] {
  const grants = new Map<string, Grant>();
  for (const document of Array.isArray(value) ? value.slice(0, MAX_GRANTS) : []) {
    const grant = parseGrant(document);
    if (grant) grants.set(grant.clientId, grant);
  }
  return [...grants.values()];
}

function parseGrant(document: unknown): Grant | undefined {
  const { clientId, refreshToken, scopes, authorizedAt, username, ...rest } = (document ?? {}) as Grant;
  const { endedAt, checkedAt, endedWith, copyId } = rest;
  const texts: unknown[] = [clientId, refreshToken, username === undefined ? "" : username];
  if (!texts.every((text) => typeof text === "string") || !/^[0-9a-f]{32}$/.test(clientId)) return undefined;
  if (refreshToken === "" && typeof endedAt !== "number") return undefined;
  if (!Number.isFinite(authorizedAt) || !Array.isArray(scopes)) return undefined;
  if (!scopes.every((scope: unknown) => typeof scope === "string")) return undefined;
  const grant: Grant = { clientId, refreshToken, scopes, authorizedAt, username };
  if (typeof endedAt === "number") grant.endedAt = endedAt;
  if (typeof checkedAt === "number") grant.checkedAt = checkedAt;
  if (typeof endedWith === "string") grant.endedWith = endedWith;
  const minted = parseGrantedToken(rest.minted);
  if (minted) grant.minted = minted;
  if (typeof copyId === "string") grant.copyId = copyId;
  return grant;
}

function parseGrantedToken(document: unknown): GrantedToken | undefined {
  const { accessToken, askedAt, lifetime, scopes } = (document ?? {}) as GrantedToken;
  if (typeof accessToken !== "string" || accessToken === "" || !Array.isArray(scopes)) return undefined;
  if (!Number.isFinite(askedAt) || !Number.isFinite(lifetime)) return undefined;
  if (!scopes.every((scope: unknown) => typeof scope === "string")) return undefined;
  return { accessToken, askedAt, lifetime, scopes };
}
