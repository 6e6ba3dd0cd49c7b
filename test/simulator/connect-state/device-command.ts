/**
 * What a command has a simulated device do.
 * Sources: librespot core/src/dealer/protocol/request.rs and connect/src/spirc.rs; go-librespot daemon/player.go; the bodies of
 * the official desktop app in WaveeMusic docs/plans/wavee/connect-commands-from-capture.md.
 */
import { findContext, findItem } from "../world/content";
import type { ContextEntry, ItemEntry } from "../world/catalogue";
import type { SimulatedDevice } from "../world/devices";
import type { Playback } from "../world/playback";
import { isRecord } from "../web-api/json";
import { restrictionsOf } from "../world/restrictions";

export type Fields = Readonly<Record<string, unknown>>;

/** What the device answers: done, or why it declines. */
export type Answer =
  | { does: (ackId: string) => void }
  | { declines: { code: string; description: string; reasons: readonly string[] } }
  | "not-supported"
  | "malformed";

const NOTHING: Answer = { does: () => undefined };

/** ContextPlayerError. Source: librespot protocol/proto/es_context_player_error.proto. */
const CODES: Readonly<Record<string, string>> = {
  pause: "7",
  resume: "8",
  skip_prev: "9",
  skip_next: "10",
  seek_to: "12",
  set_repeating_context: "13",
  set_repeating_track: "14",
  set_options: "15",
  set_shuffling_context: "16",
  add_to_queue: "37",
};
const LOADING_FAILED = { code: "40", description: "context_loading_failed", reasons: [] };

export function answerOf(command: Fields, device: SimulatedDevice, playback: Playback): Answer {
  const { endpoint } = command;
  if (device.habit === "librespot" && !isRecord(command["logging_params"])) return "malformed";
  if (endpoint === "play") return play(command, device, playback);
  if (endpoint === "set_options" && device.conduct.lacksSetOptions === true) return "not-supported";
  // A device that is not active holds nothing to go on with. librespot ignores these commands then.
  const isLast = playback.active === undefined && playback.speaker === device;
  if (endpoint === "resume" && isLast) return acting(playback, () => playback.play({ device }));
  if (playback.active !== device) return NOTHING;
  const reasons = typeof endpoint === "string" ? reasonsAgainst(endpoint, playback) : [];
  if (reasons.length > 0) {
    const description = `${String(endpoint)}_restricted`;
    return { declines: { code: CODES[String(endpoint)] ?? "0", description, reasons } };
  }
  return act(command, device, playback);
}

function act(command: Fields, device: SimulatedDevice, playback: Playback): Answer {
  const { endpoint, value, position } = command;
  switch (endpoint) {
    case "pause":
      return acting(playback, () => playback.pause());
    case "resume":
      return acting(playback, () => playback.resume());
    case "skip_next":
      return acting(playback, () => playback.next());
    case "skip_prev":
      return acting(playback, () => playback.previous());
    case "seek_to": {
      // librespot needs both.
      if (device.habit === "librespot" && typeof position !== "number") return "malformed";
      return typeof value === "number" && value >= 0
        ? acting(playback, () => playback.seek(value))
        : "malformed";
    }
    case "set_shuffling_context":
      return typeof value === "boolean" ? acting(playback, () => playback.setShuffle(value)) : "malformed";
    case "set_repeating_context":
    case "set_repeating_track": {
      if (typeof value !== "boolean") return "malformed";
      const which = endpoint === "set_repeating_context" ? "repeating_context" : "repeating_track";
      return acting(playback, () => setOptions({ [which]: value }, playback));
    }
    case "set_options":
      return acting(playback, () => setOptions(command, playback));
    case "add_to_queue": {
      const uri = isRecord(command["track"]) ? command["track"]["uri"] : undefined;
      const item = typeof uri === "string" ? findItem(uri) : undefined;
      if (typeof uri !== "string") return "malformed";
      return item === undefined ? NOTHING : acting(playback, () => playback.queue(item));
    }
    default:
      return "not-supported";
  }
}

function acting(playback: Playback, action: () => void): Answer {
  return { does: (ackId) => playback.carryOut(ackId, action) };
}

