/**
 * The catalogue as protobuf: the messages Track, Album, Artist, Episode and Show of Spotify's metadata, with the fields
 * with names, and those without which go-librespot exits (daemon/api_server.go).
 * Source of the numbers: librespot protocol/proto/metadata.proto (Windows client 1.2.52).
 */
import { CATALOGUE, findItem } from "../world/catalogue";
import type { AlbumEntry, ArtistEntry, ItemEntry, Picture } from "../world/catalogue";
import { gidOf } from "./gid";
import { bytesField, int32Field, messageOf, sint32Field } from "./protobuf-fields";

/** The size of a picture: `Image.Size`. Sizes between them have no name. */
const DEFAULT_SIZE = 0;
const SMALL_SIZE = 1;
const LARGE_SIZE = 2;
export const PICTURE_SIZES: Readonly<Record<number, { number: number; name: string }>> = {
  64: { number: SMALL_SIZE, name: "SMALL" },
  300: { number: DEFAULT_SIZE, name: "DEFAULT" },
  640: { number: LARGE_SIZE, name: "LARGE" },
};

/** `Album.Type`. */
const TYPE_ALBUM = 1;
const ONLY_DISC = 1;
/** For every album, because the catalogue has no dates: year, month and day. */
const RELEASED = messageOf(sint32Field(1, 2026), sint32Field(2, 1), sint32Field(3, 1));

interface Kind {
  /** The message's name in `Any.type_url`. */
  name: string;
  /** @returns undefined if it is not in the catalogue */
  encode(uri: string): Uint8Array | undefined;
}

/** By ExtensionKind, which a request to extended-metadata names. */
export const KINDS: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [8, { name: "Artist", encode: (uri) => encodeIf(byUri(CATALOGUE.artists, uri), artist) }],
  [9, { name: "Album", encode: (uri) => encodeIf(byUri(CATALOGUE.albums, uri), album) }],
  [10, { name: "Track", encode: (uri) => encodeIf(itemOf("track", uri), track) }],
  [11, { name: "Show", encode: (uri) => encodeIf(byUri(CATALOGUE.shows, uri), show) }],
  [12, { name: "Episode", encode: (uri) => encodeIf(itemOf("episode", uri), episode) }],
]);

/** @param type of the URI */
export function itemOf(type: "track" | "episode", uri: string): ItemEntry | undefined {
  return uri.startsWith(`spotify:${type}:`) ? findItem(uri) : undefined;
}

function byUri<Entry extends { uri: string }>(entries: readonly Entry[], uri: string): Entry | undefined {
  return entries.find((entry) => entry.uri === uri);
}

function encodeIf<Entry>(
  entry: Entry | undefined,
  encode: (entry: Entry) => Uint8Array,
): Uint8Array | undefined {
  return entry && encode(entry);
}

export function track(item: ItemEntry): Uint8Array {
  const { uri, name, album: on, artists, durationMs } = item;
  return messageOf(
    ...head(uri, name),
    bytesField(3, album(on)),
    ...artists.map((entry) => bytesField(4, artist(entry))),
    sint32Field(5, numberOnAlbum(item)),
    sint32Field(6, ONLY_DISC),
    sint32Field(7, durationMs),
  );
}

export function episode({ uri, name, album: of, durationMs }: ItemEntry): Uint8Array {
  return messageOf(
    ...head(uri, name),
    sint32Field(7, durationMs),
    bytesField(68, imageGroup(of.pictures)),
    bytesField(71, show(of)),
  );
}

function album({ uri, name, artists, pictures }: AlbumEntry): Uint8Array {
  return messageOf(
    ...head(uri, name),
    ...artists.map((entry) => bytesField(3, artist(entry))),
    int32Field(4, TYPE_ALBUM),
    bytesField(6, RELEASED),
    bytesField(17, imageGroup(pictures)),
  );
}

function show({ uri, name, pictures }: AlbumEntry): Uint8Array {
  return messageOf(...head(uri, name), bytesField(69, imageGroup(pictures)));
}

/** From 1. */
function numberOnAlbum(item: ItemEntry): number {
  const tracks = CATALOGUE.tracks.filter(({ album: on }) => on === item.album);
  return Math.max(tracks.indexOf(item), 0) + 1;
}

function artist({ uri, name }: ArtistEntry): Uint8Array {
  return messageOf(...head(uri, name));
}

function head(uri: string, name: string): Uint8Array[] {
  return [bytesField(1, Buffer.from(gidOf(uri.split(":")[2] ?? ""), "hex")), bytesField(2, name)];
}

function imageGroup(pictures: readonly Picture[]): Uint8Array {
  const images = pictures.map(({ fileId, size }) =>
    messageOf(
      bytesField(1, Buffer.from(fileId, "hex")),
      int32Field(2, PICTURE_SIZES[size]?.number ?? DEFAULT_SIZE),
      sint32Field(3, size),
      sint32Field(4, size),
    ),
  );
  return messageOf(...images.map((image) => bytesField(1, image)));
}
