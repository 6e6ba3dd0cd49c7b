/**
 * The state of the device that plays, or played last, in the cluster.
 * Sources of the fields: see src/proto/connect.proto; of their values: librespot connect/src/state.rs, and WaveeMusic's
 * capture `playback_remote.saz`.
 */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  PlayerStateSchema,
  ProvidedTrackSchema,
  type PlayerState,
  type ProvidedTrack,
} from "../../../src/proto/gen/connect_pb";
import type { ContextEntry, ItemEntry } from "../world/catalogue";
import {
  buffersWhilePaused,
  itemMetadata,
  pausedSpeed,
  rowMetadata,
  saysOldDuration,
  type Habit,
} from "../world/habits";
import type { Playback } from "../world/playback";
import type { Player } from "../world/player";
import { restrictionsNow } from "../world/restrictions";
import { MAX_NEXT, type Row } from "../world/track-list";

type Fields<Schema extends typeof PlayerStateSchema | typeof ProvidedTrackSchema> = Exclude<
  MessageInitShape<Schema>,
  { $typeName: string }
>;

/** Separates the last item from the first one in the next round. */
const DELIMITER: Fields<typeof ProvidedTrackSchema> = {
  uri: "spotify:delimiter",
  uid: "delimiter0",
  provider: "context",
  metadata: { hidden: "true", iteration: "0" },
};
/** The context of the DJ, whose items come from a separate service. Source: BridgeThing client.rs. */
const DJ = "spotify:playlist:37i9dQZF1EYkqdzj48dyYq";
const DJ_SESSION = "hm://lexicon-session-provider/context-resolve/v2/session";
/** Real revisions are larger than the numbers of JavaScript. */
const FIRST_REVISION = 10_000_000_000_000_000_000n;

export function playerStateOf(playback: Playback): PlayerState {
  const { player, speaker, startedBy, isBuffering, queueRevision } = playback;
  player.advance();
  const { clock, list, row, isPlaying, isAdvert } = player;
  const { context } = list;
  const { rows: next, beforeRepeat } = player.upcoming;
  const previous = list.before();
  const { habit } = speaker;
  const [before] = player.played.items;
  const duration =
    isBuffering && saysOldDuration(habit) ? (before?.item.durationMs ?? 0) : row.item.durationMs;
  const rowsOf = (rows: readonly Row[]): ProvidedTrack[] => rows.map((one) => upcoming(one, habit, context));
  return create(PlayerStateSchema, {
    timestamp: BigInt(Math.floor(clock.timestamp)),
    ...contextFields(context, row.item),
    contextRestrictions: {},
    playOrigin: { featureIdentifier: featureOf(context), deviceIdentifier: startedBy },
    index: { page: 0, track: list.index },
    track: {
      ...trackFields(row),
      metadata: itemMetadata(habit, row.item, context),
      ...(habit === "librespot"
        ? {}
        : { albumUri: row.item.album.uri, artistUri: row.item.artists[0]?.uri ?? "" }),
    },
    playbackId: player.playbackId,
    playbackSpeed: isPlaying ? player.speed : pausedSpeed(habit),
    positionAsOfTimestamp: BigInt(Math.round(clock.positionAtTimestamp)),
    duration: BigInt(duration),
    isPlaying: true,
    isPaused: !isPlaying,
    isBuffering: isBuffering || (!isPlaying && buffersWhilePaused(habit)),
    options: {
      shufflingContext: player.shuffle !== "off",
      repeatingContext: player.repeat === "context",
      repeatingTrack: player.repeat === "track",
      playbackSpeed: player.speed,
      modes: { context_enhancement: player.shuffle === "smart" ? "RECOMMENDATION" : "NONE" },
    },
    restrictions: restrictionsNow(player),
    prevTracks: rowsOf(previous),
    nextTracks: [
      ...rowsOf(next.slice(0, beforeRepeat)),
      ...(next.length > beforeRepeat ? [create(ProvidedTrackSchema, DELIMITER)] : []),
      ...rowsOf(next.slice(beforeRepeat)),
    ].slice(0, MAX_NEXT),
    sessionId: player.sessionId,
    queueRevision: String(FIRST_REVISION + BigInt(queueRevision)),
    ...(isAdvert && { adBreakContext: advertFields(player) }),
  });
}

/** A single track is its own context. Source: BridgeThing client.rs. */
function contextFields(context: ContextEntry | undefined, item: ItemEntry): Fields<typeof PlayerStateSchema> {
  const uri = context?.uri ?? item.uri;
  return {
    contextUri: uri,
    contextUrl: uri === DJ ? `${DJ_SESSION}?contextUri=${uri}` : `context://${uri}`,
    ...(context !== undefined && {
      contextMetadata: {
        context_description: context.name,
        playlist_number_of_tracks: String(context.items.length),
      },
    }),
  };
}

function upcoming(row: Row, habit: Habit, context: ContextEntry | undefined): ProvidedTrack {
  const metadata = rowMetadata(habit, row.item, context, row.queued);
  return create(ProvidedTrackSchema, { ...trackFields(row), metadata });
}

function trackFields({ item, uid, queued }: Row): Fields<typeof ProvidedTrackSchema> {
  return { uri: item.uri, uid, provider: queued ? "queue" : "context" };
}

/** The page on which a person started it. */
function featureOf(context: ContextEntry | undefined): string {
  if (context === undefined) return "track";
  const [, kind = "", , collection] = context.uri.split(":");
  return collection === "collection" ? "your_library" : kind;
}

function advertFields({ row, clock }: Player): Fields<typeof PlayerStateSchema>["adBreakContext"] {
  const left = row.item.durationMs - clock.position;
  return {
    maxSecondsRemaining: Math.ceil(left / 1000),
    positionInCurrentAdBreak: 1,
    totalAdsInBreakEstimate: 1,
  };
}
