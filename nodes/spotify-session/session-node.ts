import type { Node, NodeAPI, NodeDef } from "node-red";
import { Session, SpotifyError, type ClientIdReport, type StateStore } from "../../src";
import { stateStore, type StateSecrets } from "./state-store";
import { deleteStateWhenGone } from "./deletion";
import { migrateSession } from "./migrate";
import { readPort } from "./port";
import type { SessionSettings } from "./settings";
import { SignInDesk } from "./sign-in-desk";
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
  /** Undefined while nobody uses it nor is to see it, and where it cannot be made: then `problem` says why. */
  session: Session | undefined;
  problem: SpotifyError | undefined;
  /** What Spotify sent last, where the client ID is pinned. */
  clientIdReport: ClientIdReport | undefined;
  /** What Spotify's apps show the session as, where they show it. */
  deviceName: string;
  /** The sign-ins that are under way in the session. */
  desk: SignInDesk | undefined;
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
/** As the library has it. */
const DEVICE_NAME = "Node-RED";

/**
 * By the ID of the config node, when the session that it had last is closed. Two sessions at once on one state would
 * use one refresh token twice, which ends the sign-in; and Node-RED does not wait for ever before it starts the next.
 */
const closings = new Map<string, Promise<void>>();

/** Gives a freshly created config node its session. */
export function makeSessionNode(
  RED: NodeAPI<SessionSettings>,
  node: SpotifySessionNode,
  stored: SessionNodeProperties,
): void {
  const properties = upToDate(node, migrateSession(stored));
  let lingering: NodeJS.Timeout | undefined;
  // On the LAN for whoever is to tap it, be there a node that uses it or not.
  const isVisible = properties.connect === true;
  node.users = {};
  node.deviceName = properties.deviceName?.trim() || DEVICE_NAME;

  function open(): void {
    try {
      node.session = makeSession(RED, node, properties);
      node.desk = new SignInDesk(node.session);
      node.problem = undefined;
      node.clientIdReport = undefined;
    } catch (error) {
      node.problem =
        error instanceof SpotifyError
          ? error
          : new SpotifyError("INVALID_ARGUMENT", "The session cannot be made.", { cause: error });
      node.error(node.problem);
      return;
    }
    const { session } = node;
    // As many as there are nodes.
    for (const emitter of [session, session.tokens, session.signIns]) emitter.setMaxListeners(0);
    session.on("state", ({ error, state }) => {
      if (state === "closed" && error) node.error(error);
      tellUsers(node);
    });
    session.on("trouble", () => tellUsers(node));
    session.on("clientId", () => tellUsers(node));
    session.on("clientIdReport", (report) => (node.clientIdReport = report));
    session.signIns.on("change", () => tellUsers(node));
    session.on("signInExpiring", () => tellUsers(node));
    // What it fails with is in its state, which users are told of, and it goes on trying where that makes sense.
    session.connect().catch(() => undefined);
  }

  /** Closes it after a while, unless somebody uses it by then, or is to see it. */
  function linger(delay: number): void {
    clearTimeout(lingering);
    if (isVisible) return;
    lingering = setTimeout(() => void close(), delay);
    lingering.unref();
  }

  function close(): Promise<void> {
    clearTimeout(lingering);
    const { session } = node;
    node.desk?.close();
    node.desk = undefined;
    node.session = undefined;
    if (session) {
      const closing = Promise.allSettled([closings.get(node.id), session.close()]).then(() => undefined);
      closings.set(node.id, closing);
      void closing.finally(() => closings.get(node.id) === closing && closings.delete(node.id));
    }
    return closings.get(node.id) ?? Promise.resolve();
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
    user.sessionChanged();
  };
  node.deregister = (user, done) => {
    delete node.users[user.id];
    if (Object.keys(node.users).length === 0) linger(LINGER);
    done();
  };
  node.on("close", (removed: boolean, done: () => void) => {
    close()
      .then(() => (removed ? deleteStateWhenGone(RED, node.id) : undefined))
      .catch((error: NodeJS.ErrnoException) =>
        node.warn(`The session's state cannot be deleted: ${error.code}`),
      )
      .finally(done);
  });
  if (isVisible) open();
}

function makeSession(
  RED: NodeAPI<SessionSettings>,
  node: SpotifySessionNode,
  properties: SessionNodeProperties,
): Session {
  const { spotifySessionEndpoints, spotifySessionAccessPointKey } = RED.settings;
  return new Session({
    credentials: node.credentials?.librespotCredentials?.trim() || undefined,
    clientId: properties.clientId,
    followClientId: properties.followClientId !== false,
    connect: properties.connect === true,
    // A port that cannot be right is told of where it matters.
    connectPort: properties.connect === true ? (readPort(properties.port) ?? NaN) : 0,
    deviceName: node.deviceName,
    endpoints: spotifySessionEndpoints,
    accessPointKey: spotifySessionAccessPointKey || undefined,
    state: afterwards(closings.get(node.id), stateStore(RED, node.id, node.credentials ?? {})),
    log: (level, message) => {
      if (level === "warn") node.warn(message);
      else if (level === "info") node.log(message);
      else node.debug(message);
    },
  });
}

/** The store, read when `closed` has resolved. */
function afterwards(closed: Promise<void> | undefined, store: StateStore): StateStore {
  return {
    get place() {
      return store.place;
    },
    get problem() {
      return store.problem;
    },
    load: async () => {
      await closed;
      return store.load();
    },
    save: (document) => store.save(document),
  };
}

function tellUsers(node: SpotifySessionNode): void {
  for (const user of Object.values(node.users)) user.sessionChanged();
}
