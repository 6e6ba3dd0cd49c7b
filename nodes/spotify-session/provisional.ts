import type { EventEmitter } from "node:events";
import type { NodeAPI } from "node-red";
import type { Session } from "../../src";
// Not from the index, which would load the whole library with the node.
import { SpotifyError } from "../../src/core/errors";
import { closed, closeSession } from "./closings";
import { isPartOfFlows } from "./deletion";
import { EditorNotice } from "./editor-notice";
import { attachSignIns, detachSignIns, endSignIns } from "./sign-in-services";
import { readMarks, removeMark, writeMark } from "./provisional-marks";
import type { SessionSettings } from "./settings";
import type { SignInHost } from "./sign-in-service";
import { stateFolder } from "./state-files";
import { afterwards, deleteState, stateStore } from "./state-store";

/** How long a sign-in is kept for an account that is never deployed, ms. */
export const KEPT_FOR = 60 * 60_000;
/** Each is a session of its own; a person deploys before there are more. */
const MOST = 8;
/** Node-RED's own are 16 hex digits. */
const NODE_ID = /^[0-9a-z][\w.-]{0,63}$/i;

/** An account that is signed in before its first deploy. */
interface Provisional {
  folder: string | undefined;
  session: Session | undefined;
  host: SignInHost;
  ending: NodeJS.Timeout;
}

const accounts = new Map<string, Provisional>();
const watched = new WeakSet<EventEmitter>();
let RED: NodeAPI<SessionSettings>;

/**
 * Follows Node-RED's life: sessions of accounts that are not deployed yet end when Node-RED stops. When it has started,
 * it looks for such accounts of the last run.
 */
export function watchProvisional(api: NodeAPI<SessionSettings>): void {
  RED = api;
  if (watched.has(api.events)) return;
  watched.add(api.events);
  api.events.on("flows:stopping", () => {
    for (const [nodeId, account] of accounts) rest(nodeId, account);
  });
  api.events.on("flows:started", sweep);
}

/** An account that is not deployed, if a sign-in was begun there; its session may be closed. */
export function findProvisional(nodeId: string): Pick<Provisional, "session"> | undefined {
  return accounts.get(nodeId);
}

/** The session of an account that is not deployed, opened if need be; undefined if no sign-in was begun there. */
export function provisionalSession(nodeId: string): Session | undefined {
  return accounts.get(nodeId)?.host.open();
}

/**
 * The session of an account before its first deploy. Opens one if the account has none yet. Its state is in the file that
 * the deployed account will use, and is sealed with the folder's key, because the account's own key arrives with the deploy.
 * @throws SpotifyError INVALID_ARGUMENT if too many accounts wait for their deploy
 */
export function openProvisional(nodeId: string): Session | undefined {
  if (!NODE_ID.test(nodeId)) return undefined;
  if (!accounts.has(nodeId)) {
    if (accounts.size >= MOST) {
      throw new SpotifyError(
        "INVALID_ARGUMENT",
        "Too many accounts are not deployed yet. Deploy them first.",
      );
    }
    keep(nodeId, Date.now());
    writeMark(stateFolder(RED), { nodeId, since: Date.now() });
  }
  return provisionalSession(nodeId);
}

/** The account was deployed: its node takes over the sign-ins. */
export function endProvisional(nodeId: string): void {
  const account = accounts.get(nodeId);
  if (!account) return;
  drop(nodeId, account);
  removeMark(account.folder, nodeId);
}

function drop(nodeId: string, account: Provisional): void {
  clearTimeout(account.ending);
  rest(nodeId, account);
  accounts.delete(nodeId);
}

function keep(nodeId: string, since: number): void {
  const notice = new EditorNotice(RED, nodeId);
  const account: Provisional = {
    folder: stateFolder(RED),
    session: undefined,
    host: {
      open: () => (account.session ??= makeSession(nodeId, notice)),
      changed: () => notice.request(),
    },
    ending: setTimeout(() => expire(nodeId), since + KEPT_FOR - Date.now()),
  };
  account.ending.unref();
  accounts.set(nodeId, account);
  attachSignIns(nodeId, account.host);
}

/** Closes the session; a sign-in that is under way waits. */
function rest(nodeId: string, account: Provisional): void {
  detachSignIns(nodeId, account.host);
  const { session } = account;
  account.session = undefined;
  if (session) void closeSession(nodeId, session);
}

function sweep(): void {
  const folder = stateFolder(RED);
  for (const { nodeId, since } of readMarks(folder)) {
    // A clock that was set back must not keep it for longer.
    if (!accounts.has(nodeId)) keep(nodeId, Math.min(since, Date.now()));
  }
  for (const [nodeId, account] of accounts) {
    // Another user directory: Node-RED has been started anew in this process.
    if (account.folder !== folder) drop(nodeId, account);
    else if (isPartOfFlows(RED, { id: nodeId })) endProvisional(nodeId);
    else attachSignIns(nodeId, account.host);
  }
}

function expire(nodeId: string): void {
  const isDeployed = isPartOfFlows(RED, { id: nodeId });
  endProvisional(nodeId);
  if (isDeployed) return;
  endSignIns(nodeId);
  closed(nodeId)
    .then(() => deleteState(RED, nodeId))
    .catch((error: NodeJS.ErrnoException) => {
      RED.log.warn(`The state of an account that was never deployed cannot be deleted: ${error.code}`);
    });
}

function makeSession(nodeId: string, notice: EditorNotice): Session {
  const { Session: SpotifySession } = require("../../src") as typeof import("../../src");
  const { spotifySessionEndpoints, spotifySessionAccessPointKey } = RED.settings;
  const session = new SpotifySession({
    endpoints: spotifySessionEndpoints,
    accessPointKey: spotifySessionAccessPointKey || undefined,
    state: afterwards(closed(nodeId), stateStore(RED, nodeId, {})),
    // Before the deploy, no node needs to know what Spotify's apps do.
    observe: false,
    log: (level, message) => RED.log[level](message),
  });
  for (const event of ["state", "trouble", "clientId", "stateProblem"] as const) {
    session.on(event, () => notice.request());
  }
  // A sign-in keeps the account for another hour.
  session.signIns.on("change", () => {
    notice.request();
    const account = accounts.get(nodeId);
    if (!account) return;
    account.ending.refresh();
    writeMark(account.folder, { nodeId, since: Date.now() });
  });
  session.connect().catch(() => undefined);
  return session;
}
