import type { ClusterView } from "../connect-state/cluster";
import type { ContextPlayerOptions, PlayerState } from "../proto/gen/connect_pb";
import { clusterContext } from "./cluster-context";
import { activeDevice, clusterDevices } from "./cluster-devices";
import { clusterItem, durationOf } from "./cluster-item";
import { clusterQueue } from "./cluster-queue";
import { deniedActions } from "./denied";
import { artistNames } from "./artist-names";
import type { PlaybackStatus, RepeatMode } from "./playback-state";
import { clampedPosition } from "./position";
import type { Reading } from "./reading";

/** When a cluster came, and whose it is. */
export interface Receipt {
  /** The account's username. */
  account: string | null;
  /** By the monotonic clock (`performance.now()`), ms. */
  receivedAt: number;
  /** By the calendar, ms since the epoch. */
  at: number;
  /** Spotify's time, ms since the epoch. */
  serverTime: number;
}

/** Twice the speed that Spotify's apps offer for podcasts. */
const MAX_SPEED = 7;

/** What a cluster says of the account's playback. Never throws: what is odd in the cluster is left out. */
export function readPlayback(view: ClusterView, receipt: Receipt): Reading {
  const player = view.cluster.playerState;
  const device = activeDevice(view);
  const status = statusOf(player, device !== null);
  const item = player?.track?.uri ? clusterItem(player.track) : undefined;
  const length = playerDuration(player) ?? item?.duration ?? null;
  const speed = status === "playing" && player ? speedOf(player) : 0;
  const images = item?.images ?? [];
  const artists = item?.artists ?? [];
  return {
    state: {
      status,
      playing: status === "playing",
      type: item?.type ?? null,
      title: item?.title ?? null,
      artist: artistNames(artists),
      artists,
      album: item?.album ?? null,
      albumUri: item?.albumUri ?? null,
      uri: item?.uri ?? null,
      url: item?.url ?? null,
      image: images[0]?.url ?? null,
      images,
      duration: length,
      position: player && item ? positionOf(player, speed, length, receipt.serverTime) : null,
      at: receipt.at,
      context: player ? clusterContext(player) : null,
      device,
      volume: device?.volume ?? null,
      shuffle: player?.options?.shufflingContext ?? false,
      // Source: modes of the official desktop app, WaveeMusic's notes on a capture.
      smartShuffle: player?.options?.modes["context_enhancement"] === "RECOMMENDATION",
      repeat: repeatOf(player?.options),
      queue: player ? clusterQueue(player.nextTracks) : [],
      denied: deniedActions(player),
      account: receipt.account,
      source: "push",
    },
    devices: clusterDevices(view),
    speed,
    receivedAt: receipt.receivedAt,
  };
}

/** A paused player has both `is_playing` and `is_paused`. The state of a device that left stays in the cluster. */
function statusOf(player: PlayerState | undefined, isActive: boolean): PlaybackStatus {
  if (!isActive) return "idle";
  return player?.isPlaying && !player.isPaused ? "playing" : "paused";
}

/**
 * The duration that the player sends. While librespot loads an item, that is still the duration of the item before. It also
 * says that it buffers while it is paused: then the duration is right.
 */
function playerDuration(player: PlayerState | undefined): number | null {
  const isLoading = player?.isBuffering === true && !player.isPaused;
  return player && !isLoading ? durationOf(Number(player.duration)) : null;
}

/** Some devices send 0 even while they play. */
function speedOf({ playbackSpeed, isBuffering }: PlayerState): number {
  if (isBuffering) return 0;
  return playbackSpeed > 0 && playbackSpeed <= MAX_SPEED ? playbackSpeed : 1;
}

/** The position held at `timestamp`, by Spotify's clock. */
function positionOf(player: PlayerState, speed: number, length: number | null, serverTime: number): number {
  const position = Number(player.positionAsOfTimestamp || player.position);
  // None if the clock of the device is wrong, or if it sends no time.
  const elapsed = durationOf(serverTime - Number(player.timestamp)) ?? 0;
  return clampedPosition(position + elapsed * speed, length);
}

function repeatOf(options: ContextPlayerOptions | undefined): RepeatMode {
  if (options?.repeatingTrack) return "track";
  return options?.repeatingContext ? "context" : "off";
}
