import { SpotifyError } from "../core/errors";
import { readPosition, readVolume } from "./amounts";
import type { PlayCommand, Playable, SearchType } from "./command";
import { isItem, toUri } from "./links";
import type { ReadCommand } from "./read-command";
import { readRepeat } from "./read-modes";
import { readUri, readUris } from "./read-uris";
import { isObject, readDevice, type Fields } from "./values";

const MAX_WORDS = 200;
const MAX_OFFSET = 100_000;
const TYPES: readonly SearchType[] = ["track", "album", "artist", "playlist", "show", "episode"];

/**
 * What the value of `play` asks for. A number, a boolean or nothing means: go on (an inject node sends a timestamp).
 * @throws SpotifyError INVALID_ARGUMENT
 */
export function readPlay(value: unknown): ReadCommand {
  if (typeof value === "string")
    return { command: withWhat(value.trim() === "" ? undefined : readText(value)) };
  if (Array.isArray(value))
    return { command: withWhat(value.length === 0 ? undefined : readList(value, undefined)) };
  if (isObject(value)) return readObject(value);
  if (value === undefined || value === null || typeof value === "number" || typeof value === "boolean") {
    return { command: withWhat(undefined) };
  }
  throw wrong("What to play is a URI, an address on open.spotify.com, words, an array or an object.");
}

function withWhat(what: Playable | undefined): PlayCommand {
  return { action: "play", what };
}

function readText(text: string): Playable {
  return playable(toUri(text)) ?? { search: readWords(text) };
}

function playable(uri: string | undefined, offset?: number | string): Playable | undefined {
  if (uri === undefined) return undefined;
  const at = offset === undefined ? {} : { offset };
  return isItem(uri) ? { uris: [uri], ...at } : { context: uri, ...at };
}

/** An array of one playlist is that playlist. */
function readList(value: readonly unknown[], offset: number | string | undefined): Playable {
  const only = value.length === 1 ? readUri(value[0]) : undefined;
  if (only !== undefined && !isItem(only)) return playable(only, offset)!;
  return { uris: readUris(value), ...(offset !== undefined && { offset }) };
}

/** `context_uri` and `position_ms` are the Web API's words. */
function readObject(value: Fields): ReadCommand {
  const { position = value["position_ms"], shuffle, repeat, volume, device } = value;
  const what = readWhat(value);
  const command: PlayCommand = {
    action: "play",
    what,
    ...(isGiven(position) && { position: absolute(readPosition(position), "position") }),
    ...(isGiven(shuffle) && { shuffle: readFlag(shuffle) }),
    ...(isGiven(repeat) && { repeat: readMode(repeat) }),
    ...(isGiven(volume) && { volume: absolute(readVolume(volume), "volume") }),
  };
  return { command, ...(isGiven(device) && device !== "" && { device: readDevice(device) }) };
}

function readWhat(value: Fields): Playable | undefined {
  const { uri, uris, context = value["context_uri"], search, type } = value;
  const offset = readOffset(value["offset"]);
  if (isGiven(uris)) return readList(Array.isArray(uris) ? uris : [uris], offset);
  if (isGiven(context)) {
    const found = readUri(context);
    // The item of a playlist that is to be played first.
    const first = isGiven(uri) ? readUri(uri) : undefined;
    if (found !== undefined) return playable(found, offset ?? first)!;
    throw wrong("A context is the URI or the address of a playlist, an album, an artist or a show.");
  }
  if (isGiven(uri)) {
    const found = playable(readUri(uri), offset);
    if (found) return found;
    throw wrong("The uri is a Spotify URI or an address on open.spotify.com.");
  }
  if (!isGiven(search)) return undefined;
  if (typeof search !== "string") throw wrong("The search is a text.");
  return { search: readWords(search), ...(isGiven(type) && { type: readType(type) }) };
}

function readWords(text: string): string {
  const words = text.replaceAll(/[\s\p{C}]+/gu, " ").trim();
  if (words !== "" && words.length <= MAX_WORDS) return words;
  throw wrong(`The words to search for have 1 to ${MAX_WORDS} characters.`);
}

function readOffset(offset: unknown): number | string | undefined {
  if (!isGiven(offset)) return undefined;
  if (typeof offset === "number" && Number.isInteger(offset) && offset >= 0 && offset <= MAX_OFFSET)
    return offset;
  if (typeof offset === "string" && /^\d+$/.test(offset.trim())) return readOffset(Number(offset));
  // As the Web API has it.
  if (isObject(offset)) return readOffset(offset["position"] ?? offset["uri"]);
  const uri = readUri(offset);
  if (uri !== undefined && isItem(uri)) return uri;
  throw wrong("An offset is the number of the first item, from 0, or its URI.");
}

function readType(type: unknown): SearchType {
  const known = TYPES.find((one) => one === type);
  if (known) return known;
  throw wrong(`A type is one of these: ${TYPES.join(", ")}.`);
}

function readFlag(value: unknown): boolean {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw wrong("In what to play, shuffle is true or false.");
}

function readMode(value: unknown): "off" | "context" | "track" {
  const repeat = readRepeat(value);
  if (repeat !== "toggle") return repeat;
  throw wrong('In what to play, repeat is "off", "context" or "track".');
}

function absolute(amount: { at: number } | { by: number }, name: string): number {
  if ("at" in amount) return amount.at;
  throw wrong(`In what to play, the ${name} has no + or -.`);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function wrong(message: string): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", message);
}
