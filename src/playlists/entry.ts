import { cleanText } from "../player/clean-text";
import { parseSpotifyUri } from "../player/spotify-id";
import type { Playlist } from "./playlist";

/** An object of a document. Its fields may hold anything. */
export type Fields = Readonly<Partial<Record<string, unknown>>>;

/** What a document says of a playlist. */
export interface Entry {
  uri: unknown;
  name: unknown;
  owner: unknown;
  image: string | null;
  tracks: unknown;
}

/** @returns undefined if it is no playlist, or has no name: then it was deleted, or is closed to this account */
export function readEntry({ uri, name, owner, image, tracks }: Entry): Playlist | undefined {
  const read = typeof uri === "string" ? parseSpotifyUri(uri) : undefined;
  const title = cleanText(name);
  if (read?.kind !== "playlist" || title === null) return undefined;
  const isCount = typeof tracks === "number" && Number.isSafeInteger(tracks) && tracks >= 0;
  return {
    uri: `spotify:playlist:${read.id}`,
    name: title,
    owner: cleanText(owner),
    image,
    tracks: isCount ? tracks : null,
  };
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
