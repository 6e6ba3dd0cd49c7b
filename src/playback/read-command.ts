import { SpotifyError } from "../core/errors";
import type { Command } from "./command";

/** The actions, as messages and nodes name them. */
export const ACTIONS = [
  "play",
  "pause",
  "toggle",
  "next",
  "previous",
  "seek",
  "volume",
  "shuffle",
  "repeat",
  "transfer",
  "queue",
  "like",
  "unlike",
  "devices",
  "snapshot",
  "restore",
] as const;

export type Action = (typeof ACTIONS)[number];

export interface ReadCommand {
  command: Command;
  /** The device that the value names: for `transfer`, and for `play` with `{ device }`. */
  device?: string;
}

/**
 * Makes a command of an action and its value, as they stand in a message.
 * @throws SpotifyError INVALID_ARGUMENT, which says what the value can be; it never quotes it
 */
export function readCommand(_action: Action, _value: unknown): ReadCommand {
  throw new SpotifyError("INVALID_ARGUMENT", "This action is not known yet.");
}