function setOptions(options: Fields, playback: Playback): void {
  const { shuffling_context: shuffle, repeating_context: context, repeating_track: track } = options;
  if (typeof shuffle === "boolean" && shuffle !== playback.state.shuffle) playback.setShuffle(shuffle);
  const now = playback.player.repeat;
  const isContext = typeof context === "boolean" ? context : now !== "off";
  const isTrack = typeof track === "boolean" ? track : now === "track";
  const wanted = isTrack ? "track" : isContext ? "context" : "off";
  if (wanted !== now) playback.setRepeat(wanted);
}

/** The desktop app's form of the command has what devices get as `options` in `prepare_play_options`. */
function play(command: Fields, device: SimulatedDevice, playback: Playback): Answer {
  const { context, options, prepare_play_options: prepared } = command;
  if (!isRecord(context)) return "malformed";
  const wanted = isRecord(options) ? options : isRecord(prepared) ? prepared : {};
  const what = whatToPlay(context, wanted["skip_to"]);
  if (what === undefined) return { declines: LOADING_FAILED };
  const { ignores = [] } = device.conduct;
  const override = isRecord(wanted["player_options_override"]) ? wanted["player_options_override"] : {};
  const { shuffling_context: shuffle, repeating_context: repeat, repeating_track: track } = override;
  const seekTo = wanted["seek_to"];
  const isPaused = wanted["initially_paused"] === true;
  const taken = {
    ...(!ignores.includes("shuffle") && { shuffling_context: shuffle }),
    ...(!ignores.includes("repeat") && { repeating_context: repeat, repeating_track: track }),
  };
  const start = (): void => {
    playback.play({
      ...what,
      device,
      ...(typeof seekTo === "number" && !ignores.includes("position") && { position: seekTo }),
    });
  };
  return {
    does: (ackId) => {
      setOptions(taken, playback);
      if (!isPaused) return playback.carryOut(ackId, start);
      start();
      playback.carryOut(ackId, () => playback.pause());
    },
  };
}

interface What {
  context?: ContextEntry;
  items?: readonly ItemEntry[];
  item?: number;
}

function whatToPlay({ uri, pages }: Fields, skipTo: unknown): What | undefined {
  if (typeof uri === "string" && uri !== "") {
    const single = findItem(uri);
    if (single !== undefined) return { items: [single] };
    const context = findContext(uri);
    return context && { context, ...startAt(context.items, skipTo) };
  }
  const [page]: unknown[] = Array.isArray(pages) ? pages : [];
  const tracks = isRecord(page) && Array.isArray(page["tracks"]) ? (page["tracks"] as unknown[]) : [];
  const items = tracks
    .map((track) => (isRecord(track) ? findItem(String(track["uri"])) : undefined))
    .filter((item) => item !== undefined);
  return items.length > 0 ? { items, ...startAt(items, skipTo) } : undefined;
}

function startAt(items: readonly ItemEntry[], skipTo: unknown): { item?: number } {
  if (!isRecord(skipTo)) return {};
  const { track_uri: uri, track_index: index } = skipTo;
  const number =
    typeof uri === "string"
      ? items.findIndex((item) => item.uri === uri)
      : typeof index === "number"
        ? index
        : -1;
  return items[number] === undefined ? {} : { item: number };
}

/** What the cluster says in advance. */
function reasonsAgainst(endpoint: string, { player }: Playback): readonly string[] {
  player.advance();
  const restrictions = restrictionsOf({
    isPlaying: player.isPlaying,
    isAdvert: player.isAdvert,
    hasContext: player.list.context !== undefined,
    hasPrevious: player.list.before().length > 0 || player.repeat !== "off",
    hasNext: player.upcoming.rows.length > 0,
  });
  const lists: Readonly<Record<string, readonly string[] | undefined>> = {
    pause: restrictions.disallowPausingReasons,
    resume: restrictions.disallowResumingReasons,
    seek_to: restrictions.disallowSeekingReasons,
    skip_next: restrictions.disallowSkippingNextReasons,
    skip_prev: restrictions.disallowSkippingPrevReasons,
    set_shuffling_context: restrictions.disallowTogglingShuffleReasons,
    set_repeating_context: restrictions.disallowTogglingRepeatContextReasons,
  };
  return lists[endpoint] ?? [];
}
