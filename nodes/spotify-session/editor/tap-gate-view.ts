/** What the dialog says of whom a tap may sign in, from how the deployed session is. Pure. */
import type { Line } from "./line";
import type { Found } from "./status";

export interface TapGateView {
  line: Line;
  /** Whether another account may sign in by a tap now. */
  isOpen: boolean;
}

/**
 * @param when writes a time (ms since the epoch) the way the user's language does
 * @returns undefined if the account is not visible on the LAN, or not signed in: then anyone may tap
 */
export function tapGateView(found: Found, when: (time: number) => string): TapGateView | undefined {
  if (typeof found === "string" || !found.isDeployed || found.visibility === "off") return undefined;
  const { username, signIns, tapsOpenUntil } = found;
  if (username === null || signIns.length === 0) return undefined;
  if (tapsOpenUntil === null) return { line: { key: "tapGate.owner", values: { username } }, isOpen: false };
  const values = { username, time: when(tapsOpenUntil) };
  return { line: { key: "tapGate.open", values }, isOpen: true };
}
