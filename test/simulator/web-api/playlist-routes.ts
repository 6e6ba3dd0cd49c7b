/**
 * Playlists, and lists of what a person has saved.
 * Source: developer.spotify.com, Web API reference and february-2026-migration-guide: `/playlists/{id}/items` holds
 * `item`, and `/playlists/{id}` holds `items`, which were `track` and `tracks`.
 */
import type { HttpAnswer } from "../http";
import { CATALOGUE, findItem, type AlbumEntry, type ArtistEntry, type ItemEntry } from "../world/catalogue";
import { newRevision, type SimulatedPlaylist } from "../world/playlists";
import type { Call, Route } from "./call";
import { parseObject } from "./json";
import { answered, pageOf, Refused } from "./paging";
import { refusal } from "./refusal";
import { itemObject } from "./web-api-objects";

const READ = ["playlist-read-private", "playlist-read-collaborative"];
const CHANGE = ["playlist-modify-private", "playlist-modify-public"];
/** Source: developer.spotify.com, “Add Items to Playlist”. */
const MAX_ITEMS = 100;
const NOT_FOUND = refusal(404, "Resource not found");

/** By method and path; what stands in braces is `call.params`. */
export const PLAYLIST_ROUTES: Readonly<Record<string, Route>> = {
  "GET /v1/me/playlists": { scopes: READ, answer: ofAccount },
  "POST /v1/me/playlists": { scopes: CHANGE, answer: create },
  "GET /v1/playlists/{playlist_id}": { scopes: [], answer: (call) => withPlaylist(call, whole) },
  "PUT /v1/playlists/{playlist_id}": { scopes: CHANGE, answer: (call) => withPlaylist(call, rename) },
  "GET /v1/playlists/{playlist_id}/items": { scopes: READ, answer: (call) => withPlaylist(call, itemsOf) },
  "POST /v1/playlists/{playlist_id}/items": { scopes: CHANGE, answer: (call) => withPlaylist(call, add) },
  "PUT /v1/playlists/{playlist_id}/items": { scopes: CHANGE, answer: (call) => withPlaylist(call, replace) },
  "DELETE /v1/playlists/{playlist_id}/items": {
    scopes: CHANGE,
    answer: (call) => withPlaylist(call, remove),
  },
  "GET /v1/me/tracks": { scopes: ["user-library-read"], answer: savedTracks },
  "GET /v1/me/albums": { scopes: ["user-library-read"], answer: savedAlbums },
  "GET /v1/me/following": { scopes: ["user-follow-read"], answer: following },
};

/** Gone since 2026-03-09 for apps in development mode. Source: bjarneo/cliamp#54, with the body. */
export const GONE: ReadonlySet<string> = new Set([
  ...["GET", "POST", "PUT", "DELETE"].map((method) => `${method} /v1/playlists/{playlist_id}/tracks`),
  ...["tracks", "albums", "shows", "episodes"].flatMap((kind) => [
    `PUT /v1/me/${kind}`,
    `DELETE /v1/me/${kind}`,
    `GET /v1/me/${kind}/contains`,
  ]),
  "GET /v1/users/{user_id}",
  "GET /v1/users/{user_id}/playlists",
  "GET /v1/artists/{id}/top-tracks",
  "GET /v1/browse/new-releases",
  "GET /v1/markets",
]);

type OfPlaylist = (call: Call, playlist: SimulatedPlaylist) => HttpAnswer;

function withPlaylist(call: Call, answer: OfPlaylist): HttpAnswer {
  const playlist = call.account.playlists.find(call.params[0] ?? "");
  return playlist === undefined ? NOT_FOUND : answer(call, playlist);
}

function ofAccount(call: Call): HttpAnswer {
  return answered(pageOf(call, call.account.playlists.all, playlistObject));
}

function whole(call: Call, playlist: SimulatedPlaylist): HttpAnswer {
  const items = pageOf({ ...call, path: `${call.path}/items` }, playlist.items, entryObject, {
    longest: 100,
    usual: 100,
  });
  if (items instanceof Refused) return items.answer;
  return { status: 200, body: { ...playlistObject(playlist), items } };
}

function itemsOf(call: Call, playlist: SimulatedPlaylist): HttpAnswer {
  return answered(pageOf(call, playlist.items, entryObject));
}

function create({ account, body }: Call): HttpAnswer {
  const { name, description, public: isPublic } = parseObject(body) ?? {};
  if (typeof name !== "string" || name === "") return refusal(400, "Missing required field: name");
  const made = account.playlists.add({
    name,
    ...(typeof description === "string" && { description }),
    isPublic: isPublic !== false,
  });
  return { status: 201, body: playlistObject(made) };
}

function rename({ body }: Call, playlist: SimulatedPlaylist): HttpAnswer {
  const { name, description } = parseObject(body) ?? {};
  if (typeof name === "string") playlist.name = name;
  if (typeof description === "string") playlist.description = description;
  return { status: 200 };
}

