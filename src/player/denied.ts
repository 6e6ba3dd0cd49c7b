import { cleanName } from "../core/clean-name";
import type { PlayerState, Restrictions } from "../proto/gen/connect_pb";
import type { DeniedAction, PlaybackState } from "./playback-state";

type Reasons = Exclude<keyof Restrictions, "$typeName" | "$unknown">;

/** The lists that hold the reasons against an action. One reason in any of them forbids it. */
const LISTS: Readonly<Record<Exclude<DeniedAction, "repeat">, readonly Reasons[]>> = {
  pause: ["disallowPausingReasons"],
  resume: ["disallowResumingReasons"],
  play: ["disallowPlayingReasons"],
  seek: ["disallowSeekingReasons"],
  next: ["disallowSkippingNextReasons"],
  previous: ["disallowSkippingPrevReasons"],
  shuffle: ["disallowTogglingShuffleReasons"],
  transfer: ["disallowTransferringPlaybackReasons"],
  queue: ["disallowAddToQueueReasons", "disallowSetQueueReasons"],
};
const MAX_REASONS = 10;

/** What cannot be done now, with Spotify's reasons: those of the item and those of the context. */
export function deniedActions(player: PlayerState | undefined): NonNullable<PlaybackState["denied"]> {
  const denied: NonNullable<PlaybackState["denied"]> = {};
  if (!player) return denied;
  for (const [action, lists] of Object.entries(LISTS) as [DeniedAction, Reasons[]][]) {
    const reasons = lists.flatMap((list) => reasonsIn(player, list));
    if (reasons.length > 0) denied[action] = bounded(reasons);
  }
  // If only one of the two modes is forbidden, the other can still be chosen.
  const context = reasonsIn(player, "disallowTogglingRepeatContextReasons");
  const track = reasonsIn(player, "disallowTogglingRepeatTrackReasons");
  if (context.length > 0 && track.length > 0) denied.repeat = bounded([...context, ...track]);
  return denied;
}

function reasonsIn({ restrictions, contextRestrictions }: PlayerState, list: Reasons): string[] {
  return [...(restrictions?.[list] ?? []), ...(contextRestrictions?.[list] ?? [])];
}

function bounded(reasons: readonly string[]): string[] {
  return [...new Set(reasons.slice(0, MAX_REASONS).map((reason) => cleanName(reason)))];
}
