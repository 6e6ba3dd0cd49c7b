/**
 * The effect of a command on a simulated device.
 * Sources: librespot core/src/dealer/protocol/request.rs and connect/src/spirc.rs; go-librespot daemon/player.go; the bodies of
 * the official desktop app in WaveeMusic docs/plans/wavee/connect-commands-from-capture.md.
 */
import type { Fields } from "./command-body";
import { findContext, findItem } from "../world/content";
import type { ContextEntry, ItemEntry } from "../world/catalogue";
import type { Declined } from "../world/conduct";
import type { SimulatedDevice } from "../world/devices";
import type { Playback } from "../world/playback";
import type { Repeat } from "../world/player";
import { isRecord } from "../web-api/json";
import { restrictionsNow } from "../world/restrictions";

/** The action of the device, or the reason against it. */
export type Answer =
  | { does: (ackId: string) => void }
  | { declines: Declined }
  /** The device does not know the command. */
  | "not-supported"
  /** The device cannot read the command. */
  | "failed"
  | "malformed";

const NOTHING: Answer = { does: () => undefined };

/** ContextPlayerError. Source: librespot protocol/proto/es_context_player_error.proto. */
const RESTRICTED: Readonly<Record<string, readonly [code: string, description: string]>> = {
  pause: ["7", "pause_restricted"],
  resume: ["8", "resume_restricted"],
  skip_prev: ["9", "skip_to_prev_restricted"],
  skip_next: ["10", "skip_to_next_restricted"],
  seek_to: ["12", "seek_to_restricted"],
  set_repeating_context: ["13", "toggle_repeat_context_restricted"],
  set_repeating_track: ["14", "toggle_repeat_track_restricted"],
  set_options: ["15", "set_options_restricted"],
  set_shuffling_context: ["16", "toggle_shuffle_restricted"],
};
const NO_SUCH_TRACK: Declined = { code: "11", description: "skip_to_non_existent_track", reasons: [] };
const LOADING_FAILED: Declined = { code: "40", description: "context_loading_failed", reasons: [] };

/** @param from the ID of the device whose app sends it */
export function answerOf(command: Fields, device: SimulatedDevice, playback: Playback, from: string): Answer {
  const { endpoint: spelled } = command;
  if (typeof spelled !== "string") return "malformed";
  // As the desktop app spells it since 1.2.94. Source: WaveeMusic connect-commands-from-capture.md.
  const endpoint = spelled === "next_track" ? "skip_next" : spelled;
  if (device.habit === "librespot" && !isRecord(command["logging_params"])) return "failed";
  if (endpoint === "play") return play(command, device, playback, from);
  if (endpoint === "set_options" && device.conduct.lacksSetOptions === true) return "not-supported";
  // A device that is not active has nothing to resume. librespot ignores these commands then.
  const isLast = playback.active === undefined && playback.speaker === device;
  if (endpoint === "resume" && isLast) return acting(playback, () => playback.play({ device }));
  if (playback.active !== device) return NOTHING;
  const reasons = reasonsAgainst(endpoint, command, playback);
  const [code, description] = RESTRICTED[endpoint] ?? [];
  if (reasons.length > 0 && code !== undefined && description !== undefined) {
    return { declines: { code, description, reasons } };
  }
  return act(endpoint, command, device, playback);
}

