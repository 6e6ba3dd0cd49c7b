import { AuthenticationType } from "../proto/gen/authentication_pb";

/**
 * What an access point accepts as proof of who somebody is: a stored credential that an earlier welcome
 * handed out (type 1, good for years), or an OAuth access token (type 3, good for an hour).
 */
export interface Credentials {
  /** The canonical username; absent where only Spotify knows it, as with an access token. */
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
