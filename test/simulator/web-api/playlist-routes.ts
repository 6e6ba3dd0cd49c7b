/**
 * Playlists: those of a person, their items, and all changes.
 *
 * Sources: developer.spotify.com, Web API reference, Playlists, and february-2026-migration-guide (`items` and `item` in
 * the place of `tracks` and `track`). Only the owner receives the items of a playlist: others get 403.
 */
import type { HttpAnswer } from "../http";
import { findItem, type ItemEntry } from "../world/catalogue";
import { newRevision, type PlaylistOptions, type SimulatedPlaylist } from "../world/playlists";
import type { Call } from "./call";
import { isRecord, parseObject } from "./json";
import { answerPage, offsetPage } from "./pages";
import { refusal } from "./refusal";
import type { Routes } from "./route-table";
import { idOf, itemObject, playlistObject, userObject } from "./web-api-objects";

const READ = ["playlist-read-private"];
const PUBLIC = "playlist-modify-public";
const PRIVATE = "playlist-modify-private";
const CHANGE = [PUBLIC, PRIVATE];
const MAX_URIS = 100;
const MAX_ITEMS = 10_000;
const ADDED_AT = "2026-01-01T00:00:00Z";
const LACKS_SCOPE = refusal(403, "Insufficient client scope");
const FORBIDDEN = refusal(403, "Forbidden");
const NOT_FOUND = refusal(404, "Resource not found");
const BAD_JSON = refusal(400, "Error parsing JSON.");

export const PLAYLIST_ROUTES: Routes = {
  "GET /v1/me/playlists": { scopes: READ, answer: mine },
  "POST /v1/me/playlists": { scopes: CHANGE, answer: create },
  "GET /v1/playlists/{playlist_id}": { scopes: [], answer: one },
  "PUT /v1/playlists/{playlist_id}": { scopes: CHANGE, answer: changing(changeDetails) },
  "GET /v1/playlists/{playlist_id}/items": { scopes: READ, answer: items },
  "POST /v1/playlists/{playlist_id}/items": { scopes: CHANGE, answer: changing(add) },
  "PUT /v1/playlists/{playlist_id}/items": { scopes: CHANGE, answer: changing(replaceOrMove) },
  "DELETE /v1/playlists/{playlist_id}/items": { scopes: CHANGE, answer: changing(remove) },
  "PUT /v1/playlists/{playlist_id}/images": { scopes: ["ugc-image-upload"], answer: changing(setPicture) },
};

function mine(call: Call): HttpAnswer {
  return answerPage(call, call.account.playlists.all, (playlist) => ({
    ...playlistObject(playlist),
    items: { href: `https://api.spotify.com${itemsPath(playlist)}`, total: playlist.items.length },
  }));
}

function one(call: Call): HttpAnswer {
  const playlist = playlistOf(call);
  if (playlist === undefined) return NOT_FOUND;
  return { status: 200, body: isOwn(playlist, call) ? whole(playlist) : playlistObject(playlist) };
}

function items(call: Call): HttpAnswer {
  const playlist = playlistOf(call);
  if (playlist === undefined) return NOT_FOUND;
  return isOwn(playlist, call) ? answerPage(call, playlist.items, listed(playlist)) : FORBIDDEN;
}

function create({ account, body, token }: Call): HttpAnswer {
  const fields = body === "" ? {} : parseObject(body);
  if (fields === undefined) return BAD_JSON;
  const name = fields["name"];
  if (typeof name !== "string" || name === "") return refusal(400, "Missing required field: name");
  const details = detailsOf(fields, { name, description: "", isPublic: true, isCollaborative: false });
  if (details === undefined) return BAD_JSON;
  if (!token.scopes.includes(details.isPublic ? PUBLIC : PRIVATE)) return LACKS_SCOPE;
  return { status: 201, body: whole(account.playlists.add(details)) };
}

/** With the first of its items. */
function whole(playlist: SimulatedPlaylist): object {
  const range = { limit: 50, offset: 0 };
  const page = offsetPage(itemsPath(playlist), {}, playlist.items, range, listed(playlist));
  return { ...playlistObject(playlist), items: page };
}

/** For the owner's changes. Public playlists need one scope, private ones the other. */
function changing(
  change: (playlist: SimulatedPlaylist, call: Call) => HttpAnswer,
): (call: Call) => HttpAnswer {
  return (call) => {
    const playlist = playlistOf(call);
    if (playlist === undefined) return NOT_FOUND;
    if (!isOwn(playlist, call)) return FORBIDDEN;
    if (!call.token.scopes.includes(playlist.isPublic ? PUBLIC : PRIVATE)) return LACKS_SCOPE;
    return change(playlist, call);
  };
}

function changeDetails(playlist: SimulatedPlaylist, { body }: Call): HttpAnswer {
  const fields = parseObject(body);
  const details = fields && detailsOf(fields, playlist);
  if (details === undefined) return BAD_JSON;
  Object.assign(playlist, details);
  playlist.revision = newRevision();
  return { status: 200 };
}