function act(endpoint: string, command: Fields, device: SimulatedDevice, playback: Playback): Answer {
  const { value, position } = command;
  switch (endpoint) {
    case "pause":
      return acting(playback, () => playback.pause());
    case "resume":
      return acting(playback, () => playback.resume());
    case "skip_next":
      return next(command["track"], playback);
    case "skip_prev": {
      const { allow_seeking: mayRestart } = isRecord(command["options"]) ? command["options"] : {};
      // librespot ignores the option.
      const restarts = mayRestart !== false || device.habit === "librespot";
      return acting(playback, () => playback.previous(restarts));
    }
    case "seek_to": {
      // librespot needs both.
      if (device.habit === "librespot" && typeof position !== "number") return "failed";
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

/** Jumps to a named track. */
function next(track: unknown, playback: Playback): Answer {
  if (!isRecord(track)) return acting(playback, () => playback.next());
  const { uri, uid } = track;
  const { rows } = playback.player.list;
  const byUid = rows.findIndex((row) => row.uid === uid);
  const number = byUid >= 0 ? byUid : rows.findIndex(({ item }) => item.uri === uri);
  if (number < 0) return { declines: NO_SUCH_TRACK };
  return acting(playback, () => playback.play({ item: number }));
}

function acting(playback: Playback, action: () => void): Answer {
  return { does: (ackId) => playback.carryOut(ackId, action) };
}

function setOptions(options: Fields, playback: Playback): void {
  const { shuffle, repeat } = optionsOf(options, playback);
  // In one push.
  if (shuffle !== undefined && repeat !== undefined) playback.player.setShuffle(shuffle ? "on" : "off");
  else if (shuffle !== undefined) playback.setShuffle(shuffle);
  if (repeat !== undefined) playback.setRepeat(repeat);
}

/** The options to change. */
function optionsOf(options: Fields, { player }: Playback): { shuffle?: boolean; repeat?: Repeat } {
  const { shuffling_context: shuffle, repeating_context: context, repeating_track: track } = options;
  const isContext = typeof context === "boolean" ? context : player.repeat !== "off";
  const isTrack = typeof track === "boolean" ? track : player.repeat === "track";
  const repeat = isTrack ? "track" : isContext ? "context" : "off";
  return {
    ...(typeof shuffle === "boolean" && shuffle !== (player.shuffle !== "off") && { shuffle }),
    ...(repeat !== player.repeat && { repeat }),
  };
}

/** The desktop app's form of the command has what devices get as `options` in `prepare_play_options`. */
function play(command: Fields, device: SimulatedDevice, playback: Playback, from: string): Answer {
  const { context, options, prepare_play_options: prepared } = command;
  if (!isRecord(context)) return "malformed";
  const wanted = isRecord(options) ? options : isRecord(prepared) ? prepared : {};
  const what = whatToPlay(context, wanted["skip_to"]);
  if (what === undefined) return { declines: LOADING_FAILED };
  const { ignores = [] } = device.conduct;
  const override = isRecord(wanted["player_options_override"]) ? wanted["player_options_override"] : {};
  const seekTo = wanted["seek_to"];
  const taken = {
    ...override,
    ...(ignores.includes("shuffle") && { shuffling_context: undefined }),
    ...(ignores.includes("repeat") && { repeating_context: undefined, repeating_track: undefined }),
  };
  const start = (): void => {
    const { shuffle, repeat } = optionsOf(taken, playback);
    if (shuffle !== undefined) playback.player.setShuffle(shuffle ? "on" : "off");
    if (repeat !== undefined) playback.player.setRepeat(repeat);
    playback.play({
      ...what,
      device,
      by: from,
      isPaused: wanted["initially_paused"] === true,
      ...(typeof seekTo === "number" && !ignores.includes("position") && { position: seekTo }),
    });
  };
  return acting(playback, start);
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

/** What the cluster says in advance. An option that is already off can always be switched off. */
function reasonsAgainst(endpoint: string, command: Fields, { player }: Playback): readonly string[] {
  const restrictions = restrictionsNow(player);
  const { disallowTogglingShuffleReasons: shuffle = [], disallowTogglingRepeatContextReasons: repeat = [] } =
    restrictions;
  const { value, shuffling_context: shuffling, repeating_context: repeating } = command;
  const lists: Readonly<Record<string, readonly string[] | undefined>> = {
    pause: restrictions.disallowPausingReasons,
    resume: restrictions.disallowResumingReasons,
    seek_to: restrictions.disallowSeekingReasons,
    skip_next: restrictions.disallowSkippingNextReasons,
    skip_prev: restrictions.disallowSkippingPrevReasons,
    set_shuffling_context: value === true ? shuffle : [],
    set_repeating_context: value === true ? repeat : [],
    set_options: [...(shuffling === true ? shuffle : []), ...(repeating === true ? repeat : [])],
  };
  return lists[endpoint] ?? [];
}
