import {
  clientIdName,
  type ClientIdChange,
  type ClientIdName,
  type ClientIdReason,
  type ClientIdReport,
  type CurrentClientId,
  type Session,
  type SessionState,
  type SignInExpiring,
  type SpotifyError,
} from "../../src";

/** The session's state; `previous` is null if the flow is told the present state. */
export interface StateEvent {
  kind: "state";
  state: SessionState;
  previous: SessionState | null;
  /** Why, where something went wrong. */
  error?: { code: string; message: string };
}

/** What Spotify's app says of the device that it runs on. */
export interface EventDevice {
  id: string;
  name?: string;
  brand?: string;
  model?: string;
}

/** A client ID that the session has taken over; `previous` is null if the flow is told the present state. */
export interface ClientIdEvent {
  kind: "client-id";
  /** 32 hex digits, and the short name of a public one. */
  clientId: string;
  name: ClientIdName | null;
  previous: string | null;
  previousName: ClientIdName | null;
  reason: ClientIdReason;
  /** The device whose app took control, if that is known. */
  device?: EventDevice;
  taken: true;
  /** ms since the epoch */
  at: number;
}

/** A client ID that Spotify sent, and that a pinned session did not take over. */
export interface ClientIdReportEvent {
  kind: "client-id";
  clientId: string;
  name: ClientIdName | null;
  /** The session's own. */
  kept: string;
  keptName: ClientIdName | null;
  reason: ClientIdReason;
  device?: EventDevice;
  taken: false;
  at: number;
}

export interface SignInExpiringEvent {
  kind: "sign-in-expiring";
  clientId: string;
  name: ClientIdName | null;
  /** Whole days. */
  daysLeft: number;
  /** ms since the epoch */
  expiresAt: number;
}

/** The sign-ins of the account now. Empty if no one is signed in. */
export interface SignInEvent {
  kind: "sign-in";
  username: string | null;
  signIns: EventSignIn[];
}

export interface EventSignIn {
  way: "configured" | "stored" | "app";
  /** How a `stored` one came: `pairing`, `import`, `tap`; null if that is not known. */
  by: string | null;
  /** Of an `app`. */
  clientId: string | null;
  name: ClientIdName | null;
  /** ms since the epoch; null if it is not known, or if there is no end. */
  since: number | null;
  expiresAt: number | null;
  /** Whether Spotify no longer accepts it. */
  ended: boolean;
}

export type SpotifyEvent =
  StateEvent | ClientIdEvent | ClientIdReportEvent | SignInExpiringEvent | SignInEvent;

export function stateEvent(
  state: SessionState,
  previous: SessionState | null,
  error: SpotifyError | undefined,
): StateEvent {
  return {
    kind: "state",
    state,
    previous,
    ...(error && { error: { code: error.code, message: error.message } }),
  };
}

export function clientIdEvent({ clientId, previous, reason, device, at }: ClientIdChange): ClientIdEvent {
  return {
    kind: "client-id",
    clientId,
    name: nameOf(clientId),
    previous,
    previousName: nameOf(previous),
    reason,
    ...(device && { device: { ...device } }),
    taken: true,
    at,
  };
}

/** The client ID that a session has already, for a flow that has just begun to listen. */
export function currentClientIdEvent({ clientId, reason, device, since }: CurrentClientId): ClientIdEvent {
  return {
    kind: "client-id",
    clientId,
    name: nameOf(clientId),
    previous: null,
    previousName: null,
    reason,
    ...(device && { device: { ...device } }),
    taken: true,
    at: since,
  };
}

export function clientIdReportEvent(report: ClientIdReport): ClientIdReportEvent {
  const { clientId, kept, reason, device, at } = report;
  return {
    kind: "client-id",
    clientId,
    name: nameOf(clientId),
    kept,
    keptName: nameOf(kept),
    reason,
    ...(device && { device: { ...device } }),
    taken: false,
    at,
  };
}

export function signInExpiringEvent({ clientId, daysLeft, until }: SignInExpiring): SignInExpiringEvent {
  return { kind: "sign-in-expiring", clientId, name: nameOf(clientId), daysLeft, expiresAt: until };
}

export function signInEvent(session: Session): SignInEvent {
  const signIns = session.signIns.list().map(({ way, by, clientId, since, until, ended }) => ({
    way,
    by: by ?? null,
    clientId: clientId ?? null,
    name: clientId === undefined ? null : nameOf(clientId),
    since: since ?? null,
    expiresAt: until ?? null,
    ended,
  }));
  return { kind: "sign-in", username: session.username ?? null, signIns };
}

function nameOf(clientId: string): ClientIdName | null {
  return clientIdName(clientId) ?? null;
}
