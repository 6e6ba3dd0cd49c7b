import { SpotifyError } from "../core/errors";
import { activate, isEcho } from "./activate";
import type { Playable, PlayCommand } from "./command";
import type { PlayOrder } from "./order";
import { setVolume } from "./perform-volume";
import type { Target } from "./scene";
import type { Work } from "./work";

/** How long to wait for the volume of a device that does not play yet, ms. */
const VOLUME_WITHIN = 2_000;
/** How far from the wanted position an item may begin, ms. */
const POSITION_TOLERANCE = 3_000;

/** Plays something, or goes on with what was paused. */
export async function play(work: Work, command: PlayCommand): Promise<void> {
  const { what, volume } = command;
  const playable = what === undefined ? undefined : await found(work, what);
  const target = await work.target();
  const isQuiet = volume === undefined || (await hasSetVolume(work, target, volume));
  if (playable === undefined) await resume(work);
  else await begin(work, target, orderFor(playable, command));
  await mend(work, target, command);
  // Some devices take a volume only while they play.
  if (!isQuiet) await setVolume(work, target, { at: volume });
}

/** Goes on with what was paused, on the device that the command names. */
export async function resume(work: Work): Promise<void> {
  const target = await work.target();
  await activate(work, target, "resume");
  await work.carryOut({ kind: "resume" }, target);
}

/** The order goes to the device itself, which becomes active by it. A transfer before it would race with it. */
export async function begin(work: Work, target: Target, order: PlayOrder): Promise<void> {
  if (isEcho(target)) await activate(work, target, "restore");
  await work.carryOut(order, target);
}

async function found(work: Work, what: Playable): Promise<Exclude<Playable, { search: string }>> {
  if (!("search" in what)) return what;
  work.step({ name: "searching" });
  const match = await work.timed((signal) => work.lookups.search(what.search, what.type, signal));
  if ("search" in match) throw new SpotifyError("INVALID_ARGUMENT", "Nothing was found.");
  return match;
}

function orderFor(playable: Exclude<Playable, { search: string }>, command: PlayCommand): PlayOrder {
  const { position, shuffle, repeat } = command;
  return {
    kind: "play",
    ...playable,
    ...(position !== undefined && { position }),
    ...(shuffle !== undefined && { shuffle }),
    ...(repeat !== undefined && { repeat }),
  };
}

/** Sets the volume before anything sounds. @returns whether nothing is left to do */
export async function hasSetVolume(work: Work, target: Target, volume: number): Promise<boolean> {
  if (!target.canSetVolume) return true;
  try {
    await work.carryOut({ kind: "volume", percent: volume }, target, VOLUME_WITHIN);
    return true;
  } catch (error) {
    work.signal.throwIfAborted();
    const mayComeLater = error instanceof SpotifyError && LATER.has(error.code);
    if (!mayComeLater) throw error;
    return false;
  }
}

const LATER: ReadonlySet<string> = new Set([
  "RESTRICTED",
  "NOT_CONFIRMED",
  "DEVICE_NOT_FOUND",
  "UNREACHABLE",
]);

/** Sets what the device did not take from the order. */
async function mend(work: Work, target: Target, { position, shuffle, repeat }: PlayCommand): Promise<void> {
  if (work.options.confirm === false) return;
  const { state } = work.scene;
  const options = {
    ...(shuffle !== undefined && shuffle !== state.shuffle && { shuffle }),
    ...(repeat !== undefined && repeat !== state.repeat && { repeat }),
  };
  if (Object.keys(options).length > 0) await work.carryOut({ kind: "options", ...options }, target);
  if (position === undefined || state.position === null) return;
  if (Math.abs(state.position - position) > POSITION_TOLERANCE) {
    await work.carryOut({ kind: "seek", position }, target);
  }
}
