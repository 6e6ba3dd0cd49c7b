import type { Session, SpotifyError, SpotifyErrorCode } from "../../src";

const NETWORK: ReadonlySet<SpotifyErrorCode> = new Set([
  "UNREACHABLE",
  "TIMEOUT",
  "UNTRUSTED_SERVER",
  "PROTOCOL_ERROR",
]);

/**
 * Whether a failure that a node shows is over without another message: a new connection ends the trouble of the network,
 * and a sign-in ends NOT_SIGNED_IN. What Spotify refused stays refused.
 */
export function isOver({ code }: SpotifyError, session: Session | undefined): boolean {
  if (NETWORK.has(code)) return session?.state === "ready";
  return code === "NOT_SIGNED_IN" && session !== undefined && session.signIns.list().length > 0;
}
