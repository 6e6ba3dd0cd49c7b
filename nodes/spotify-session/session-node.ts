import type { Node, NodeAPI, NodeDef } from "node-red";
import { Session, type ClientIdReport, type SpotifyError } from "../../src";
import { accountNodeStatus } from "./account-node-status";
import { addRunning } from "./accounts";
import { closed, closeSession } from "./closings";
import { deleteStateWhenGone, isPartOfFlows } from "./deletion";
import { attachDesk, detachDesk } from "./desks";
import { guarded } from "../shared/guarded";
import { ShownStatus } from "../shared/shown-status";
import { migrateSession } from "./migrate";
import {
  readCredential,
  readSecrets,
  readSettings,
  toProblem,
  type AccountSettings,
} from "./session-settings";
import type { SessionSettings } from "./settings";
import { endProvisional } from "./provisional";
import { afterwards, stateStore, type StateSecrets } from "./state-store";
import { upToDate } from "./up-to-date";

export interface SessionNodeProperties extends NodeDef {
  /** "" for the platform's; or keymaster, android, ios, 32 hex digits */
  clientId: string;
  /** Whether what Spotify sends takes the place of it. */
  followClientId: boolean;
  /** What Spotify's apps show the session as, where `connect` has it visible on the LAN; "" for the library's own. */
  deviceName: string;
  connect: boolean;
  /** On which Spotify's apps reach it; "" or 0 for any. A number or a text. */
  port: number | string;
  /** Which form these have; 0 where it is absent. */
  version?: number;
}

/** A node that uses a session. */
export interface SessionUser extends Node {
  /** Something about the session has changed: its state, its client ID. */
  sessionChanged(): void;
}

/** The config node, as those that use it see it. */
export interface SpotifySessionNode extends Node<StateSecrets> {
  /** The ID in the template, if the node is in a subflow. */
  _alias?: string;
  /** Undefined while no node uses it, and if it cannot be made: then `problem` says why. */
  session: Session | undefined;
  problem: SpotifyError | undefined;
  /** Whether the session knows who is signed in: it reads that first. */
  isLoaded: boolean;
  /** What Spotify sent last, where the client ID is pinned. */
  clientIdReport: ClientIdReport | undefined;
  /** What Spotify's apps show the session as, where they show it. */
  deviceName: string;
  /** By ID. Node-RED reads it too, to reach the Status and Catch nodes on the users' tabs. */
  users: Record<string, SessionUser>;
  /** Makes the session where nobody uses it yet: to sign in. @returns whether there is one */
  open(): boolean;
  /** Begins to use the session. The first user has it connected. */
  register(user: SessionUser): void;
  /** Ends the use. */
  deregister(user: SessionUser, done: () => void): void;
}

/** A session that nobody uses any more stays for this long, so that a redeploy of its users keeps it. ms */
const LINGER = 10_000;
/** The same for one that is there only to sign in. ms */
const LINGER_TO_SIGN_IN = 15 * 60_000;

/** Gives a freshly created config node its session. */
export function makeSessionNode(
  RED: NodeAPI<SessionSettings>,
  node: SpotifySessionNode,
  stored: SessionNodeProperties,
): void {
  const properties = upToDate(node, migrateSession(stored));
  const status = new ShownStatus(node);
  let lingering: NodeJS.Timeout | undefined;
  let isClosed = false;
  let settings: AccountSettings | undefined;
  node.users = {};
  node.isLoaded = false;
  try {
    settings = readSettings(properties);
  } catch (cause) {
    node.problem = toProblem(cause);
  }
  node.deviceName = settings?.deviceName ?? "";
  // To be tapped, an account is on the LAN even if no node uses it.
  const isVisible = settings?.connect === true;
  // The template of an account in a subflow; a subflow of an npm package is not among the flows.
  const { _alias: template } = node;
  const hasTemplate = template !== undefined && isPartOfFlows(RED, node);

  const tellUsers = (): void => {
    guarded(node, () => status.show(accountNodeStatus(RED, node)))();
    for (const user of Object.values(node.users)) guarded(user, () => user.sessionChanged())();
  };

  function open(): void {
    if (isClosed) return;
    try {
      settings ??= readSettings(properties);
      node.session = makeSession(RED, node, settings);
      node.problem = undefined;
      node.clientIdReport = undefined;
    } catch (cause) {
      node.problem = toProblem(cause);
      node.error(node.problem);
      tellUsers();
      return;
    }
    const { session } = node;
    // As many as there are nodes.
    for (const emitter of [session, session.signIns]) emitter.setMaxListeners(0);
    session.on("state", ({ error, state }) => {
      if (state === "closed" && error) node.error(error);
      tellUsers();
    });
    session.on("trouble", () => tellUsers());
    session.on("clientId", () => tellUsers());
    session.on("clientIdReport", (report) => (node.clientIdReport = report));
    session.signIns.on("change", () => tellUsers());
    session.on("signInExpiring", () => tellUsers());
    // What it fails with is in its state, which users are told of, and it goes on trying if that makes sense.
    session.connect().catch(() => undefined);
    void session.tokens.ready().then(() => {
      if (node.session !== session) return;
      node.isLoaded = true;
      tellUsers();
    });
    tellUsers();
  }

  /** Closes it after a while, unless a node uses it by then or it is visible on the LAN. */
  function linger(delay: number): void {
    clearTimeout(lingering);
    if (isVisible) return;
    lingering = setTimeout(() => void close(), delay);
    lingering.unref();
  }

  function close(): Promise<void> {
    clearTimeout(lingering);
    const { session } = node;
    node.session = undefined;
    node.isLoaded = false;
    return session ? closeSession(node.id, session) : closed(node.id);
  }

  node.open = () => {
    if (!node.session) open();
    if (Object.keys(node.users).length === 0) linger(LINGER_TO_SIGN_IN);
    return node.session !== undefined;
  };
  node.register = (user) => {
    clearTimeout(lingering);
    node.users[user.id] = user;
    if (!node.session) open();
    guarded(user, () => user.sessionChanged())();
  };
  node.deregister = (user, done) => {
    delete node.users[user.id];
    if (Object.keys(node.users).length === 0) linger(LINGER);
    done();
  };
  const desk = { open: (): Session | undefined => (node.open() ? node.session : undefined) };
  node.on("close", (removed: boolean, done: () => void) => {
    detachDesk(node.id, desk);
    isClosed = true;
    // Node-RED does not say of an account in a subflow that its instance was removed or disabled.
    const mayBeGone = removed || hasTemplate;
    close()
      .then(() => (mayBeGone ? deleteStateWhenGone(RED, node) : undefined))
      .catch((error: NodeJS.ErrnoException) =>
        node.warn(`The state of the account cannot be deleted: ${error.code}`),
      )
      .finally(done);
  });
  addRunning(node);
  endProvisional(node.id);
  attachDesk(node.id, desk);
  if (isVisible) open();
}

function makeSession(
  RED: NodeAPI<SessionSettings>,
  node: SpotifySessionNode,
  settings: AccountSettings,
): Session {
  const { spotifySessionEndpoints, spotifySessionAccessPointKey } = RED.settings;
  const secrets: Record<string, unknown> = { ...node.credentials };
  return new Session({
    ...settings,
    credentials: readCredential(secrets),
    endpoints: spotifySessionEndpoints,
    accessPointKey: spotifySessionAccessPointKey || undefined,
    state: afterwards(closed(node.id), stateStore(RED, node.id, readSecrets(secrets))),
    log: (level, message) => {
      if (level === "warn") node.warn(message);
      else if (level === "info") node.log(message);
      else node.debug(message);
    },
  });
}
