/** The kinds of credentials. Source: librespot protocol/proto/authentication.proto. */
export enum AuthenticationType {
  AUTHENTICATION_USER_PASS = 0,
  AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS = 1,
  AUTHENTICATION_STORED_FACEBOOK_CREDENTIALS = 2,
  AUTHENTICATION_SPOTIFY_TOKEN = 3,
  AUTHENTICATION_FACEBOOK_TOKEN = 4,
}

/**
 * What an access point accepts as a login: a stored credential from an earlier welcome (type 1, valid for years), or an
 * OAuth access token (type 3, valid for an hour).
 */
export interface Credentials {
  /** The canonical username; absent if only Spotify knows it, as with an access token. */
  username?: string;
  authType: AuthenticationType;
  authData: Uint8Array;
}

/** Credentials from an OAuth access token of the desktop client ID. */
export function accessTokenCredentials(accessToken: string): Credentials {
  return {
    authType: AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN,
    authData: Buffer.from(accessToken, "utf8"),
  };
}
