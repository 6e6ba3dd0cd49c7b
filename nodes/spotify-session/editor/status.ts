/** What the runtime tells of a deployed session, and how a person reads it. Pure. */
import { clientIdKey } from "./client-id";
import type { Line } from "./line";
import { isRecord } from "./record";
import { readSignIns, type SignIn } from "./sign-ins";

const STATES = ["idle", "connecting", "ready", "reconnecting", "closed"] as const;
const REASONS = ["configured", "remote-frame", "cluster"] as const;

export type SessionState = (typeof STATES)[number];

/** The answer of `GET spotify-session/<id>/status`. */
export interface SessionStatus {
  state: SessionState;
  username: string | null;
  clientId: string;
  clientIdReason: (typeof REASONS)[number];
  /** ms since the epoch. */
  clientIdSince: number;
  error: { code: string; message: string } | null;
  connectedSince: number | null;
  signIns: SignIn[];
}

/** What a poll found: the session's status, or why there is none. */
export type Poll = SessionStatus | "loading" | "notDeployed" | "notAllowed" | "noAnswer";

export interface StatusView {
  light: "green" | "yellow" | "red" | "grey";
  title: Line;
  details: Line[];
  error: { code: string; message: string } | null;
}

/** The status in `answer`, or undefined where it is not one. */
export function readStatus(answer: unknown): SessionStatus | undefined {
  if (!isRecord(answer)) return undefined;
  const { state, username, clientId, clientIdReason, clientIdSince, error, connectedSince } = answer;
  const known = STATES.find((one) => one === state);
  if (known === undefined || typeof clientId !== "string") return undefined;
  return {
    state: known,
    username: typeof username === "string" && username !== "" ? username : null,
    clientId,
    clientIdReason: REASONS.find((one) => one === clientIdReason) ?? "configured",
    clientIdSince: typeof clientIdSince === "number" ? clientIdSince : 0,
    error: readError(error),
    connectedSince: typeof connectedSince === "number" ? connectedSince : null,
    signIns: readSignIns(answer["signIns"]),
  };
}

function readError(error: unknown): SessionStatus["error"] {
  if (!isRecord(error)) return null;
  return { code: String(error["code"]), message: String(error["message"]) };
}

/** @param when writes a time (ms since the epoch) the way the user's language does. */
export function viewOf(poll: Poll, when: (time: number) => string): StatusView {
  if (typeof poll === "string") {
    return {
      light: poll === "noAnswer" ? "red" : "grey",
      title: { key: `panel.${poll}` },
      details: [],
      error: null,
    };
  }
  return { light: lightOf(poll), title: titleOf(poll), details: detailsOf(poll, when), error: poll.error };
}

function lightOf({ state, error, signIns }: SessionStatus): StatusView["light"] {
  if (state === "ready") return "green";
  if (state === "idle" && signIns.some(({ ended }) => !ended)) return "green";
  if (state === "connecting" || state === "reconnecting") return "yellow";
  return error === null ? "grey" : "red";
}

function titleOf({ state, username, signIns }: SessionStatus): Line {
  // No connection is needed for what own apps give.
  if (state === "idle" && signIns.length === 0) return { key: "panel.notSignedIn" };
  if (state === "idle" && username !== null) return { key: "panel.signedInAs", values: { username } };
  if (state === "ready" && username !== null) return { key: "panel.readyAs", values: { username } };
  return { key: `panel.${state}` };
}

function detailsOf(status: SessionStatus, when: (time: number) => string): Line[] {
  const details: Line[] = [];
  if (status.state === "ready" && status.connectedSince !== null) {
    details.push({ key: "panel.since", values: { time: when(status.connectedSince) } });
  }
  if (status.clientId !== "") {
    details.push({
      key:
        status.clientIdReason === "configured" ? "panel.clientId" : `panel.clientId-${status.clientIdReason}`,
      values: { time: when(status.clientIdSince), id: status.clientId },
      names: { name: clientIdKey(status.clientId) },
    });
  }
  return details;
}

/** A time of day, with its date unless it is of the same day as `now`. */
export function timeText(time: number, now: number, locale: string | undefined): string {
  const sameDay = new Date(time).toDateString() === new Date(now).toDateString();
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  const options: Intl.DateTimeFormatOptions = sameDay ? clock : { day: "numeric", month: "short", ...clock };
  return new Intl.DateTimeFormat(locale, options).format(time);
}
