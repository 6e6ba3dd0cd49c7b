import { SpotifyError } from "../core/errors";
import type { PlaybackState } from "../player/playback-state";
import { activate } from "./activate";
import type { Amount, Command } from "./command";
import { play, resume } from "./perform-play";
import { restored } from "./restore";
import type { Target } from "./scene";
import { setVolume } from "./perform-volume";
import type { Work } from "./work";

/** Carries out a command. @throws SpotifyError if it has not happened */
export async function perform(command: Command, work: Work): Promise<void> {
  switch (command.action) {
    case "play":
      return play(work, command);
    case "pause":
      return pause(work);
    case "toggle":
      return isPlayingThere(work) ? pause(work) : resume(work);
    case "next":
    case "previous":
      return work.carryOut({ kind: command.action }, await activeDevice(work));
    case "seek": {
      const target = await activeDevice(work);
      return work.carryOut({ kind: "seek", position: positionFor(command.to, work.scene.state) }, target);
    }
    case "volume":
      return setVolume(work, await work.target(), command.to);
    case "shuffle": {
      const target = await activeDevice(work);
      const shuffle = command.to === "toggle" ? !work.scene.state.shuffle : command.to;
      return work.carryOut({ kind: "options", shuffle }, target);
    }
    case "repeat": {
      const target = await activeDevice(work);
      const repeat = command.to === "toggle" ? NEXT_REPEAT[work.scene.state.repeat] : command.to;
      return work.carryOut({ kind: "options", repeat }, target);
    }
    case "transfer":
      return activate(work, await work.target(), "restore", Infinity);
    case "queue": {
      const target = await activeDevice(work);
      for (const uri of command.uris) await work.carryOut({ kind: "queue", uri }, target);
      return;
    }
    case "like":
    case "unlike":
      return like(work, command.uris, command.action === "like");
    case "snapshot":
    case "devices":
      return;
    case "restore":
      return restored(work, command.snapshot);
    default:
      command satisfies never;
  }
}

/** As the button in Spotify's apps goes round. */
const NEXT_REPEAT = { off: "context", context: "track", track: "off" } as const;

/** Nothing is to do if nothing plays there. A device that is asleep is not woken for it. */
async function pause(work: Work): Promise<void> {
  work.checkName();
  if (isPlayingThere(work)) await work.carryOut({ kind: "pause" }, await work.target());
}

/** Whether something plays on the device that the command names, or on any device if it names none. */
function isPlayingThere(work: Work): boolean {
  const { state } = work.scene;
  const named = work.named();
  return state.playing && (named === undefined || named === state.device?.id);
}

/** The device that the command is for, made active. */
async function activeDevice(work: Work): Promise<Target> {
  const target = await work.target();
  await activate(work, target, "restore");
  return target;
}

/** Not before the start, and not beyond the end. */
function positionFor(to: Amount, { position, at, playing, duration }: PlaybackState): number {
  const now = (position ?? 0) + (playing ? Math.max(0, Date.now() - at) : 0);
  const wanted = "at" in to ? to.at : now + to.by;
  return Math.round(Math.max(0, Math.min(wanted, duration ?? wanted)));
}

async function like(work: Work, uris: readonly string[] | undefined, isLiked: boolean): Promise<void> {
  const { uri } = work.scene.state;
  const wanted = uris ?? (uri === null ? [] : [uri]);
  if (wanted.length === 0) {
    throw new SpotifyError("INVALID_ARGUMENT", "Nothing has played: name what is meant by its URI.");
  }
  work.step({ name: "sending" });
  await work.timed((signal) => work.lookups.like(wanted, isLiked, signal));
}
