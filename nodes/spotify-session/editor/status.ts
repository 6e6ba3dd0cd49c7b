/** What the runtime tells of a deployed session, and how a person reads it. Pure. */
import { clientIdName } from "../../../src/core/knowledge";
import { clientIdKey } from "../../shared/editor/client-id";
import type { ToldError } from "./failure-text";
import type { Line } from "./line";
import { isRecord } from "../../shared/editor/record";
import { errorOf } from "./sign-in/answers";
import { readSignIns, type SignIn } from "./sign-ins";

const STATES = ["idle", "connecting", "ready", "reconnecting", "closed"] as const;
const REASONS = ["configured", "remote-frame", "cluster"] as const;
const STATE_PROBLEMS = [
  "read",
  "write",
  "reserve",
  "aside",
  "away",
  "not-shared",
  "no-key",
  "no-disk",
  "shared-folder",
  "copied",
] as const;
const VISIBILITIES = ["off", "visible", "failed"] as const;

export type SessionState = (typeof STATES)[number];

/** A client ID that Spotify sent and the session, which is pinned, did not take over. */
export interface ClientIdReport {
  clientId: string;
  /** What the session keeps. */
  kept: string;
  /** The device whose app it is, in words. */
  device: string | null;
  /** ms since the epoch. */
  at: number;
}

/** `kind` is the end of a key of the catalog. */
export interface StateProblem {
  kind: (typeof STATE_PROBLEMS)[number];
  file: string;
  keptAs: string;
  /** A code of the operating system, the other process, or a word. */
  cause: string;
}

/** The tap that was refused last, because it was of another account. */
export interface RefusedTap {
  username: string;
  /** ms since the epoch. */
  at: number;
  /** How many were refused in all. */
  count: number;
}

/** The answer of `GET spotify-session/<id>/status`. */
export interface SessionStatus {
  /** Whether the account runs; otherwise it is being signed in before its first deploy. */
  isDeployed: boolean;
  /** Whether the account has a session. If it has none, nothing is known of its sign-ins. */
  isOpen: boolean;
  state: SessionState;
  username: string | null;
  clientId: string;
  clientIdReason: (typeof REASONS)[number];
  /** ms since the epoch. */
  clientIdSince: number;
  /** The device whose app set it, in words. */
  clientIdDevice: string | null;
  clientIdReport: ClientIdReport | null;
  /** Whether Spotify's apps on the LAN see the session. */
  visibility: (typeof VISIBILITIES)[number];
  /** Why they do not, where they should. */
  visibilityError: string;
  /** What they see it as. */
  deviceName: string;
  tapRefused: RefusedTap | null;
  /** Until when another account may sign in by a tap, ms since the epoch; null if only the owner may. */
  tapsOpenUntil: number | null;
  error: ToldError | null;
  /** The problem with the file that holds the account's state. */
  stateProblem: StateProblem | null;
  connectedSince: number | null;
  signIns: SignIn[];
}

/** The account's status as far as the dialog knows it, or why the dialog does not know it. */
export type Found = SessionStatus | "loading" | "notDeployed" | "notAllowed" | "noAnswer";

export interface StatusView {
  light: "green" | "yellow" | "red" | "grey";
  title: Line;
  details: Line[];
  /** Whether the sign-ins are those of another user directory, and the user may use them here. */
  offersUseHere: boolean;
  error: ToldError | null;
}

/** The status in `answer`, or undefined if it has none. */
export function readStatus(answer: unknown): SessionStatus | undefined {
  if (!isRecord(answer)) return undefined;
  const { state, username, clientId, clientIdReason, clientIdSince, error, connectedSince } = answer;
  const { visibility, visibilityError, deviceName } = answer;
  const known = STATES.find((one) => one === state);
  if (known === undefined || typeof clientId !== "string") return undefined;
  return {
    isDeployed: answer["isDeployed"] !== false,
    isOpen: answer["isOpen"] !== false,
    state: known,
    username: typeof username === "string" && username !== "" ? username : null,
    clientId,
    clientIdReason: REASONS.find((one) => one === clientIdReason) ?? "configured",
    clientIdSince: typeof clientIdSince === "number" ? clientIdSince : 0,
    clientIdDevice: deviceText(answer["clientIdDevice"]),
    clientIdReport: readReport(answer["clientIdReport"]),
    visibility: VISIBILITIES.find((one) => one === visibility) ?? "off",
    visibilityError: typeof visibilityError === "string" ? visibilityError : "",
    deviceName: typeof deviceName === "string" ? deviceName : "",
    tapRefused: readRefusedTap(answer["tapRefused"]),
    tapsOpenUntil: typeof answer["tapsOpenUntil"] === "number" ? answer["tapsOpenUntil"] : null,
    error: readError(error),
    stateProblem: readStateProblem(answer["stateProblem"]),
    connectedSince: typeof connectedSince === "number" ? connectedSince : null,
    signIns: readSignIns(answer["signIns"]),
  };
}

function readReport(report: unknown): ClientIdReport | null {
  if (!isRecord(report)) return null;
  const { clientId, kept, device, at } = report;
  if (typeof clientId !== "string" || typeof kept !== "string" || typeof at !== "number") return null;
  return { clientId, kept, device: deviceText(device), at };
}

