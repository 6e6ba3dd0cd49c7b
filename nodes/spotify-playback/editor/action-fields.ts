/** Which fields of the dialog an action needs. */
import type { Action } from "../../../src/playback/actions";

/** The actions in the order in which the dialog offers them; empty: the message names it. */
export const OFFERED: readonly (Action | "")[] = [
  "play",
  "pause",
  "toggle",
  "next",
  "previous",
  "volume",
  "transfer",
  "queue",
  "seek",
  "shuffle",
  "repeat",
  "like",
  "unlike",
  "snapshot",
  "restore",
  "devices",
  "",
];

/** What its value means; the dialog has a label and a hint for each. Absent: the action takes no value. */
export const VALUES: Readonly<Partial<Record<Action | "", string>>> = {
  play: "what",
  seek: "position",
  volume: "volume",
  shuffle: "shuffle",
  repeat: "repeat",
  queue: "items",
  like: "liked",
  unlike: "liked",
  restore: "snapshot",
  "": "any",
};

const WITHOUT_DEVICE: ReadonlySet<string> = new Set(["devices", "like", "unlike", "snapshot"]);
const NEVER_WAKES: ReadonlySet<string> = new Set([...WITHOUT_DEVICE, "pause"]);

export function takesDevice(action: string): boolean {
  return !WITHOUT_DEVICE.has(action);
}

/** Whether its value may be one of the account's playlists. */
export function takesPlaylist(action: string): boolean {
  return action === "play";
}

export function mayWake(action: string): boolean {
  return !NEVER_WAKES.has(action);
}

/** Whether the message gets something beside what plays then. */
export function givesResult(action: string): boolean {
  return ["devices", "snapshot", ""].includes(action);
}
