import type { Playable, SearchType } from "./command";

/** What commands ask Spotify beside the player. */
export interface Lookups {
  /**
   * The best match for some words.
   * @throws SpotifyError INVALID_ARGUMENT if nothing was found; NOT_SIGNED_IN, which says what to sign in with; or why
   *   Spotify cannot be asked
   */
  search(words: string, type: SearchType | undefined, signal: AbortSignal): Promise<Playable>;
  /**
   * Adds to or removes from the library of the account.
   * @throws SpotifyError NOT_SIGNED_IN, which says what to sign in with; or why Spotify cannot be asked
   */
  like(uris: readonly string[], isLiked: boolean, signal: AbortSignal): Promise<void>;
}