function add(playlist: SimulatedPlaylist, call: Call): HttpAnswer {
  const { body, query } = call;
  const fields = body === "" ? { uris: query.get("uris")?.split(",") } : (parseObject(body) ?? listOf(call));
  if (fields === undefined) return BAD_JSON;
  const added = itemsOf(fields["uris"]);
  if (added === undefined) return refusal(400, "Invalid track uri");
  const position: unknown = "position" in fields ? fields["position"] : playlist.items.length;
  if (typeof position !== "number" || !(position >= 0) || position > playlist.items.length) {
    return refusal(400, "Index out of bounds.");
  }
  if (playlist.items.length + added.length > MAX_ITEMS) return refusal(400, "Playlist size limit reached");
  playlist.items.splice(position, 0, ...added);
  return changed(playlist, 201);
}

/** A bare list of URIs, as sent by spotipy since 2014; the position is then in the query. */
function listOf({ body, query }: Call): Record<string, unknown> | undefined {
  const position = query.get("position");
  try {
    const uris: unknown = JSON.parse(body);
    if (!Array.isArray(uris)) return undefined;
    return { uris, ...(position !== null && { position: Number(position) }) };
  } catch {
    return undefined;
  }
}

/** `uris` replaces everything; a range is moved. */
function replaceOrMove(playlist: SimulatedPlaylist, { body, query }: Call): HttpAnswer {
  const fields = body === "" ? { uris: query.get("uris")?.split(",") } : parseObject(body);
  if (fields === undefined) return BAD_JSON;
  if ("uris" in fields) {
    const replacing = itemsOf(fields["uris"]);
    if (replacing === undefined) return refusal(400, "Invalid track uri");
    playlist.items = replacing;
    return changed(playlist, 200);
  }
  const { range_start: start, insert_before: before, range_length: length = 1 } = fields as Fields;
  const size = playlist.items.length;
  const isGood = [start, before, length].every((value) => Number.isInteger(value) && Number(value) >= 0);
  if (!isGood || Number(start) + Number(length) > size || Number(before) > size) {
    return refusal(400, "Index out of bounds.");
  }
  const moved = playlist.items.splice(Number(start), Number(length));
  const target = Number(before) > Number(start) ? Number(before) - moved.length : Number(before);
  playlist.items.splice(target, 0, ...moved);
  return changed(playlist, 200);
}

/** All places of an item. Source of the body: marcelmarais/spotify-mcp-server#50. */
function remove(playlist: SimulatedPlaylist, { body }: Call): HttpAnswer {
  const named: unknown = parseObject(body)?.["items"];
  if (!Array.isArray(named)) return BAD_JSON;
  const uris = named.map((item) => (isRecord(item) ? item["uri"] : undefined));
  const removed = itemsOf(uris);
  if (removed === undefined) return refusal(400, "Invalid track uri");
  playlist.items = playlist.items.filter((item) => !removed.includes(item));
  return changed(playlist, 200);
}

/** The picture is base64. It is not kept. */
function setPicture(_playlist: SimulatedPlaylist, { body, contentType }: Call): HttpAnswer {
  const isJpeg = Buffer.from(body, "base64").subarray(0, 2).equals(Buffer.of(0xff, 0xd8));
  return contentType === "image/jpeg" && isJpeg
    ? { status: 202 }
    : refusal(400, "Failed to read request body");
}

type Details = Required<Omit<PlaylistOptions, "items" | "owner">>;

interface Fields {
  range_start?: unknown;
  insert_before?: unknown;
  range_length?: unknown;
}

/** @returns undefined if one of them has the wrong type */
function detailsOf(fields: Record<string, unknown>, before: Details): Details | undefined {
  const { name = before.name, description = before.description } = fields;
  const { public: isPublic = before.isPublic, collaborative: isCollaborative = before.isCollaborative } =
    fields;
  if (typeof name !== "string" || typeof description !== "string") return undefined;
  if (typeof isPublic !== "boolean" || typeof isCollaborative !== "boolean") return undefined;
  return { name, description, isPublic, isCollaborative };
}

function changed(playlist: SimulatedPlaylist, status: number): HttpAnswer {
  playlist.revision = newRevision();
  return { status, body: { snapshot_id: playlist.revision.toString("base64") } };
}

/** @returns undefined unless all are existing items, and not too many */
function itemsOf(uris: unknown): ItemEntry[] | undefined {
  if (!Array.isArray(uris) || uris.length > MAX_URIS) return undefined;
  const found = uris.flatMap((uri) => (typeof uri === "string" ? (findItem(uri) ?? []) : []));
  return found.length === uris.length ? found : undefined;
}

function listed({ owner }: SimulatedPlaylist): (item: ItemEntry) => object {
  return (item) => ({
    added_at: ADDED_AT,
    added_by: userObject(owner),
    is_local: item.uri.startsWith("spotify:local:"),
    item: itemObject(item),
  });
}

function playlistOf({ account, params }: Call): SimulatedPlaylist | undefined {
  return account.playlists.find(params[0] ?? "");
}

function isOwn({ owner }: SimulatedPlaylist, { account }: Call): boolean {
  return owner === account.username;
}

function itemsPath({ uri }: SimulatedPlaylist): string {
  return `/v1/playlists/${idOf(uri)}/items`;
}
