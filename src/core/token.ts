/** Where a token came from. */
export type TokenSourceName = "keymaster" | "login5" | "oauth";

/** Where a token works: on the public Web API, or on Spotify's own services only. */
export type Audience = "web-api" | "spotify-internal";

/** An access token. Every call returns a new object. */
export interface Token {
  accessToken: string;
  tokenType: "Bearer";
  /** Seconds left now; at least 60. */
  expiresIn: number;
  /** ms since the epoch */
  expiresAt: number;
  /** Those granted; null if Spotify did not say. */
  scopes: string[] | null;
  /** 32 hex digits */
  clientId: string;
  source: TokenSourceName;
  audience: Audience;
}

/** A token as a source mints it. */
export interface MintedToken {
  accessToken: string;
  /** Seconds of life, counted from when it was requested. */
  lifetime: number;
  /** When it was requested, ms since the epoch, if that may be before `mint` was called. */
  askedAt?: number;
  scopes: string[] | null;
  source: TokenSourceName;
}

/** One way to get tokens from Spotify. */
export interface TokenSource {
  readonly name: TokenSourceName;
  /**
   * Mints a token that has these scopes, for this client ID.
   * @throws SpotifyError, or the abort reason of `signal`
   */
  mint(scopes: readonly string[], clientId: string, signal: AbortSignal): Promise<MintedToken>;
}
