/**
 * Which release of Spotify's desktop app this client says it goes with. Stale versions are reported to be refused with
 * BadCredentials (librespot-java#921), so look here first when logins fail for everybody.
 */
export interface ClientVersion<Value> {
  value: Value;
  source: string;
  /** When the source took this value. */
  date: string;
}

/** In the hello to an access point: 1.2.77.358, written as one number. */
export const ACCESS_POINT_VERSION: ClientVersion<bigint> = {
  value: 127_700_358n,
  source: "go-librespot version.go, SpotifyVersionCode",
  date: "2025-11-30",
};

/** In the request for a client token. go-librespot sends its own version there, so librespot's is the newest known. */
export const CLIENT_TOKEN_VERSION: ClientVersion<string> = {
  value: "1.2.52.442",
  source: "librespot core/src/version.rs, SPOTIFY_SEMANTIC_VERSION",
  date: "2024-12-24",
};
