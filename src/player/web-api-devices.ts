import { cleanName } from "../core/clean-name";
import type { PlaybackDevice } from "./playback-state";
import { fieldsOf, isNumber } from "./web-api-fields";

const MAX_DEVICES = 100;
const MAX_ID = 128;

/** A device of the account, as the Web API lists it. */
export interface WebApiDevice {
  device: PlaybackDevice;
  isActive: boolean;
  /** Whether the Web API refuses to control it. */
  isRestricted: boolean;
}

/**
 * The devices of the document of `GET /v1/me/player/devices`. Leaves out those without an ID: no command can name them.
 * Source: Spotify's Web API reference, "Get Available Devices"; web-api#1337 for Sonos, which has no ID.
 */
export function readDevices(document: unknown): WebApiDevice[] {
  const devices = fieldsOf(document)?.["devices"];
  const entries: unknown[] = Array.isArray(devices) ? devices.slice(0, MAX_DEVICES) : [];
  return entries.flatMap((entry) => {
    const device = readDevice(entry);
    return device && device.device.id !== "" ? [device] : [];
  });
}

/** A device that takes no commands may have no ID: the ID is then empty. @returns undefined if it is not a device */
export function readDevice(value: unknown): WebApiDevice | undefined {
  const fields = fieldsOf(value);
  if (!fields) return undefined;
  const { id, name, type, volume_percent: volume } = fields;
  const hasVolume = isNumber(volume) && fields["supports_volume"] !== false;
  const isRestricted = fields["is_restricted"] === true;
  return {
    device: {
      id: typeof id === "string" ? id.slice(0, MAX_ID) : "",
      name: typeof name === "string" ? cleanName(name) || null : null,
      type: typeof type === "string" ? deviceType(type) : null,
      volume: hasVolume ? Math.round(Math.min(Math.max(volume, 0), 100)) : null,
      canSetVolume: hasVolume && !isRestricted,
      isPrivate: fields["is_private_session"] === true,
    },
    isActive: fields["is_active"] !== false,
    isRestricted,
  };
}

/** `cast_audio` for `CastAudio`, `tv` for `TV`: the names that pushed states use. */
function deviceType(type: string): string | null {
  if (!/^\w{1,32}$/.test(type)) return null;
  return type.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}
