import type { RepeatMode } from "../player/playback-state";

/** What an account played at one moment, as plain JSON, so that a flow can keep it. */
export interface Snapshot {
  /** null: no device was active. */
  device: { id: string; name: string | null } | null;
  /** URI of the playlist, album, …; null if the item played alone. */
  context: string | null;
  /** URI of the item; null if nothing has played. */
  uri: string | null;
  /** ms */
  position: number | null;
  /** Percent; null if the device does not say. */
  volume: number | null;
  shuffle: boolean;
  repeat: RepeatMode;
  playing: boolean;
}
