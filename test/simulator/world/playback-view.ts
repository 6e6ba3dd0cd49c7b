/** What an account plays, on whatever device: what the Web API tells of it, and what a test compares with. */
import type { DeviceType } from "../../../src/proto/gen/connect_pb";
import type { ContextEntry, ItemEntry } from "./catalogue";
import type { Repeat } from "./player";

/** A device, whether it is simulated or has registered itself. */
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
  /** `idle`: no device is active. The item is then what played last. */
  status: "playing" | "paused" | "idle";
  item: ItemEntry;
  /** Undefined if the item is not of a playlist, an album or a show. */
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
  /** What comes next, at most 80 items, what a person queued first. */
  queue: UpcomingItem[];
  /** When any of it last changed, ms since the epoch. The moving position is no change. */
  changedAt: number;
}
