/**
 * The actions that are impossible at the moment, and why.
 * Sources of the reasons: WaveeMusic's capture `playback_remote.saz`; librespot connect/src/state/restrictions.rs.
 */
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { RestrictionsSchema } from "../../../src/proto/gen/connect_pb";
import type { Player } from "./player";

export type Restrictions = Exclude<MessageInitShape<typeof RestrictionsSchema>, { $typeName: string }>;

interface Situation {
  isPlaying: boolean;
  isAdvert: boolean;
  /** Whether the item belongs to a playlist, an album or a show. */
  hasContext: boolean;
  hasPrevious: boolean;
  hasNext: boolean;
}

export function restrictionsNow(player: Player): Restrictions {
  player.advance();
  return restrictionsOf({
    isPlaying: player.isPlaying,
    isAdvert: player.isAdvert,
    hasContext: player.list.context !== undefined,
    hasPrevious: player.list.before().length > 0 || player.repeat !== "off",
    hasNext: player.upcoming.rows.length > 0,
  });
}

function restrictionsOf(situation: Situation): Restrictions {
  const { isPlaying, isAdvert, hasContext, hasPrevious, hasNext } = situation;
  const advert = isAdvert ? ["not_supported_by_content_type"] : [];
  const options = [...advert, ...(hasContext ? [] : ["no_associated_track"])];
  return {
    disallowPausingReasons: isPlaying ? [] : ["not_playing"],
    disallowResumingReasons: isPlaying ? ["not_paused"] : [],
    disallowSeekingReasons: advert,
    disallowSkippingPrevReasons: [...advert, ...(hasPrevious ? [] : ["no_prev_track"])],
    disallowSkippingNextReasons: [...advert, ...(hasNext ? [] : ["no_next_track"])],
    disallowTogglingShuffleReasons: options,
    disallowTogglingRepeatContextReasons: options,
  };
}
