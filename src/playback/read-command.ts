import { SpotifyError } from "../core/errors";
import { ACTIONS, type Action } from "./actions";
import { readPosition, readVolume } from "./amounts";
import type { Command } from "./command";
import { readPlay } from "./read-play";
import { readSnapshot } from "./read-snapshot";
import { readRepeat, readShuffle } from "./read-modes";
import { readLibraryUris, readUris } from "./read-uris";
import { isObject, readDevice } from "./values";

export interface ReadCommand {
  command: Command;
  /** The device that the value names: for `transfer`, and for `play` with `{ device }`. */
  device?: string;
}

/** The longest fade, s. */
const LONGEST_FADE = 3_600;

/**
 * Makes a command of an action and its value, as they stand in a message.
 * @throws SpotifyError INVALID_ARGUMENT, which says what the value can be; it never quotes it
 */
export function readCommand(action: Action, value: unknown): ReadCommand {
  switch (action) {
    case "play":
      return readPlay(value);
    case "pause":
    case "toggle":
    case "next":
    case "previous":
    case "devices":
    case "snapshot":
      return { command: { action } };
    case "seek":
      return { command: { action, to: readPosition(value) } };
    case "volume":
      return { command: readVolumeCommand(value) };
    case "shuffle":
      return { command: { action, to: readShuffle(value) } };
    case "repeat":
      return { command: { action, to: readRepeat(value) } };
    case "transfer":
      return { command: { action }, ...withDevice(value) };
    case "queue":
      return { command: { action, uris: readUris(value) } };
    case "like":
    case "unlike":
      return { command: { action, uris: namesNothing(value) ? undefined : readLibraryUris(value) } };
    case "restore":
      return { command: { action, snapshot: readSnapshot(value) } };
    default:
      // The compiler notices an action that is forgotten here; a message can name any word.
      action satisfies never;
      throw wrong(`An action is one of these: ${ACTIONS.join(", ")}.`);
  }
}

function readVolumeCommand(value: unknown): Command {
  if (!isObject(value)) return { action: "volume", to: readVolume(value) };
  const to = readVolume(value["volume"]);
  const { over } = value;
  if (over === undefined || over === null) return { action: "volume", to };
  const seconds = typeof over === "string" && over.trim() !== "" ? Number(over) : over;
  if (typeof seconds === "number" && seconds >= 0 && seconds <= LONGEST_FADE) {
    return { action: "volume", to, over: seconds };
  }
  throw wrong(`A fade takes 0 to ${LONGEST_FADE} seconds.`);
}

/** A number or a boolean names no device: an inject node sends a timestamp. */
function withDevice(value: unknown): { device?: string } {
  const device = isObject(value) ? (value["device"] ?? value["id"] ?? value["name"]) : value;
  const isNamed = isObject(device) || (typeof device === "string" && device.trim() !== "");
  return isNamed ? { device: readDevice(device) } : {};
}

function namesNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    typeof value === "number" ||
    typeof value === "boolean"
  );
}

function wrong(message: string): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", message);
}
