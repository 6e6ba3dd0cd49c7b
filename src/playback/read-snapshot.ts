import { SpotifyError } from "../core/errors";
import { toUri } from "./links";
import type { Snapshot } from "./snapshot";
import { isObject, readDeviceName } from "./values";

const LONGEST = 86_400_000;

/**
 * A snapshot that a flow has kept.
 * @throws SpotifyError INVALID_ARGUMENT if it is something else
 */
export function readSnapshot(value: unknown): Snapshot {
  if (!isObject(value)) throw wrong();
  const { device, context, uri, position, volume, shuffle, repeat, playing } = value;
  if (repeat !== "off" && repeat !== "context" && repeat !== "track") throw wrong();
  if (typeof shuffle !== "boolean" || typeof playing !== "boolean") throw wrong();
  return {
    device: device === null ? null : readDevice(device),
    context: readNullableUri(context),
    uri: readNullableUri(uri),
    position: readNumber(position, LONGEST),
    volume: readNumber(volume, 100),
    shuffle,
    repeat,
    playing,
  };
}

function readDevice(device: unknown): Snapshot["device"] {
  if (!isObject(device)) throw wrong();
  const { id, name } = device;
  return { id: readDeviceName(id), name: name === null ? null : readDeviceName(name) };
}

function readNullableUri(value: unknown): string | null {
  if (value === null) return null;
  const uri = typeof value === "string" ? toUri(value) : undefined;
  if (uri === undefined) throw wrong();
  return uri;
}

function readNumber(value: unknown, most: number): number | null {
  if (value === null) return null;
  if (typeof value === "number" && value >= 0 && value <= most) return value;
  throw wrong();
}

function wrong(): SpotifyError {
  return new SpotifyError(
    "INVALID_ARGUMENT",
    "This is not a snapshot. Keep what the action “snapshot” gives, and restore that.",
  );
}