function add(call: Call, playlist: SimulatedPlaylist): HttpAnswer {
  const named = parseObject(call.body)?.["uris"] ?? call.query.get("uris")?.split(",");
  const items = found(named);
  if (items === undefined) return refusal(400, "Invalid track uri");
  playlist.items.push(...items);
  return changed(playlist, 201);
}

function replace(call: Call, playlist: SimulatedPlaylist): HttpAnswer {
  const items = found(parseObject(call.body)?.["uris"]);
  if (items === undefined) return refusal(400, "Invalid track uri");
  playlist.items = items;
  return changed(playlist, 200);
}

function remove(call: Call, playlist: SimulatedPlaylist): HttpAnswer {
  const named = parseObject(call.body)?.["items"];
  if (!Array.isArray(named)) return refusal(400, "Missing required field: items");
  const uris = new Set(named.map((one: { uri?: unknown } | null) => one?.uri));
  playlist.items = playlist.items.filter(({ uri }) => !uris.has(uri));
  return changed(playlist, 200);
}

function changed(playlist: SimulatedPlaylist, status: number): HttpAnswer {
  playlist.revision = newRevision();
  return { status, body: { snapshot_id: playlist.revision.toString("base64") } };
}

function found(uris: unknown): ItemEntry[] | undefined {
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > MAX_ITEMS) return undefined;
  const items = uris.map((uri) => (typeof uri === "string" ? findItem(uri) : undefined));
  return items.every((item) => item !== undefined) ? items : undefined;
}

function savedTracks(call: Call): HttpAnswer {
  const saved = CATALOGUE.tracks.filter(({ uri }) => call.account.library.has(uri));
  return answered(pageOf(call, saved, (item) => ({ added_at: ADDED_AT, track: itemObject(item) })));
}

function savedAlbums(call: Call): HttpAnswer {
  const saved = CATALOGUE.albums.filter(({ uri }) => call.account.library.has(uri));
  return answered(pageOf(call, saved, (album) => ({ added_at: ADDED_AT, album: simpleObject(album) })));
}

/** In pages by a cursor: `after` is the ID of the last one that was seen. */
function following({ account, query, path }: Call): HttpAnswer {
  if (query.get("type") !== "artist") return refusal(400, "Invalid type");
  const limit = Number(query.get("limit") ?? "20");
  if (!(limit >= 1 && limit <= 50)) return refusal(400, "Invalid limit");
  const all = CATALOGUE.artists.filter(({ uri }) => account.library.has(uri));
  const after = query.get("after");
  const start = after === null ? 0 : all.findIndex(({ uri }) => idOf(uri) === after) + 1;
  const page = all.slice(start, start + limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && start + limit < all.length;
  const next = hasMore
    ? `https://api.spotify.com${path}?type=artist&after=${idOf(last.uri)}&limit=${limit}`
    : null;
  return {
    status: 200,
    body: {
      artists: {
        href: `https://api.spotify.com${path}?type=artist&limit=${limit}`,
        limit,
        next,
        cursors: { after: hasMore ? idOf(last.uri) : null },
        total: all.length,
        items: page.map(simpleObject),
      },
    },
  };
}

const ADDED_AT = "2026-01-01T00:00:00Z";

function playlistObject(playlist: SimulatedPlaylist): object {
  const { uri, name, owner, description, isPublic, items, revision } = playlist;
  const id = idOf(uri);
  return {
    collaborative: false,
    description,
    external_urls: { spotify: `https://open.spotify.com/playlist/${id}` },
    href: `https://api.spotify.com/v1/playlists/${id}`,
    id,
    images: pictureOf(items),
    name,
    owner: { id: owner, display_name: owner, type: "user", uri: `spotify:user:${owner}` },
    public: isPublic,
    snapshot_id: revision.toString("base64"),
    items: { href: `https://api.spotify.com/v1/playlists/${id}/items`, total: items.length },
    type: "playlist",
    uri,
  };
}

/** Without a picture of its own, a playlist has that of its first album. */
function pictureOf([first]: readonly ItemEntry[]): object[] {
  return (first?.album.pictures ?? []).map(({ fileId, size }) => ({
    url: `https://i.scdn.co/image/${fileId}`,
    height: size,
    width: size,
  }));
}

function entryObject(item: ItemEntry): object {
  return { added_at: ADDED_AT, is_local: item.uri.startsWith("spotify:local:"), item: itemObject(item) };
}

function simpleObject(entry: ArtistEntry | AlbumEntry): object {
  const { uri, name } = entry;
  return { id: idOf(uri), uri, name, type: uri.split(":")[1] };
}

function idOf(uri: string): string {
  return uri.slice(uri.lastIndexOf(":") + 1);
}
