/**
 * Which of the scopes Spotify will probably refuse, for the client ID the node is going to ask with. It warns and
 * advises; it never prevents a deploy. Pure.
 */
import {
  CLIENT_IDS,
  type ClientIdName,
  DESKTOP_ONLY_SCOPES,
  publicClientIdFor,
  REPORTED_REFUSALS,
  reportedlyRefused,
} from "../../../src/core/knowledge";
import { OWN_APP, sessionClientId } from "../../shared/editor/client-id";
import type { Mark } from "../../shared/editor/scopes/scope-marks";

/** What the editor knows of the config node that the node uses. */
export interface SessionSetting {
  clientId: string;
  /** Whether Spotify may change the client ID while the session runs. */
  followClientId: boolean;
  /** The client ID that it has at the moment, if Node-RED has told: a Spotify app may have changed it. */
  now?: string | undefined;
}

export interface Verdict {
  /** The client ID the node will ask with, 32 hex digits; undefined if the editor cannot know it. */
  clientId: string | undefined;
  /** The marked ones of the chosen scopes, each with why. */
  marked: ReadonlyMap<string, Mark>;
  /** The public client ID to use instead. */
  remedy: ClientIdName | undefined;
  /** Whether `best` would choose a client ID for which none is marked. */
  bestHelps: boolean;
  /** Where the refusals were reported. */
  sources: readonly string[];
  /** Scopes that would be refused once Spotify changes the session's client ID to Android's in Connect mode. */
  atRisk: readonly string[];
}

const NOTHING: Verdict = {
  clientId: undefined,
  marked: new Map(),
  remedy: undefined,
  bestHelps: false,
  sources: [],
  atRisk: [],
};

/** Why each of `scopes` is marked for that client ID; the unmarked ones are absent. */
export function marksFor(clientId: string | undefined, scopes: readonly string[]): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  if (clientId === undefined) return marks;
  const desktopOnly: readonly string[] = DESKTOP_ONLY_SCOPES;
  for (const scope of reportedlyRefused(clientId, scopes)) {
    marks.set(scope, desktopOnly.includes(scope) ? "desktopOnly" : "refused");
  }
  return marks;
}

/**
 * @param setting the node's property `clientId`; undefined if it is an environment variable that only the runtime knows
 * @param session undefined while no session is chosen
 */
export function judge(
  setting: string | undefined,
  session: SessionSetting | undefined,
  scopes: readonly string[],
): Verdict {
  const clientId = clientIdFor(setting, session, scopes);
  if (clientId === undefined) return NOTHING;
  const marked = marksFor(clientId, scopes);
  const remedy = publicClientIdFor(scopes);
  return {
    clientId,
    marked,
    remedy,
    bestHelps: setting !== "best" && marksFor(clientIdFor("best", session, scopes), scopes).size === 0,
    sources: sourcesOf(clientId, [...marked.keys()]),
    atRisk: setting === "" && session?.followClientId === true ? atRiskInConnectMode(clientId, scopes) : [],
  };
}

/**
 * Why each of `offered` would be marked if it were chosen in addition. With `best` that differs from what is marked
 * for the client ID of now, as choosing it may make `best` another one.
 */
export function marksIfChosen(
  setting: string | undefined,
  session: SessionSetting | undefined,
  chosen: readonly string[],
  offered: readonly string[],
): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const scope of offered) {
    const mark = judge(setting, session, [...chosen, scope]).marked.get(scope);
    if (mark !== undefined) marks.set(scope, mark);
  }
  return marks;
}

/** As the runtime will choose it. */
function clientIdFor(
  setting: string | undefined,
  session: SessionSetting | undefined,
  scopes: readonly string[],
): string | undefined {
  if (setting === undefined || setting === OWN_APP) return undefined;
  if (setting !== "" && setting !== "best") return sessionClientId(setting);
  if (session === undefined) return undefined;
  const ofSession = session.now ?? sessionClientId(session.clientId);
  if (setting === "best" && reportedlyRefused(ofSession, scopes).length > 0) return CLIENT_IDS.keymaster;
  return ofSession;
}

function sourcesOf(clientId: string, marked: readonly string[]): string[] {
  return (REPORTED_REFUSALS[clientId] ?? [])
    .filter((refusal) => refusal.scopes.some((scope) => marked.includes(scope)))
    .map((refusal) => refusal.source);
}

function atRiskInConnectMode(clientId: string, scopes: readonly string[]): string[] {
  const already = marksFor(clientId, scopes);
  return reportedlyRefused(CLIENT_IDS.android, scopes).filter((scope) => !already.has(scope));
}
