import { AuthenticationType } from "../proto/gen/authentication_pb";

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

export { AuthenticationType };
