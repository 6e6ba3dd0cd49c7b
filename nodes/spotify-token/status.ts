import type { NodeAPI, NodeStatus } from "node-red";
import { clientIdName, type Session, type SpotifyError, type Token } from "../../src";
import { timeOfDay } from "../spotify-session/time-of-day";

const DAY = 86_400_000;
/** From here on the status counts the days that a sign-in lasts, … */
const NOTICE_DAYS = 30;
/** … and from here on in yellow. */
const LAST_DAYS = 7;

/** What a spotify-token node's status is made of. */
export interface StatusFacts {
  session: Session | undefined;
  /** The last token that was handed on. */
  token: Token | undefined;
  /** What the last request failed with. */
  error: SpotifyError | undefined;
  /** Whether a request is under way. */
  asking: boolean;
}

/** Red with what is wrong; yellow while there is something to wait for; green with how long the token is good. */
export function composeStatus(RED: NodeAPI, { session, token, error, asking }: StatusFacts): NodeStatus {
  const text = (key: string): string => RED._(`spotify-token.${key}`);
  // What does not mend itself by waiting.
  const lasting = session?.state === "closed" || session?.error?.code === "UNTRUSTED_SERVER";
  const stopped = lasting ? session.error : undefined;
  const wrong = stopped ?? error;
  if (wrong && !asking) return { fill: "red", shape: "ring", text: text(`errors.${wrong.code}`) };
  const valid = token && token.expiresAt > Date.now();
  if (session?.state === "connecting" || (session?.state === "reconnecting" && !valid)) {
    return { fill: "yellow", shape: "ring", text: text("status.connecting") };
  }
  if (asking) return { fill: "yellow", shape: "dot", text: text("status.renewing") };
  if (valid) {
    const until = `${timeOfDay(token.expiresAt)} ${shortName(token)}`;
    const days = daysLeft(session, token);
    if (days === undefined) return { fill: "green", shape: "dot", text: until };
    // Short, for there is no room: the log and the dialog say it in words.
    return { fill: days <= LAST_DAYS ? "yellow" : "green", shape: "dot", text: `${until} ${days}d` };
  }
  if (session?.state === "ready") return { fill: "green", shape: "ring", text: text("status.ready") };
  return {};
}

/** How many days the sign-in of a token lasts, if that is worth a word. */
function daysLeft(session: Session | undefined, token: Token): number | undefined {
  if (token.source !== "oauth") return undefined;
  const until = session?.signIns.list().find(({ id }) => id === token.clientId)?.until;
  const days = until === undefined ? Infinity : Math.floor((until - Date.now()) / DAY);
  return days <= NOTICE_DAYS ? Math.max(days, 0) : undefined;
}

/** What a token is good for shows in whose it is; but one of login5 is none for the Web API, whosever it is. */
function shortName({ source, clientId }: Token): string {
  if (source === "login5") return source;
  return clientIdName(clientId) ?? `${clientId.slice(0, 8)}…`;
}
