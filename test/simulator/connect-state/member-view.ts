/** Converts the state of a registered device into the data of the Web API. */
import type { PlayerState, ProvidedTrack } from "../../../src/proto/gen/connect_pb";
import type { ContextEntry, ItemEntry } from "../world/catalogue";
import { findContext, findItem } from "../world/content";
import type { DeviceView, PlaybackView } from "../world/playback-view";
import type { Member } from "./cluster";
import { MAX_VOLUME } from "./simulated-device-info";
import { MAX_NEXT } from "../world/track-list";

export function deviceViewOf({ deviceId, info }: Member): DeviceView {
  return {
    id: deviceId,
    name: info.name,
    type: info.deviceType,
    volume: Math.round((Math.min(info.volume, MAX_VOLUME) * 100) / MAX_VOLUME),
    disableVolume: info.capabilities?.disableVolume === true,
    isPrivate: info.isPrivateSession,
    isRestricted: false,
    hidden: info.capabilities?.hidden === true,
  };
}

/** @param changedAt ms since the epoch */
export function memberView(member: Member, state: PlayerState, changedAt: number): PlaybackView {
  const device = deviceViewOf(member);
  const isPlaying = state.isPlaying && !state.isPaused;
  const { options, track, duration, timestamp, positionAsOfTimestamp } = state;
  const moved = isPlaying ? (Date.now() - Number(timestamp)) * (state.playbackSpeed || 1) : 0;
  return {
    status: isPlaying ? "playing" : "paused",
    item: itemOf(track, Number(duration)),
    context: contextOf(state),
    device,
    position: Math.round(Math.min(Number(positionAsOfTimestamp) + moved, Number(duration))),
    volume: device.volume,
    shuffle: options?.shufflingContext === true,
    smartShuffle: options?.modes["context_enhancement"] === "RECOMMENDATION",
    repeat:
      options?.repeatingTrack === true ? "track" : options?.repeatingContext === true ? "context" : "off",
    queue: state.nextTracks
      .filter(({ uri, metadata }) => uri !== "spotify:delimiter" && metadata["hidden"] !== "true")
      .slice(0, MAX_NEXT)
      .map((next) => ({ ...itemOf(next, 0), queued: next.provider === "queue" })),
    changedAt,
  };
}

/** Spotify knows the names of its items, regardless of the device's data. */
function itemOf(track: ProvidedTrack | undefined, durationMs: number): ItemEntry {
  const { uri = "", metadata = {} } = track ?? {};
  return (
    findItem(uri) ?? {
      uri,
      name: metadata["title"] ?? "",
      artists: [{ uri: metadata["artist_uri"] ?? "", name: metadata["artist_name"] ?? "" }],
      album: {
        uri: metadata["album_uri"] ?? "",
        name: metadata["album_title"] ?? "",
        artists: [],
        pictures: [],
      },
      durationMs,
    }
  );
}

function contextOf({ contextUri, track, contextMetadata }: PlayerState): ContextEntry | undefined {
  if (contextUri === "" || contextUri === track?.uri) return undefined;
  const name = contextMetadata["context_description"] ?? "";
  return findContext(contextUri) ?? { uri: contextUri, name, items: [] };
}
