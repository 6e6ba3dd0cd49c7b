import type { Artist, Picture } from "./playback-state";

/** What Spotify's catalogue says of a track, an episode, an album, an artist, a show or a playlist. */
export interface Names {
  /** The title of an item, or the name of anything else. */
  title: string | null;
  artists: Artist[];
  /** The album of a track, or the show of an episode. */
  album: string | null;
  albumUri: string | null;
  /** ms */
  duration: number | null;
  images: Picture[];
}

/** Names of which only these are known. */
export function partialNames(known: Partial<Names>): Names {
  return { title: null, artists: [], album: null, albumUri: null, duration: null, images: [], ...known };
}

/** Where names come from if the playing device does not send them. */
export interface NameSource {
  /** What is remembered; undefined if it was not looked up, or could not be found. Sends no request. */
  known(uri: string): Names | undefined;
  /** Whether `lookUp` would ask for this URI: it is not remembered, and was not looked up in vain a short while ago. */
  wants(uri: string): boolean;
  /** Looks up what is not remembered, in as few requests as possible. Resolves also if nothing is found. */
  lookUp(uris: readonly string[], signal: AbortSignal): Promise<void>;
}
