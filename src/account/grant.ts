import type { OAuthTokens } from "../oauth/token-endpoint";

/** What a sign-in with OAuth left behind: the right to access tokens for one client ID, for about six months. */
export interface Grant {
  /** 32 hex digits */
  clientId: string;
  refreshToken: string;
  /** Those granted. */
  scopes: string[];
  /** When the user agreed, ms since the epoch. Refreshing does not move it. */
  authorizedAt: number;
  /** Whose account it is; undefined where Spotify could not say it yet. It then gives no token. */
  username: string | undefined;
  /** When Spotify said that it is over, ms since the epoch. Its refresh token is forgotten then. */
  endedAt?: number;
  /** When the Web API last took a token of the app, ms since the epoch. */
  checkedAt?: number;
}

/**
 * How long a grant lives from the day the user agreed, whether it is refreshed or not, ms. Spotify says six months; the
 * shortest six months of a year have 181 days. Source: Spotify, for new apps at once and existing ones from 2026-07-20.
 */
export const GRANT_LIFE = 181 * 86_400_000;

/** When a grant is over, ms since the epoch. */
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

/** The grant of a document, or undefined where it is none. */
export function parseGrant(document: unknown): Grant | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const { clientId, refreshToken, scopes, authorizedAt, username, endedAt, checkedAt } =
    document as Partial<Grant>;
  if (typeof clientId !== "string" || !/^[0-9a-f]{32}$/.test(clientId)) return undefined;
  if (typeof refreshToken !== "string") return undefined;
  if (username !== undefined && typeof username !== "string") return undefined;
  if (refreshToken === "" && endedAt === undefined) return undefined;
  if (typeof authorizedAt !== "number" || !Number.isFinite(authorizedAt)) return undefined;
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === "string")) return undefined;
  const grant: Grant = { clientId, refreshToken, scopes, authorizedAt, username };
  if (typeof endedAt === "number") grant.endedAt = endedAt;
  if (typeof checkedAt === "number") grant.checkedAt = checkedAt;
  return grant;
}
