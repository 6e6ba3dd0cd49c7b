/** A playlist that is in an account's library: made by its owner, or followed. Plain JSON. */
export interface Playlist {
  /** `spotify:playlist:` and 22 letters and digits. */
  uri: string;
  name: string;
  /** The owner's name; their username if Spotify does not say the name. */
  owner: string | null;
  /** URL of the largest picture. Spotify shows the covers of four albums if there is none. */
  image: string | null;
  /** How many items it has. */
  tracks: number | null;
}

/** How many playlists are listed. */
export const MOST_PLAYLISTS = 500;
