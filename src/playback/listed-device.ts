import type { PlaybackDevice } from "../player/playback-state";

/** A device of the account, as plain JSON. */
export interface ListedDevice extends PlaybackDevice {
  isActive: boolean;
  /** Whether it is on the local network, but not connected to Spotify for this account: a command can wake it. */
  isAsleep: boolean;
}
