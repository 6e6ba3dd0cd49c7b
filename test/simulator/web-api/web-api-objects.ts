/** The objects in the Web API's answers, according to its reference. */
import { DeviceType } from "../../../src/proto/gen/connect_pb";
import type { AlbumEntry, ArtistEntry, ContextEntry, ItemEntry, Picture } from "../world/catalogue";
import type { SimulatedPlaylist } from "../world/playlists";
import type { DeviceView, PlaybackView } from "../world/playback-view";

type Json = Record<string, unknown>;

/** By the protobuf's names; any other type is `Unknown`. */
const DEVICE_TYPES: Partial<Record<DeviceType, string>> = {
  [DeviceType.COMPUTER]: "Computer",
  [DeviceType.TABLET]: "Tablet",
  [DeviceType.SMARTPHONE]: "Smartphone",
  [DeviceType.SPEAKER]: "Speaker",
  [DeviceType.TV]: "TV",
  [DeviceType.AVR]: "AVR",
  [DeviceType.STB]: "STB",
  [DeviceType.AUDIO_DONGLE]: "AudioDongle",
  [DeviceType.GAME_CONSOLE]: "GameConsole",
  [DeviceType.CAST_VIDEO]: "CastVideo",
  [DeviceType.CAST_AUDIO]: "CastAudio",
  [DeviceType.AUTOMOBILE]: "Automobile",
};

/**
 * The playback.
 * @param takesEpisodes whether the client supports episodes; if not, their item is null
 *   (spotify/web-api#1496)
 */
export function playing(view: PlaybackView, takesEpisodes: boolean): Json {
  const { item, context, position, status, changedAt } = view;
  const kind = kindOf(item.uri);
  const isShown = kind === "track" || (kind === "episode" && takesEpisodes);
  return {
    timestamp: changedAt,
    context: context === undefined ? null : contextObject(context),
    progress_ms: position,
    item: isShown ? itemObject(item) : null,
    currently_playing_type: kind,
    actions: { disallows: status === "playing" ? { resuming: true } : { pausing: true } },
    is_playing: status === "playing",
  };
}

export function deviceObject(device: DeviceView, isActive: boolean): Json {
  return {
    // Source: spotify/web-api#1337.
    id: device.isRestricted ? null : device.id,
    is_active: isActive,
    is_private_session: device.isPrivate,
    is_restricted: device.isRestricted,
    name: device.name,
    supports_volume: !device.disableVolume,
    type: DEVICE_TYPES[device.type] ?? "Unknown",
    volume_percent: device.volume,
  };
}

export function itemObject(item: ItemEntry): Json {
  return kindOf(item.uri) === "episode" ? episodeObject(item) : trackObject(item);
}

export function contextObject({ uri }: ContextEntry): Json {
  const type = uri.endsWith(":collection") ? "collection" : (uri.split(":")[1] ?? "");
  return { type, uri, ...links(type, idOf(uri)) };
}

function kindOf(uri: string): "track" | "episode" | "ad" {
  const [, kind] = uri.split(":");
  return kind === "episode" || kind === "ad" ? kind : "track";
}

function trackObject({ uri, name, artists, album, durationMs }: ItemEntry): Json {
  const isLocal = uri.startsWith("spotify:local:");
  const id = isLocal ? null : idOf(uri);
  return {
    album: { ...albumObject(album), album_type: "album", type: "album" },
    artists: artists.map(artistObject),
    duration_ms: durationMs,
    explicit: false,
    ...links("track", id),
    id,
    is_local: isLocal,
    name,
    type: "track",
    uri,
  };
}

function episodeObject({ uri, name, album, durationMs }: ItemEntry): Json {
  const id = idOf(uri);
  return {
    description: "",
    duration_ms: durationMs,
    explicit: false,
    ...links("episode", id),
    id,
    images: album.pictures.map(imageObject),
    is_externally_hosted: false,
    is_playable: true,
    name,
    show: {
      ...albumObject(album),
      publisher: album.artists[0]?.name ?? "",
      media_type: "audio",
      type: "show",
      ...links("show", idOf(album.uri)),
    },
    type: "episode",
    uri,
  };
}

export function albumObject({ uri, name, artists, pictures }: AlbumEntry): Json {
  const id = uri === "" ? null : idOf(uri);
  return {
    name,
    artists: artists.map(artistObject),
    images: pictures.map(imageObject),
    ...links("album", id),
    uri: uri || null,
    id,
  };
}

export function artistObject({ uri, name }: ArtistEntry): Json {
  const id = uri === "" ? null : idOf(uri);
  return { name, type: "artist", uri: uri || null, ...links("artist", id), id };
}

export function userObject(username: string): Json {
  return { type: "user", id: username, uri: `spotify:user:${username}`, ...links("user", username) };
}

/** Without its items. */
export function playlistObject(playlist: SimulatedPlaylist): Json {
  const id = idOf(playlist.uri);
  return {
    collaborative: playlist.isCollaborative,
    description: playlist.description,
    id,
    images: playlist.items[0]?.album.pictures.map(imageObject) ?? [],
    name: playlist.name,
    owner: { ...userObject(playlist.owner), display_name: playlist.owner },
    public: playlist.isPublic,
    snapshot_id: playlist.revision.toString("base64"),
    type: "playlist",
    uri: playlist.uri,
    ...links("playlist", id),
  };
}

function imageObject({ fileId, size }: Picture): Json {
  return { url: `https://i.scdn.co/image/${fileId}`, height: size, width: size };
}

export function links(type: string, id: string | null): Json {
  if (id === null) return { href: null, external_urls: {} };
  return {
    href: `https://api.spotify.com/v1/${type}s/${id}`,
    external_urls: { spotify: `https://open.spotify.com/${type}/${id}` },
  };
}

export function idOf(uri: string): string {
  return uri.split(":").at(-1) ?? "";
}
