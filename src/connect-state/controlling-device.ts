import { cleanName } from "../core/clean-name";

/** A device whose app took control. The names are the app's own, cleaned. */
export interface ControllingDevice {
  id: string;
  name?: string;
  brand?: string;
  model?: string;
}

const MAX_ID = 128;

/** @returns undefined for an ID that is empty or too long */
export function controllingDevice(
  id: string | undefined,
  names: { name?: string | undefined; brand?: string | undefined; model?: string | undefined },
): ControllingDevice | undefined {
  if (!id || id.length > MAX_ID) return undefined;
  const device: ControllingDevice = { id };
  for (const key of ["name", "brand", "model"] as const) {
    const text = cleanName(names[key] ?? "");
    if (text) device[key] = text;
  }
  return device;
}

/** A client ID as Spotify's apps send it, 32 hex digits; undefined for anything else. */
export function sentClientId(text: string | undefined): string | undefined {
  return text && /^[0-9a-fA-F]{32}$/.test(text) ? text.toLowerCase() : undefined;
}
