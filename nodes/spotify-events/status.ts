import type { NodeAPI, NodeStatus } from "node-red";
import { clientIdName, type Session, type SpotifyError } from "../../src";
import { timeOfDay } from "../spotify-session/time-of-day";

/** What a spotify-events node's status is made of. */
export interface StatusFacts {
  /** Whether a session is chosen. */
  hasAccount: boolean;
  session: Session | undefined;
  /** Why the session cannot be made. */
  problem: SpotifyError | undefined;
}

/** How the session is; once Spotify has made its client ID another one, which one, and since when. */
export function composeStatus(
  RED: Pick<NodeAPI, "_">,
  { hasAccount, session, problem }: StatusFacts,
): NodeStatus {
  const text = (key: string, values?: Record<string, string>): string =>
    RED._(`spotify-events.${key}`, values);
  if (!hasAccount) return { fill: "red", shape: "ring", text: text("status.noAccount") };
  // What does not mend itself by waiting.
  const lasting = session?.state === "closed" || session?.error?.code === "UNTRUSTED_SERVER";
  const wrong = problem ?? (lasting ? session.error : undefined);
  if (wrong) return { fill: "red", shape: "ring", text: text(`errors.${wrong.code}`) };
  switch (session?.state) {
    case "connecting":
    case "reconnecting":
      return { fill: "yellow", shape: "ring", text: text("status.connecting") };
    case "ready":
      return { fill: "green", shape: "dot", text: readyText(session, text) };
    case "idle":
      if (session.signIns.list().length > 0) return {};
      return { fill: "grey", shape: "ring", text: text("errors.NOT_SIGNED_IN") };
    default:
      return {};
  }
}

function readyText(
  { clientIdState }: Session,
  text: (key: string, values?: Record<string, string>) => string,
): string {
  const { clientId, reason, since } = clientIdState;
  if (reason === "configured") return text("status.ready");
  return text("status.since", { name: shortName(clientId), time: timeOfDay(since) });
}

/** Seven characters at most, for a status has room for twenty. */
function shortName(clientId: string): string {
  const name = clientIdName(clientId);
  if (name === "keymaster") return "desktop";
  return name ?? `${clientId.slice(0, 6)}…`;
}
