/** What can be played on this Spotify. All of it is invented: no such artist, no such song. */

export interface Picture {
  /** 40 hex digits, such as `ab67616d0000b273…`; https://i.scdn.co/image/ shows it. */
  fileId: string;
  /** The length of a side in pixels. */
  size: number;
}

export interface ArtistEntry {
  /** `spotify:artist:…` */
  uri: string;
  name: string;
}

export interface AlbumEntry {
  /** `spotify:album:…`, or `spotify:show:…` */
  uri: string;
  name: string;
  artists: readonly ArtistEntry[];
  /** The same picture, largest first. */
  pictures: readonly Picture[];
}

export interface ItemEntry {
  /** `spotify:track:…`, `spotify:episode:…`, `spotify:ad:…` or `spotify:local:…` */
  uri: string;
  name: string;
  artists: readonly ArtistEntry[];
  /** The show of an episode. */
  album: AlbumEntry;
  durationMs: number;
}

export interface ContextEntry {
  /** `spotify:playlist:…`, `spotify:album:…`, `spotify:show:…`, `spotify:user:<name>:collection` … */
  uri: string;
  name: string;
  items: readonly ItemEntry[];
}
