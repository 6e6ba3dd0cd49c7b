import { SpotifyError } from "../core/errors";

/** What a message holds under a name. */
export type Fields = Readonly<Record<string, unknown>>;

const MAX_NAME = 256;

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As `readDeviceName`, or a device of a list or of a playback state. @throws SpotifyError INVALID_ARGUMENT */
export function readDevice(value: unknown): string {
  return readDeviceName(isObject(value) ? (value["id"] ?? value["name"]) : value);
}

/** ID, name or alias of a device. @throws SpotifyError INVALID_ARGUMENT */
export function readDeviceName(value: unknown): string {
  if (typeof value === "string" && value.trim() !== "" && value.length <= MAX_NAME) return value.trim();
  throw new SpotifyError(
    "INVALID_ARGUMENT",
    `A device is its name or its ID: a text of at most ${MAX_NAME} characters.`,
  );
}
