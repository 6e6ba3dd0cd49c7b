import { SpotifyError } from "../core/errors";
import { cleanText } from "./clean-text";
import { cleanUri } from "./clean-uri";
import { contextType, isContext } from "./cluster-context";
import { durationOf, typeOf } from "./cluster-item";
import { artistNames } from "./artist-names";
import { openUrl } from "./open-url";
import { pictures, sortedPictures } from "./pictures";
import type {
  Artist,
  ItemType,
  Picture,
  PlaybackContext,
  PlaybackDevice,
  PlaybackState,
  RepeatMode,
} from "./playback-state";
import { clampedPosition } from "./position";
import type { Reading } from "./reading";
import { readDevice } from "./web-api-devices";
import { fieldsOf, isNumber, type Fields } from "./web-api-fields";

/** What the document says of the item that plays. */
type ItemState = Pick<
  PlaybackState,
  | "type"
  | "title"
  | "artist"
  | "artists"
  | "album"
  | "albumUri"
  | "uri"
  | "url"
  | "image"
  | "images"
  | "duration"
>;

const MAX_ARTISTS = 20;
const MAX_PICTURES = 10;

const NO_ITEM: ItemState = {
  type: null,
  title: null,
  artist: null,
  artists: [],
  album: null,
  albumUri: null,
  uri: null,
  url: null,
  image: null,
  images: [],
  duration: null,
};

/** What may play without an item. Source: Spotify's Web API reference, `currently_playing_type`. */
const WITHOUT_ITEM: ReadonlyMap<unknown, ItemType> = new Map([
  ["ad", "ad"],
  ["unknown", "other"],
]);

/**
 * Reads the document of `GET /v1/me/player` at the moment when it comes: its progress holds now, and its `timestamp` is
 * when something changed last.
 *
 * Sources: Spotify's Web API reference, "Get Playback State"; web-api#640 and #1073 for the timestamp, #533 for a progress
 * beyond the end, #748 for a progress of null.
 *
 * @param document undefined if there was none: no device is active, or the person listens in a private session
 * @param before the state before, whose item is then what played last
 * @param account the account's username
 * @throws SpotifyError PROTOCOL_ERROR if it is not such a document
 */
export function readPlayer(
  document: unknown,
  before: PlaybackState | undefined,
  account: string | null,
): Reading {
  const at = Date.now();
  const state = document === undefined ? idle(before, account, at) : stateOf(document, account, at);
  const speed = state.playing && state.position !== null ? 1 : 0;
  // The document names no device but the active one.
  return { state, devices: [], speed, receivedAt: performance.now() };
}

function idle(before: PlaybackState | undefined, account: string | null, at: number): PlaybackState {
  const last = before?.account === account ? before : undefined;
  return {
    ...NO_ITEM,
    position: null,
    context: null,
    shuffle: false,
    smartShuffle: false,
    repeat: "off",
    ...last,
    status: "idle",
    playing: false,
    at,
    device: null,
    volume: null,
    queue: null,
    denied: null,
    account,
    source: "web-api",
  };
}

function stateOf(document: unknown, account: string | null, at: number): PlaybackState {
  const player = fieldsOf(document);
  const playing = player?.["is_playing"];
  if (!player || typeof playing !== "boolean") {
    throw new SpotifyError("PROTOCOL_ERROR", "The Web API answered with something other than what plays.");
  }
  const item = itemOf(player);
  const device = deviceOf(player["device"]);
  return {
    ...item,
    status: playing ? "playing" : device ? "paused" : "idle",
    playing,
    position: positionOf(player["progress_ms"], item.duration),
    at,
    context: contextOf(player["context"], item.uri),
    device,
    volume: device?.volume ?? null,
    shuffle: player["shuffle_state"] === true,
    smartShuffle: player["smart_shuffle"] === true,
    repeat: repeatOf(player["repeat_state"]),
    queue: null,
    denied: null,
    account,
    source: "web-api",
  };
}

function itemOf(player: Fields): ItemState {
  const item = fieldsOf(player["item"]);
  if (!item) return { ...NO_ITEM, type: WITHOUT_ITEM.get(player["currently_playing_type"]) ?? null };
  const uri = uriOf(item["uri"]);
  // An episode has a show in place of an album.
  const album = fieldsOf(item["album"]) ?? fieldsOf(item["show"]) ?? {};
  const artists = listOf(item["artists"], MAX_ARTISTS).flatMap(artistOf);
  const images = [item["images"], album["images"]].map(picturesOf).find(({ length }) => length > 0) ?? [];
  const length = item["duration_ms"];
  return {
    type: item["is_local"] === true ? "local" : typeOf(uri ?? ""),
    title: cleanText(item["name"]),
    artist: artistNames(artists),
    artists,
    album: cleanText(album["name"]),
    albumUri: uriOf(album["uri"]),
    uri,
    url: openUrl(uri),
    image: images[0]?.url ?? null,
    images,
    duration: isNumber(length) ? durationOf(Math.round(length)) : null,
  };
}

function artistOf(artist: Fields): Artist[] {
  const name = cleanText(artist["name"]);
  return name === null ? [] : [{ name, uri: uriOf(artist["uri"]) }];
}

function picturesOf(images: unknown): Picture[] {
  const found = listOf(images, MAX_PICTURES).flatMap(({ url, width, height }) => {
    const size = isNumber(width) ? width : isNumber(height) ? height : undefined;
    return typeof url === "string" ? pictures(url, size) : [];
  });
  return sortedPictures(found);
}

/** After a device has vanished, the progress goes on beyond the end. */
function positionOf(progress: unknown, length: number | null): number | null {
  return isNumber(progress) ? clampedPosition(progress, length) : null;
}

function contextOf(context: unknown, itemUri: string | null): PlaybackContext | null {
  const uri = uriOf(fieldsOf(context)?.["uri"]);
  return uri === null || !isContext(uri) || uri === itemUri
    ? null
    : { uri, type: contextType(uri), name: null, url: openUrl(uri) };
}

/** The device, if it is active; otherwise null. */
function deviceOf(value: unknown): PlaybackDevice | null {
  const read = readDevice(value);
  return read?.isActive === true ? read.device : null;
}

function repeatOf(repeat: unknown): RepeatMode {
  return repeat === "track" || repeat === "context" ? repeat : "off";
}

function uriOf(value: unknown): string | null {
  return typeof value === "string" ? cleanUri(value) : null;
}

/** The objects of a list, at most `most` of its entries. */
function listOf(value: unknown, most: number): Fields[] {
  const entries: unknown[] = Array.isArray(value) ? value.slice(0, most) : [];
  return entries.map(fieldsOf).filter((entry) => entry !== undefined);
}
