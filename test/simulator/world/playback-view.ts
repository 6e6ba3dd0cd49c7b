/** The playback of an account on any device: the source of the Web API's data, and of comparisons in tests. */
import type { DeviceType } from "../../../src/proto/gen/connect_pb";
import type { ContextEntry, ItemEntry } from "./catalogue";
import type { Repeat } from "./player";

/** A device, simulated or registered. */
export interface DeviceView {
  id: string;
  name: string;
  type: DeviceType;
  /** Percent. */
  volume: number;
  disableVolume: boolean;
  isPrivate: boolean;
  isRestricted: boolean;
  hidden: boolean;
}

export interface UpcomingItem extends ItemEntry {
  /** Whether a person queued it. */
  queued: boolean;
}

export interface PlaybackView {
  /** `idle`: no device is active. The item is then the last one. */
  status: "playing" | "paused" | "idle";
  item: ItemEntry;
  /** Undefined if the item does not belong to a playlist, an album or a show. */
  context: ContextEntry | undefined;
  /** The active one. */
  device: DeviceView | undefined;
  /** ms, now. */
  position: number;
  /** Percent, of the active device. */
  volume: number | undefined;
  shuffle: boolean;
  smartShuffle: boolean;
  repeat: Repeat;
  /** The next items, at most 80, those queued by a person first. */
  queue: UpcomingItem[];
  /** When any of it last changed, ms since the epoch. A moving position does not count. */
  changedAt: number;
}
