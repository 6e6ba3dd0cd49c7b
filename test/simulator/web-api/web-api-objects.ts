/** The objects that the Web API's answers are made of, as its reference describes them. */
import type { Device, PlayerState, Track } from "../world/player";

export function playing({ track, progressMs, isPlaying }: PlayerState): Record<string, unknown> {
  return {
    timestamp: Date.now(),
    context: null,
    progress_ms: progressMs,
    item: trackObject(track),
    currently_playing_type: "track",
    actions: { disallows: isPlaying ? { resuming: true } : { pausing: true } },
    is_playing: isPlaying,
  };
}

export function deviceObject(
  { id, name, type, volumePercent }: Device,
  isActive: boolean,
): Record<string, unknown> {
  return {
    id,
    is_active: isActive,
    is_private_session: false,
    is_restricted: false,
    name,
    supports_volume: true,
    type,
    volume_percent: volumePercent,
  };
}

export function trackObject({ id, name, artist, album, durationMs }: Track): Record<string, unknown> {
  const artists = [{ name: artist, type: "artist", uri: `spotify:artist:${id}`, id }];
  return {
    album: {
      album_type: "album",
      name: album,
      artists,
      images: [],
      type: "album",
      uri: `spotify:album:${id}`,
      id,
    },
    artists,
    duration_ms: durationMs,
    explicit: false,
    href: `https://api.spotify.com/v1/tracks/${id}`,
    id,
    is_local: false,
    name,
    type: "track",
    uri: `spotify:track:${id}`,
  };
}
