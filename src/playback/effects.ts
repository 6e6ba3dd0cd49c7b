import type { PlaybackState } from "../player/playback-state";
import type { Order, PlayOrder } from "./order";
import type { Scene, Target } from "./scene";

/** A device with few volume steps takes the nearest one, percent. */
const VOLUME_TOLERANCE = 3;
/** How far from its goal a seek may be seen, ms. */
const SEEK_TOLERANCE = 2_000;
/** By how much a position must differ from the one that playing alone leads to, ms. */
const JUMP = 1_000;
/** How much of the queue a state shows. */
const MAX_QUEUE = 20;

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
      return target.canSetVolume && volumeOf(target, scene) === order.percent;
    case "options":
      return isActive && hasOptions(order, state);
    case "transfer":
      return isActive && (order.playback === "restore" || state.playing === (order.playback === "resume"));
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
      return isNear(order.position, scene) && hasJumped(order.position, before, scene);
    case "volume":
      return hasVolume(order.percent, target, before, scene);
    case "options":
      return isActive && hasOptions(order, state);
    case "transfer":
      // librespot stays paused although it was told to play: a command to go on follows.
      // Source: librespot connect/src/spirc.rs, `handle_transfer`.
      return isActive && (order.playback !== "pause" || !state.playing);
    case "queue":
      return state.queue === null || isFull(before)
        ? undefined
        : occurrences(order.uri, scene) > occurrences(order.uri, before);
    default:
      order satisfies never;
      return undefined;
  }
}

function plays({ context, uris, offset, paused = false }: PlayOrder, state: PlaybackState): boolean {
  // Some devices play although they were told to load only: `restore` pauses them then.
  if ((!paused && !state.playing) || state.uri === null) return false;
  if (state.uri === offset) return true;
  if (context !== undefined) return state.context?.uri === context || state.uri === context;
  // Spotify may play another release of the same track. The context is then still the track that was asked for.
  return uris?.some((uri) => uri === state.uri || uri === state.context?.uri) ?? false;
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

/** Whether the item is somewhere else than where it would have come to by itself. */
function hasJumped(position: number, { state: before }: Scene, { state }: Scene): boolean {
  if (before.position === null || state.position === null || before.uri !== state.uri) return true;
  const byItself = before.position + (before.playing ? Math.max(0, state.at - before.at) : 0);
  // A seek as short as this cannot be told from none.
  if (Math.abs(position - byItself) < JUMP) return true;
  return Math.abs(state.position - byItself) >= JUMP;
}

function hasVolume(percent: number, { id }: Target, before: Scene, scene: Scene): boolean {
  const volume = listed(id, scene)?.volume ?? null;
  if (volume === null || volume === percent) return volume === percent;
  // A push may have been on its way before the order: if it shows the volume from before, it says nothing.
  const isPush = scene.serverTime !== undefined;
  return (
    Math.abs(volume - percent) <= VOLUME_TOLERANCE &&
    !(isPush && volume === (listed(id, before)?.volume ?? null))
  );
}

function hasOptions({ shuffle, repeat }: Order & { kind: "options" }, state: PlaybackState): boolean {
  return (
    (shuffle === undefined || state.shuffle === shuffle) && (repeat === undefined || state.repeat === repeat)
  );
}

/** The volume now: the target may be from before another order. */
function volumeOf(target: Target, scene: Scene): number | null {
  return (listed(target.id, scene) ?? target).volume;
}

function listed(id: string, { targets }: Scene): Target | undefined {
  return targets.find((target) => target.id === id);
}

/** Whether no more of the queue is shown than people have queued, so that one more would not be seen. */
function isFull({ state: { queue } }: Scene): boolean {
  return queue !== null && queue.length >= MAX_QUEUE && queue.every(({ queued }) => queued);
}

function occurrences(uri: string, { state }: Scene): number {
  return (state.queue ?? []).filter((item) => item.uri === uri).length;
}
