/**
 * Search, and what a person has in the library.
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
import { pageOf, Refused } from "./paging";
import { refusal } from "./refusal";
import { itemObject } from "./web-api-objects";

const MAX_LIMIT = 10;
/** Source: developer.spotify.com, “Save Items to Library” (quoted in LargeModGames/spotatui#518). */
const MAX_URIS = 40;
const USUAL_LIMIT = 5;
const CHANGE = ["user-library-modify"];

export const LIBRARY_ROUTES: Readonly<Record<string, Route>> = {
  "GET /v1/search": { scopes: [], answer: search },
  "PUT /v1/me/library": { scopes: CHANGE, answer: (call) => change(call, true) },
  "DELETE /v1/me/library": { scopes: CHANGE, answer: (call) => change(call, false) },
  "GET /v1/me/library/contains": { scopes: ["user-library-read"], answer: contains },
};

function search({ query, path }: Call): HttpAnswer {
  const words = query.get("q") ?? "";
  if (words === "") return refusal(400, "No search query");
  const types = (query.get("type") ?? "").split(",");
  const isNamed = ({ name }: { name: string }): boolean => name.toLowerCase().includes(words.toLowerCase());
  const page = (found: readonly object[]): object =>
    pageOf({ query, path }, found, (one) => one, { longest: MAX_LIMIT, usual: USUAL_LIMIT });
  const simple = (entries: readonly (ArtistEntry | AlbumEntry | ContextEntry)[]): object =>
    page(entries.filter(isNamed).map(simpleObject));
  const byType: Readonly<Record<string, () => object>> = {
    track: () =>
      page(
        searched(words)
          .filter(({ uri }) => uri.startsWith("spotify:track:"))
          .map(itemObject),
      ),
    episode: () =>
      page(
        searched(words)
          .filter(({ uri }) => uri.startsWith("spotify:episode:"))
          .map(itemObject),
      ),
    album: () => simple(CATALOGUE.albums),
    artist: () => simple(CATALOGUE.artists),
    playlist: () => simple(CATALOGUE.playlists),
    show: () => simple(CATALOGUE.shows),
  };
  if (types.some((type) => byType[type] === undefined)) return refusal(400, "Bad search type field");
  const found = types.map((type) => [`${type}s`, byType[type]?.()] as const);
  const wrong = found.map(([, one]) => one).find((one) => one instanceof Refused);
  if (wrong) return wrong.answer;
  return { status: 200, body: Object.fromEntries(found) };
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
