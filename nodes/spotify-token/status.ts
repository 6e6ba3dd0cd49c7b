import type { NodeAPI, NodeStatus } from "node-red";
import { clientIdName, type Session, type SourceChoice, type SpotifyError, type Token } from "../../src";
import { accountStatus, type AccountFacts } from "../shared/account-status";
import { timeOfDay } from "../shared/time-of-day";

const DAY = 86_400_000;
/** From here on the status counts the days that a sign-in lasts, … */
const NOTICE_DAYS = 30;
/** … and from here on in yellow. */
const LAST_DAYS = 7;

/** What decides the status of a spotify-token node. */
export interface StatusFacts {
  account: AccountFacts;
  /** The error in the node's own properties, if there is one. */
  problem: SpotifyError | undefined;
  /** The last token that was handed on. */
  token: Token | undefined;
  /** What the last request failed with. */
  error: SpotifyError | undefined;
  /** Whether a request is under way. */
  asking: boolean;
  source: SourceChoice;
  /** Whether the node names no permissions, and does not expect them in messages. */
  lacksScopes: boolean;
  /** The client ID that the node names. */
  clientId: string | undefined;
}

/** Red with what is wrong; yellow while there is something to wait for; green with how long the token is good. */
export function composeStatus(RED: Pick<NodeAPI, "_">, facts: StatusFacts): NodeStatus {
  const { account, problem, token, error, asking } = facts;
  const { session } = account;
  const text = (key: string): string => RED._(`spotify-token.${key}`);
  const ofAccount = accountStatus(text, account);
  if (ofAccount?.fill === "red") return ofAccount;
  const wrong = problem ?? (asking ? undefined : error);
  if (wrong) return { fill: "red", shape: "ring", text: text(`errors.${wrong.code}`) };
  const valid = token && token.expiresAt > Date.now() ? token : undefined;
  // A valid token outlasts a broken connection.
  if (ofAccount && !(valid && session?.state === "reconnecting")) return ofAccount;
  if (asking) return { fill: "yellow", shape: "dot", text: text("status.renewing") };
  if (lacksPermissions(facts) && (valid?.scopes ?? null) === null) {
    return { fill: "yellow", shape: "ring", text: text("status.noPermissions") };
  }
  if (valid) return tokenStatus(text, facts, valid);
  if (session?.state === "ready") return { fill: "green", shape: "ring", text: text("status.ready") };
  if (session?.state === "idle" && account.isLoaded) {
    return { fill: "green", shape: "ring", text: text("status.signedIn") };
  }
  return {};
}

/** Short, because a status has little room: the log and the dialog say it in words. */
function tokenStatus(
  text: (key: string) => string,
  { account, source }: StatusFacts,
  token: Token,
): NodeStatus {
  const time = timeOfDay(token.expiresAt);
  if (token.audience === "spotify-internal" && source !== "login5") {
    return { fill: "yellow", shape: "dot", text: `${time} ${text("status.noWebApi")}` };
  }
  const until = `${time} ${shortName(token)}`;
  const days = daysLeft(account.session, token);
  if (days === undefined) return { fill: "green", shape: "dot", text: until };
  return { fill: days <= LAST_DAYS ? "yellow" : "green", shape: "dot", text: `${until} ${days}d` };
}

/** Without permissions only the sign-in with an app gives a token that the Web API takes. */
function lacksPermissions({ account, source, lacksScopes, clientId }: StatusFacts): boolean {
  if (!lacksScopes || source !== "auto" || !account.isLoaded) return false;
  const signIns = account.session?.signIns.list() ?? [];
  return !signIns.some(
    (signIn) =>
      signIn.way === "app" && !signIn.ended && (clientId === "best" || clientId === signIn.clientId),
  );
}

/** How many days the sign-in of a token still lasts; undefined if it lasts longer than the notice period. */
function daysLeft(session: Session | undefined, token: Token): number | undefined {
  if (token.source !== "oauth") return undefined;
  const until = session?.signIns.list().find(({ id }) => id === token.clientId)?.until ?? Infinity;
  const days = Math.floor((until - Date.now()) / DAY);
  return days <= NOTICE_DAYS ? Math.max(days, 0) : undefined;
}

/** The client ID tells what a token may be used for. Login5 tokens never work on the Web API. */
function shortName({ source, clientId }: Token): string {
  if (source === "login5") return source;
  return clientIdName(clientId) ?? `${clientId.slice(0, 8)}…`;
}
