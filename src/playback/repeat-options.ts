import type { RepeatMode } from "../player/playback-state";

/** The two switches that the three repeat modes are made of, as player commands name them. */
export function repeatOptions(repeat: RepeatMode): Record<string, boolean> {
  return { repeating_track: repeat === "track", repeating_context: repeat === "context" };
}
