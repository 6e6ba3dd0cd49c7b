/** A token that Spotify's own services ask for: the one of the user (login5), or the one of the client. */
export interface Credential {
  /** A token that is valid now. @throws SpotifyError if there is none; or the abort reason of `signal` */
  get(signal: AbortSignal): Promise<string>;
  /** A server refused this token: `get` does not return it again. */
  refused(token: string): void;
}
