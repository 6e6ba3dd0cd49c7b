/**
 * How a command to another device fails.
 * Sources: the tests of BridgeThing and Spotifly for the bodies; librespot-java dealer for the names CONTEXT_PLAYER_ERROR and
 * UPSTREAM_ERROR. With which status Spotify answers these two is not published.
 */
import type { HttpAnswer } from "../http";
import type { Declined } from "../world/conduct";

export const MALFORMED: HttpAnswer = { status: 400 };

export const NOT_FOUND: HttpAnswer = {
  status: 404,
  body: { error_type: "DEVICE_NOT_FOUND", message: "Device not found, from edgeproxy" },
};

export const NOT_SUPPORTED: HttpAnswer = {
  status: 400,
  body: { error_type: "DEVICE_DOES_NOT_SUPPORT_COMMAND" },
};

/** The device could not do it, and gives no reason. */
export const FAILED: HttpAnswer = { status: 400, body: { error_type: "CONTEXT_PLAYER_ERROR" } };

/** The device does not answer. */
export const NO_REPLY: HttpAnswer = { status: 504, body: { error_type: "UPSTREAM_ERROR" } };

export function declined({ code, description, reasons }: Declined): HttpAnswer {
  return { status: 403, body: { error_code: code, error_description: description, reasons: [...reasons] } };
}
