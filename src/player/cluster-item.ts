import type { ProvidedTrack } from "../proto/gen/connect_pb";
import { localFile } from "./local-file";
import type { Names } from "./names";
import { openUrl } from "./open-url";
import { clusterPictures } from "./cluster-pictures";
import type { Artist, ItemType } from "./playback-state";
import { cleanText } from "./clean-text";
import { cleanUri } from "./clean-uri";

type Metadata = Readonly<Record<string, string>>;

/** A track, an episode or anything else that can be played, as far as the playing device says what it is. */
export interface Item extends Names {
  type: ItemType;
  uri: string | null;
  url: string | null;
}

const MAX_ARTISTS = 20;
/** A day, ms. Nothing is longer. */
const MAX_DURATION = 86_400_000;

/**
 * Reads a track of a cluster. The device that plays decides which keys its metadata has.
 *
 * Source of the keys: librespot connect/src/state/metadata.rs; go-librespot daemon/player_state.go.
 */
export function clusterItem(track: ProvidedTrack): Item {
  const { metadata } = track;
  const uri = cleanUri(track.uri);
  const local = localFile(track.uri);
  return {
    type: typeOf(track.uri),
    uri,
    url: openUrl(uri),
    ...titleAndArtists(track),
    album: cleanText(metadata["album_title"]) ?? local?.album ?? null,
    albumUri: cleanUri(metadata["album_uri"]) ?? cleanUri(track.albumUri),
    duration: milliseconds(metadata["duration"]) ?? local?.duration ?? null,
    images: clusterPictures(metadata),
  };
}

/** What the queue shows of a track. */
export function titleAndArtists({
  uri,
  metadata,
  artistUri,
}: ProvidedTrack): Pick<Item, "title" | "artists"> {
  const local = localFile(uri);
  const artists = artistsOf(metadata, artistUri);
  if (artists.length === 0 && local?.artist) artists.push({ name: local.artist, uri: null });
  return { title: cleanText(metadata["title"]) ?? local?.title ?? null, artists };
}

/** The type of an item; `other` for anything else, such as what the DJ says between two songs. */
export function typeOf(uri: string): ItemType {
  const type = /^spotify:(track|episode|ad|local):/.exec(uri)?.[1];
  return (type as ItemType | undefined) ?? "other";
}

/** The first one stands under `artist_name`, the others under `artist_name:1`, `artist_name:2`, … */
function artistsOf(metadata: Metadata, artistUri: string): Artist[] {
  const artists: Artist[] = [];
  for (let i = 0; i < MAX_ARTISTS; i++) {
    const suffix = i === 0 ? "" : `:${i}`;
    const name = cleanText(metadata[`artist_name${suffix}`]);
    if (name === null) break;
    const uri = cleanUri(metadata[`artist_uri${suffix}`]) ?? (i === 0 ? cleanUri(artistUri) : null);
    artists.push({ name, uri });
  }
  return artists;
}

function milliseconds(text = ""): number | null {
  return /^\d{1,8}$/.test(text) ? durationOf(Number(text)) : null;
}

/** A duration in ms; null if it is 0, negative or longer than a day. */
export function durationOf(value: number): number | null {
  return value > 0 && value <= MAX_DURATION ? value : null;
}