/** `Anna’s phone (Google Pixel 8)`, or as much of it as the app has told. */
function deviceText(device: unknown): string | null {
  if (!isRecord(device)) return null;
  const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
  const name = text(device["name"]);
  const kind = [text(device["brand"]), text(device["model"])].filter((part) => part !== "").join(" ");
  if (name === "" || kind === "") return name || kind || null;
  return `${name} (${kind})`;
}

function readRefusedTap(tap: unknown): RefusedTap | null {
  if (!isRecord(tap)) return null;
  const { username, at, count } = tap;
  if (typeof username !== "string" || typeof at !== "number" || typeof count !== "number") return null;
  return { username, at, count };
}

function readStateProblem(problem: unknown): StateProblem | null {
  if (!isRecord(problem)) return null;
  const kind = STATE_PROBLEMS.find((one) => one === problem["kind"]);
  if (kind === undefined) return null;
  const text = (name: string): string => (typeof problem[name] === "string" ? problem[name] : "");
  return { kind, file: text("file"), keptAs: text("keptAs"), cause: text("cause") };
}

function readError(error: unknown): SessionStatus["error"] {
  if (!isRecord(error)) return null;
  return errorOf({ error });
}

/** @param when writes a time (ms since the epoch) the way the user's language does. */
export function viewOf(found: Found, when: (time: number) => string): StatusView {
  if (typeof found === "string") {
    return {
      light: found === "noAnswer" ? "red" : "grey",
      title: { key: `panel.${found}` },
      details: [],
      offersUseHere: false,
      error: null,
    };
  }
  const title = titleOf(found);
  // Where the title says it, it is not said again.
  const error =
    title.key === "panel.notSignedIn" && found.error?.code === "NOT_SIGNED_IN" ? null : found.error;
  const details = detailsOf(found, when);
  const offersUseHere = found.isDeployed && found.stateProblem?.kind === "copied";
  return { light: lightOf(found), title, details, offersUseHere, error };
}

function lightOf({ state, error, signIns }: SessionStatus): StatusView["light"] {
  if (state === "ready") return "green";
  if (state === "idle" && signIns.some(({ ended }) => !ended)) return "green";
  if (state === "connecting" || state === "reconnecting") return "yellow";
  return error === null ? "grey" : "red";
}

function titleOf({ isOpen, state, username, signIns }: SessionStatus): Line {
  if (!isOpen) return { key: "panel.idle" };
  // No connection is needed for what own apps give.
  if (state === "idle" && signIns.length === 0) return { key: "panel.notSignedIn" };
  if (state === "idle" && username !== null) return { key: "panel.signedInAs", values: { username } };
  if (state === "ready" && username !== null) return { key: "panel.readyAs", values: { username } };
  return { key: `panel.${state}` };
}

function detailsOf(status: SessionStatus, when: (time: number) => string): Line[] {
  const details: Line[] = [];
  if (!status.isDeployed) return [{ key: "panel.kept" }];
  if (status.state === "ready" && status.connectedSince !== null) {
    details.push({ key: "panel.since", values: { time: when(status.connectedSince) } });
  }
  if (status.clientId !== "") details.push(clientIdLine(status, when));
  const visibility = visibilityLine(status);
  if (visibility !== undefined) details.push(visibility);
  if (status.tapRefused !== null) details.push(refusedTapLine(status.tapRefused, when));
  if (status.stateProblem !== null) {
    const { kind, ...values } = status.stateProblem;
    details.push({ key: `panel.state-${kind}`, values });
  }
  return details;
}

/** As what Spotify's apps on the LAN see the session, or why they do not; undefined where they are not to. */
export function visibilityLine({ visibility, visibilityError, deviceName }: SessionStatus): Line | undefined {
  if (visibility === "off") return undefined;
  return { key: `panel.visibility-${visibility}`, values: { device: deviceName, reason: visibilityError } };
}

/** Whose tap was refused, as the app named the account. The name is not verified. */
function refusedTapLine({ username, at, count }: RefusedTap, when: (time: number) => string): Line {
  const values = { username, time: when(at) };
  if (count === 1) return { key: "panel.tapRefused", values };
  return { key: "panel.tapsRefused", values: { ...values, number: count } };
}

/** Which client ID the session has, since when and why; for a pinned one, also which client ID Spotify sent. */
function clientIdLine(status: SessionStatus, when: (time: number) => string): Line {
  const { clientId, clientIdReason, clientIdSince, clientIdDevice, clientIdReport } = status;
  if (clientIdReason !== "configured") {
    return {
      key: `panel.clientIdTaken${clientIdDevice === null ? "" : "By"}`,
      ...named({ name: clientId }, { time: when(clientIdSince), device: clientIdDevice ?? "" }),
    };
  }
  if (clientIdReport !== null) {
    const { clientId: sent, kept, device, at } = clientIdReport;
    return {
      key: `panel.clientIdKept${device === null ? "" : "From"}`,
      ...named({ name: kept, sent }, { time: when(at), device: device ?? "" }),
    };
  }
  return { key: "panel.clientId", names: { name: clientIdKey(clientId) } };
}

/** Client IDs as people know them; of one that has no name, how it begins. */
function named(
  clientIds: Record<string, string>,
  others: Record<string, string>,
): Pick<Line, "values" | "names"> {
  const values = { ...others };
  const names: Record<string, string> = {};
  for (const [place, clientId] of Object.entries(clientIds)) {
    const known = clientIdName(clientId);
    if (known === undefined) values[place] = `${clientId.slice(0, 8)}…`;
    else names[place] = known;
  }
  return { values, names };
}
