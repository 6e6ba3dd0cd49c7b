/**
 * A person's saved items and followed artists, page by page.
 * Source: developer.spotify.com, Web API reference, Library and Users.
 */
import type { HttpAnswer } from "../http";
import { CATALOGUE, type AlbumEntry, type ArtistEntry, type ItemEntry } from "../world/catalogue";
import type { Call } from "./call";
import { addressOf, answerPage, limitOf } from "./pages";
import { refusal } from "./refusal";
import type { Routes } from "./route-table";
import { albumObject, artistObject, idOf, itemObject } from "./web-api-objects";

const READ = ["user-library-read"];
/** The model does not record when an item was saved. */
const ADDED_AT = "2026-01-01T00:00:00Z";

export const SAVED_ROUTES: Routes = {
  "GET /v1/me/tracks": { scopes: READ, answer: tracks },
  "GET /v1/me/albums": { scopes: READ, answer: albums },
  "GET /v1/me/following": { scopes: ["user-follow-read"], answer: following },
};

function tracks(call: Call): HttpAnswer {
  const describe = (item: ItemEntry): object => ({ added_at: ADDED_AT, track: itemObject(item) });
  return answerPage(call, saved(call, [...CATALOGUE.tracks, CATALOGUE.lonelyTrack]), describe);
}

function albums(call: Call): HttpAnswer {
  const describe = (album: AlbumEntry): object => ({ added_at: ADDED_AT, album: albumObject(album) });
  return answerPage(call, saved(call, CATALOGUE.albums), describe);
}

/** With a cursor: the last artist of the previous page. */
function following(call: Call): HttpAnswer {
  const { query, path } = call;
  if (query.get("type") !== "artist") return refusal(400, "Invalid type");
  const limit = limitOf(query);
  if (limit === undefined) return refusal(400, "Invalid limit");
  const all = saved<ArtistEntry>(call, CATALOGUE.artists);
  const after = query.get("after");
  // An artist that is no longer followed leads to the first page.
  const start = all.findIndex(({ uri }) => idOf(uri) === after) + 1;
  const items = all.slice(start, start + limit);
  const last = start + limit < all.length ? items.at(-1) : undefined;
  const cursor = last && idOf(last.uri);
  const kept = { type: "artist", limit: String(limit) };
  return {
    status: 200,
    body: {
      artists: {
        href: addressOf(path, kept),
        items: items.map(artistObject),
        limit,
        next: cursor === undefined ? null : addressOf(path, { ...kept, after: cursor }),
        cursors: { after: cursor ?? null },
        total: all.length,
      },
    },
  };
}

/** Newest first. */
function saved<Entry extends { uri: string }>({ account }: Call, entries: readonly Entry[]): Entry[] {
  const byUri = new Map(entries.map((entry) => [entry.uri, entry]));
  return [...account.library].toReversed().flatMap((uri) => byUri.get(uri) ?? []);
}
