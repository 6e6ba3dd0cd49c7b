/** The name under which Spotify's apps show the session. Pure. */

export const DEFAULT_DEVICE_NAME = "Node-RED";

/** Of UTF-8: longer ones cannot be announced on a network. RFC 6763, 4.1.1. */
export const MOST_BYTES = 63;

export type DeviceNameProblem = "missing" | "tooLong";

/** @param isNeeded whether the session is to be visible; else any name will do */
export function deviceNameProblem(name: unknown, isNeeded: boolean): DeviceNameProblem | undefined {
  if (!isNeeded) return undefined;
  if (typeof name !== "string" || name.trim() === "") return "missing";
  return byteLength(name.trim()) > MOST_BYTES ? "tooLong" : undefined;
}

/** In UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
