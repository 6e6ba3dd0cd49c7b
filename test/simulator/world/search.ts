/** The search of this Spotify. */
import { CATALOGUE, type ContextEntry, type ItemEntry } from "./catalogue";

const PREFIX = "spotify:search:";

/** Items that have every word in their title or artists' names. */
export function searched(words: string): ItemEntry[] {
  const parts = words
    .toLowerCase()
    .split(/\s+/)
    .filter((part) => part !== "");
  const isFound = ({ name, artists }: ItemEntry): boolean => {
    const text = [name, ...artists.map((artist) => artist.name)].join(" ").toLowerCase();
    return parts.length > 0 && parts.every((part) => text.includes(part));
  };
  return [...CATALOGUE.tracks, ...CATALOGUE.episodes].filter(isFound);
}

/**
 * The playback for a search. It is not a list of results: the best match may not be first.
 * Source: librespot core/src/spclient.rs, `get_context`: spaces are written as `+`.
 * @returns undefined if it is not the URI of a search, or nothing was found
 */
export function searchContext(uri: string): ContextEntry | undefined {
  if (!uri.startsWith(PREFIX)) return undefined;
  const words = decoded(uri.slice(PREFIX.length).replaceAll("+", " "));
  const found = searched(words).filter((item) => item.uri.startsWith("spotify:track:"));
  const [popular] = CATALOGUE.tracks;
  if (found.length === 0 || popular === undefined) return undefined;
  return { uri, name: words, items: [...new Set([popular, ...found])] };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
