import type { PlaybackState } from "../player/playback-state";
import type { Order, PlayOrder } from "./order";
import type { Scene, Target } from "./scene";

/** A device with few volume steps takes the nearest one, percent. */
const VOLUME_TOLERANCE = 3;
/** How far from its goal a seek may be seen, ms. */
const SEEK_TOLERANCE = 2_000;

/** Whether an order would change nothing, so that it need not be sent. */
export function holdsAlready(order: Order, target: Target, scene: Scene): boolean {
  const { state } = scene;
  const isActive = state.device?.id === target.id;
  switch (order.kind) {
    case "resume":
      return isActive && state.playing;
    case "pause":
      return !isActive || !state.playing;
    case "volume":
      return target.canSetVolume && target.volume === order.percent;
    case "options":
      return isActive && hasOptions(order, state);
    case "transfer":
      return isActive && hasContinued(order.playback, state);
    default:
      return false;
  }
}

/**
 * Whether a scene that came after an order was sent shows its effect.
 *
 * @param before the scene from before
 * @returns undefined if no scene of this kind can show it
 */
export function showsEffect(order: Order, target: Target, before: Scene, scene: Scene): boolean | undefined {
  const { state } = scene;
  const isActive = state.device?.id === target.id;
  switch (order.kind) {
    case "play":
      return isActive && plays(order, state) && hasBegun(order, target, before, scene);
    case "resume":
      return isActive && state.playing;
    case "pause":
      return !isActive || !state.playing;
    case "next":
      return isAnotherItem(before, scene);
    case "previous":
      return isAnotherItem(before, scene) || hasGoneBack(before, scene);
    case "seek":
      return isNear(order.position, scene);
    case "volume":
      return hasVolume(order.percent, target, before, scene);
    case "options":
      return isActive && hasOptions(order, state);
    case "transfer":
      // librespot stays paused although it was told to play: a command to go on follows.
      // Source: librespot connect/src/spirc.rs, `handle_transfer`.
      return isActive && (order.playback !== "pause" || !state.playing);
    case "queue":
      return state.queue === null
        ? undefined
        : occurrences(order.uri, scene) > occurrences(order.uri, before);
  }
}

function plays({ context, uris, offset, paused = false }: PlayOrder, state: PlaybackState): boolean {
  // Some devices play although they were told to load only: `restore` pauses them then.
  if ((!paused && !state.playing) || state.uri === null) return false;
  if (typeof offset === "string" && state.uri === offset) return true;
  if (context !== undefined) return state.context?.uri === context || state.uri === context;
  return uris?.includes(state.uri) ?? false;
}

/**
 * Whether an item began, and it is not still the same one as before. A source that gives no playback ID may also show what held
 * before the order: then a track must be where it was to begin. An episode goes on where it was left.
 */
function hasBegun(order: PlayOrder, { id }: Target, before: Scene, scene: Scene): boolean {
  if (scene.playbackId !== undefined) return scene.playbackId !== before.playbackId;
  const { uri, position } = scene.state;
  const isAsBefore = before.state.device?.id === id && before.state.uri === uri && plays(order, before.state);
  if (!isAsBefore || position === null || !uri?.startsWith("spotify:track:")) return true;
  // Some devices begin at the start whatever they are told.
  return isNear(order.position ?? 0, scene) || isNear(0, scene);
}

function isAnotherItem(before: Scene, scene: Scene): boolean {
  if (scene.state.uri !== before.state.uri) return true;
  return scene.playbackId !== undefined && scene.playbackId !== before.playbackId;
}

/** Whether the item is nearer to its start than it was. */
function hasGoneBack(before: Scene, scene: Scene): boolean {
  return (scene.state.position ?? 0) < (before.state.position ?? 0);
}

function isNear(position: number, { state }: Scene): boolean {
  if (state.position === null) return false;
  // Between the order and this scene, the item has played on.
  const later = state.position - position;
  return later > -SEEK_TOLERANCE && later < SEEK_TOLERANCE + 10_000;
}

function hasVolume(percent: number, { id }: Target, before: Scene, scene: Scene): boolean {
  const volumeIn = ({ targets }: Scene): number | null =>
    targets.find((one) => one.id === id)?.volume ?? null;
  const volume = volumeIn(scene);
  if (volume === null || volume === percent) return volume === percent;
  // A push may have been on its way before the order: if it shows the volume from before, it says nothing.
  const isPush = scene.serverTime !== undefined;
  return Math.abs(volume - percent) <= VOLUME_TOLERANCE && !(isPush && volume === volumeIn(before));
}

function hasOptions({ shuffle, repeat }: Order & { kind: "options" }, state: PlaybackState): boolean {
  return (
    (shuffle === undefined || state.shuffle === shuffle) && (repeat === undefined || state.repeat === repeat)
  );
}

function hasContinued(playback: "restore" | "resume" | "pause", { playing }: PlaybackState): boolean {
  return playback === "restore" || playing === (playback === "resume");
}

function occurrences(uri: string, { state }: Scene): number {
  return (state.queue ?? []).filter((item) => item.uri === uri).length;
}
