/**
 * Search, and the items in a person's library.
 * Source: developer.spotify.com, Web API reference and february-2026-migration-guide (`limit` of at most 10; `/me/library`).
 */
import type { HttpAnswer } from "../http";
import {
  CATALOGUE,
  findContext,
  findItem,
  type AlbumEntry,
  type ArtistEntry,
  type ContextEntry,
} from "../world/catalogue";
import { searched } from "../world/search";
import type { Call, Route } from "./call";
import { offsetPage, rangeOf } from "./pages";
import { refusal } from "./refusal";
import { itemObject } from "./web-api-objects";

const SEARCH = "/v1/search";
const SEARCH_LIMITS = { most: 10, usual: 5 };
/** Source: developer.spotify.com, “Save Items to Library” (quoted in LargeModGames/spotatui#518). */
const MAX_URIS = 40;
const CHANGE = ["user-library-modify"];

export const LIBRARY_ROUTES: Readonly<Record<string, Route>> = {
  "GET /v1/search": { scopes: [], answer: search },
  "PUT /v1/me/library": { scopes: CHANGE, answer: (call) => change(call, true) },
  "DELETE /v1/me/library": { scopes: CHANGE, answer: (call) => change(call, false) },
  "GET /v1/me/library/contains": { scopes: ["user-library-read"], answer: contains },
};

/** In the addresses of other pages the words are called `query` (spotipy#868), so this name is accepted too. */
function search({ query }: Call): HttpAnswer {
  const words = query.get("q") ?? query.get("query") ?? "";
  if (words === "") return refusal(400, "No search query");
  const range = rangeOf(query, SEARCH_LIMITS);
  if ("status" in range) return range;
  const types = (query.get("type") ?? "").split(",");
  const isNamed = ({ name }: { name: string }): boolean => name.toLowerCase().includes(words.toLowerCase());
  const items = (type: string) => (): object =>
    offsetPage(
      SEARCH,
      { query: words, type },
      searched(words).filter(({ uri }) => uri.startsWith(`spotify:${type}:`)),
      range,
      itemObject,
    );
  const simple =
    (type: string, entries: readonly (ArtistEntry | AlbumEntry | ContextEntry)[]) => (): object =>
      offsetPage(SEARCH, { query: words, type }, entries.filter(isNamed), range, simpleObject);
  const byType: Readonly<Record<string, () => object>> = {
    track: items("track"),
    episode: items("episode"),
    album: simple("album", CATALOGUE.albums),
    artist: simple("artist", CATALOGUE.artists),
    playlist: simple("playlist", CATALOGUE.playlists),
    show: simple("show", CATALOGUE.shows),
  };
  if (types.some((type) => byType[type] === undefined)) return refusal(400, "Bad search type field");
  const found = types.map((type) => [`${type}s`, byType[type]?.()]);
  return { status: 200, body: Object.fromEntries(found) as object };
}

function simpleObject(entry: ArtistEntry | AlbumEntry | ContextEntry): object {
  const { uri, name } = entry;
  const by = "artists" in entry ? { artists: entry.artists.map(simpleObject) } : {};
  return { uri, name, type: uri.split(":")[1], ...by };
}

function change({ account, query }: Call, isAdded: boolean): HttpAnswer {
  const uris = urisOf(query);
  if (uris === undefined) return refusal(400, "Invalid uris");
  for (const uri of uris) {
    if (isAdded) account.library.add(uri);
    else account.library.delete(uri);
  }
  return { status: 200 };
}

function contains({ account, query }: Call): HttpAnswer {
  const uris = urisOf(query);
  if (uris === undefined) return refusal(400, "Invalid uris");
  return { status: 200, body: uris.map((uri) => account.library.has(uri)) };
}

function urisOf(query: URLSearchParams): string[] | undefined {
  const uris = (query.get("uris") ?? "").split(",").filter((uri) => uri !== "");
  const isGood = uris.length > 0 && uris.length <= MAX_URIS && uris.every(exists);
  return isGood ? uris : undefined;
}

function exists(uri: string): boolean {
  const isArtist = CATALOGUE.artists.some((artist) => artist.uri === uri);
  return isArtist || findItem(uri) !== undefined || findContext(uri) !== undefined;
}
