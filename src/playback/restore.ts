import { activate } from "./activate";
import { isItem } from "./links";
import { begin, hasSetVolume } from "./perform-play";
import { setVolume } from "./perform-volume";
import type { Scene, Target } from "./scene";
import type { Snapshot } from "./snapshot";
import type { Work } from "./work";

/** How far from the kept position an item may stand without a seek, ms. */
const POSITION_TOLERANCE = 3_000;

/** What a scene shows, to be restored later. */
export function snapshotOf({ state }: Scene): Snapshot {
  const { device, context, uri, volume, shuffle, repeat, playing } = state;
  return {
    device: device && { id: device.id, name: device.name },
    context: context?.uri ?? null,
    uri,
    position: positionNow(state),
    volume,
    shuffle,
    repeat,
    playing,
  };
}

/** Has the account play what it played when the snapshot was made, where and how it did. */
export async function restored(work: Work, snapshot: Snapshot): Promise<void> {
  const { device, context, uri, volume, shuffle, repeat, playing } = snapshot;
  if (device === null || uri === null) {
    if (work.scene.state.playing) await work.carryOut({ kind: "pause" }, await work.target());
    return;
  }
  work.nameDevice(work.options.device ?? whereItWas(device, work.scene));
  const target = await work.target();
  const hasVolume = volume === null || (await hasSetVolume(work, target, volume));
  const position = snapshot.position ?? 0;
  if (isStillLoaded(work.scene, snapshot)) await activate(work, target, "restore");
  else {
    // The context of a track that was played alone may be the track.
    const what = context === null || isItem(context) ? { uris: [uri] } : { context, offset: uri };
    const order = { kind: "play", ...what, position, shuffle, repeat, paused: !playing } as const;
    await begin(work, target, order);
  }
  // What the device did not take from the order, or what is still to be done if the item is loaded.
  if (!playing) await work.carryOut({ kind: "pause" }, target);
  await seekTo(work, target, uri, position);
  if (playing) await work.carryOut({ kind: "resume" }, target);
  await work.carryOut({ kind: "options", shuffle, repeat }, target);
  if (!hasVolume) await setVolume(work, target, { at: volume });
}

/** An item that was queued is not in its context: the device then plays another one, from its start. */
async function seekTo(work: Work, target: Target, uri: string, position: number): Promise<void> {
  if (work.options.confirm === false || work.scene.state.uri !== uri) return;
  const now = positionNow(work.scene.state) ?? 0;
  if (Math.abs(now - position) > POSITION_TOLERANCE) await work.carryOut({ kind: "seek", position }, target);
}

/** Device IDs change, names stay. */
function whereItWas({ id, name }: NonNullable<Snapshot["device"]>, { targets }: Scene): string {
  return targets.some((target) => target.id === id) ? id : (name ?? id);
}

function isStillLoaded({ state }: Scene, { uri, context }: Snapshot): boolean {
  return state.uri === uri && (state.context?.uri ?? null) === context;
}

function positionNow({ position, at, playing, duration }: Scene["state"]): number | null {
  if (position === null) return null;
  const now = playing ? position + Math.max(0, Date.now() - at) : position;
  return Math.round(Math.min(now, duration ?? now));
}
