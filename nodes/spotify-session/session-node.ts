import type { Node, NodeAPI, NodeDef } from "node-red";
import { Session, SpotifyError } from "../../src";
import { stateStore, type StateSecrets } from "./state-store";
import { deleteStateWhenGone } from "./deletion";
import type { SessionSettings } from "./settings";

export interface SessionNodeProperties extends NodeDef {
  /** "" for the platform's; or keymaster, android, ios, 32 hex digits */
  clientId: string;
  followClientId: boolean;
  deviceName: string;
  connect: boolean;
}

/** A node that uses a session. */
export interface SessionUser extends Node {
  /** Something about the session has changed: its state, its client ID. */
  sessionChanged(): void;
}

/** The config node, as those that use it see it. */
export interface SpotifySessionNode extends Node<StateSecrets> {
  /** Undefined while nobody uses it, and where it cannot be made: then `problem` says why. */
  session: Session | undefined;
  problem: SpotifyError | undefined;
  /** By ID. Node-RED reads it too, to reach the Status and Catch nodes on the users' tabs. */
  users: Record<string, SessionUser>;
  /** Begins to use the session. The first user has it connected. */
  register(user: SessionUser): void;
  /** Ends the use. */
  deregister(user: SessionUser, done: () => void): void;
}

/** A session that nobody uses any more stays for this long, so that a redeploy of its users keeps it. ms */
const LINGER = 10_000;

/** Gives a freshly created config node its session. */
export function makeSessionNode(
  RED: NodeAPI<SessionSettings>,
  node: SpotifySessionNode,
  properties: SessionNodeProperties,
): void {
  let lingering: NodeJS.Timeout | undefined;
  let closing: Promise<void> = Promise.resolve();
  node.users = {};

  function open(): void {
    try {
      node.session = makeSession(RED, node, properties);
      node.problem = undefined;
    } catch (error) {
      node.problem =
        error instanceof SpotifyError
          ? error
          : new SpotifyError("INVALID_ARGUMENT", "The session cannot be made.", { cause: error });
      node.error(node.problem);
      return;
    }
    const { session } = node;
    session.on("state", ({ error, state }) => {
      if (state === "closed" && error) node.error(error);
      tellUsers(node);
    });
    session.on("trouble", () => tellUsers(node));
    session.on("clientId", () => tellUsers(node));
    // What it fails with is in its state, which users are told of, and it goes on trying where that makes sense.
    closing.then(() => session.connect()).catch(() => undefined);
  }

  function close(): Promise<void> {
    clearTimeout(lingering);
    const { session } = node;
    node.session = undefined;
    if (session) closing = session.close();
    return closing;
  }

  node.register = (user) => {
    clearTimeout(lingering);
    node.users[user.id] = user;
    if (!node.session) open();
    user.sessionChanged();
  };
  node.deregister = (user, done) => {
    delete node.users[user.id];
    if (Object.keys(node.users).length === 0) {
      lingering = setTimeout(() => void close(), LINGER);
      lingering.unref();
    }
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
    endpoints: spotifySessionEndpoints,
    accessPointKey: spotifySessionAccessPointKey || undefined,
    state: stateStore(RED, node.id, node.credentials ?? {}),
    log: (level, message) => {
      if (level === "warn") node.warn(message);
      else if (level === "info") node.log(message);
      else node.debug(message);
    },
  });
}

function tellUsers(node: SpotifySessionNode): void {
  for (const user of Object.values(node.users)) user.sessionChanged();
}
