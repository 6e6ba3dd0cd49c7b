import type { PlaybackState } from "./playback-state";
import type { Reading } from "./reading";

/** A position in whole ms, from the start of an item to its end. */
export function clampedPosition(position: number, duration: number | null): number {
  return Math.round(Math.min(Math.max(position, 0), duration ?? Number.MAX_SAFE_INTEGER));
}

/**
 * The position of the item at a time after it was read, ms.
 * @param now by the monotonic clock, ms
 */
export function positionAt({ state, speed, receivedAt }: Reading, now: number): number | null {
  if (state.position === null) return null;
  return clampedPosition(state.position + (now - receivedAt) * speed, state.duration);
}

/** The state with the position that it has now. */
export function stateNow(reading: Reading): PlaybackState {
  return { ...reading.state, position: positionAt(reading, performance.now()), at: Date.now() };
}
