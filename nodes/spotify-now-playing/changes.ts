/** Which changes a spotify-now-playing node can send. The editor bundles this file. */
import { PLAYBACK_CHANGES, type PlaybackChange } from "../../src/player/playback-state";

/** What a new node sends. */
export const USUAL_CHANGES: readonly PlaybackChange[] = ["track", "playback", "device"];

/** The changes that the property `events` names. Words that this version does not know are left out. */
export function chosenChanges(events: readonly unknown[]): PlaybackChange[] {
  return PLAYBACK_CHANGES.filter((change) => events.includes(change));
}
