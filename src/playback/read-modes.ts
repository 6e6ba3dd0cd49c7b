import { SpotifyError } from "../core/errors";
import type { RepeatMode } from "../player/playback-state";

const SHUFFLE: ReadonlyMap<unknown, boolean | "toggle"> = new Map<unknown, boolean | "toggle">([
  [true, true],
  ["true", true],
  ["on", true],
  [false, false],
  ["false", false],
  ["off", false],
  ["toggle", "toggle"],
]);

/** @throws SpotifyError INVALID_ARGUMENT */
export function readShuffle(value: unknown): boolean | "toggle" {
  const shuffle = SHUFFLE.get(inSmallLetters(value));
  if (shuffle !== undefined) return shuffle;
  throw wrong('Shuffle is true, false or "toggle".');
}

const REPEAT: ReadonlyMap<unknown, RepeatMode | "toggle"> = new Map<unknown, RepeatMode | "toggle">([
  ["off", "off"],
  [false, "off"],
  ["context", "context"],
  ["all", "context"],
  ["track", "track"],
  ["one", "track"],
  ["toggle", "toggle"],
]);

/** `all` and `one` are what other players call `context` and `track`. @throws SpotifyError INVALID_ARGUMENT */
export function readRepeat(value: unknown): RepeatMode | "toggle" {
  const repeat = REPEAT.get(inSmallLetters(value));
  if (repeat !== undefined) return repeat;
  throw wrong('Repeat is "off", "context", "track" or "toggle".');
}

function inSmallLetters(value: unknown): unknown {
  return typeof value === "string" ? value.trim().toLowerCase() : value;
}

function wrong(message: string): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", message);
}
