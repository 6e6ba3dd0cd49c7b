import type { PlaybackDevice, PlaybackState } from "./playback-state";

/** What was read of an account's playback at one moment, from a cluster or from the Web API. */
export interface Reading {
  /** `position` and `at` hold at `receivedAt`. */
  state: PlaybackState;
  /** Every device that can be chosen, also while another one plays. */
  devices: PlaybackDevice[];
  /** How much the position moves in a second, in seconds; 0 while it stands. */
  speed: number;
  /** By the monotonic clock (`performance.now()`), ms. */
  receivedAt: number;
}
