/** What to say of signing in by a tap in the Spotify app, from how the deployed session is. Pure. */
import type { Line } from "../line";
import { type Found, visibilityLine } from "../status";

export interface TapView {
  kind: "none" | "busy" | "good" | "bad" | "info";
  line: Line;
  /** Whether the session has yet to be made visible in the dialog. */
  isOff: boolean;
}

/** @param isTicked whether the dialog, as it is now, would have the session visible */
export function tapView(found: Found, isTicked: boolean): TapView {
  if (typeof found === "string" || found.visibility === "off") {
    const kind = isTicked ? "info" : "none";
    return { kind, line: { key: "tap.deploy" }, isOff: !isTicked };
  }
  const values = { device: found.deviceName };
  if (found.visibility === "failed") {
    return { kind: "bad", line: visibilityLine(found)!, isOff: false };
  }
  const tapped = found.signIns.find(({ by }) => by === "tap");
  if (tapped !== undefined) {
    const { username } = tapped;
    const line: Line = username === null ? { key: "signIns.tap" } : { key: "done.as", values: { username } };
    return { kind: "good", line, isOff: false };
  }
  // What an own app may do is no connection, and a tap makes one.
  const isConnected = found.signIns.some(({ way }) => way !== "app");
  if (isConnected) return { kind: "info", line: { key: "tap.needless", values }, isOff: false };
  return { kind: "busy", line: { key: "tap.waiting", values }, isOff: false };
}
