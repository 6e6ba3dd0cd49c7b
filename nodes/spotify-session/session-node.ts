import type { NodeAPI, NodeDef } from "node-red";
import { Session } from "../../src";
import type { AccountNode, AccountUser } from "../shared/account-node";
import { guarded } from "../shared/guarded";
import { ShownStatus } from "../shared/shown-status";
import { upToDate } from "../shared/up-to-date";
import { accountNodeStatus } from "./account-node-status";
import { addRunning } from "./accounts";
import { closed, closeSession } from "./closings";
import { deleteStateWhenGone, isPartOfFlows } from "./deletion";
import { EditorNotice } from "./editor-notice";
import { migrateSession } from "./migrate";
import { endProvisional } from "./provisional";
import {
  readCredential,
  readSecrets,
  readSettings,
  toProblem,
  type AccountSettings,
} from "./session-settings";
import type { SessionSettings } from "./settings";
import type { SignInHost } from "./sign-in-service";
import { attachSignIns, detachSignIns } from "./sign-in-services";
import { placeOfState } from "./state-store";

export interface SessionNodeProperties extends NodeDef {
  /** "" for the platform's; or keymaster, android, ios, 32 hex digits */
  clientId: string;
  /** Whether a client ID that Spotify sends replaces it. */
  followClientId: boolean;
  /** The name that Spotify's apps show if `connect` is on; "" for the library's own. */
  deviceName: string;
  /** Whether Spotify's apps on the LAN see the account as a device. */
  connect: boolean;
  /** The port on which Spotify's apps reach it; "" or 0 for any. A number or a text. */
  port: number | string;
  /** The form of the properties; 0 if it is absent. */
  version?: number;
}

/** How long a session without users stays open, so that a redeploy of its users keeps it. ms */
const LINGER = 10_000;
/** The same for a session that was opened only to sign in. ms */
const LINGER_TO_SIGN_IN = 15 * 60_000;

/** Gives a freshly created config node its session. */
export function makeSessionNode(
  RED: NodeAPI<SessionSettings>,
  node: AccountNode,
  stored: SessionNodeProperties,
): void {
  const account = new DeployedAccount(RED, node, upToDate(node, migrateSession(stored)));
  node.open = () => account.open() !== undefined;
  node.register = (user) => account.register(user);
  node.deregister = (user, done) => {
    account.deregister(user);
    done();
  };
  node.on("close", (removed: boolean, done: () => void) => void account.end(removed).finally(done));
  account.begin();
}

/** Opens, shares and closes the session of one config node. */
class DeployedAccount implements SignInHost {
  readonly #RED: NodeAPI<SessionSettings>;
  readonly #node: AccountNode;
  readonly #properties: SessionNodeProperties;
  readonly #status: ShownStatus;
  readonly #editor: EditorNotice;
  readonly #hasTemplate: boolean;
  #settings: AccountSettings | undefined;
  #lingering: NodeJS.Timeout | undefined;
  #isEnded = false;
  /** The problem that was reported last. */
  #reported: string | undefined;

  constructor(RED: NodeAPI<SessionSettings>, node: AccountNode, properties: SessionNodeProperties) {
    this.#RED = RED;
    this.#node = node;
    this.#properties = properties;
    this.#status = new ShownStatus(node);
    // In a subflow, the editor knows only the ID in the template.
    this.#editor = new EditorNotice(RED, node._alias ?? node.id);
    // A subflow of an npm package is not among the flows.
    this.#hasTemplate = node._alias !== undefined && isPartOfFlows(RED, node);
    node.users = {};
    node.isLoaded = false;
    try {
      this.#settings = readSettings(properties);
    } catch (cause) {
      node.problem = toProblem(cause);
    }
    node.deviceName = this.#settings?.deviceName ?? "";
  }

  /** Begins to run: after this, the node's methods may be called. */
  begin(): void {
    const node = this.#node;
    addRunning(node);
    endProvisional(node.id);
    attachSignIns(node.id, this);
    if (this.#isVisible) this.#openSession();
  }

  /** The session, opened even if no node uses the account; undefined if it cannot be opened. */
  open(): Session | undefined {
    if (!this.#node.session) this.#openSession();
    if (!this.#isUsed) this.#linger(LINGER_TO_SIGN_IN);
    return this.#node.session;
  }

  changed(): void {
    this.#editor.request();
  }

  register(user: AccountUser): void {
    clearTimeout(this.#lingering);
    this.#node.users[user.id] = user;
    if (!this.#node.session) this.#openSession();
    tell(user);
  }

  deregister(user: AccountUser): void {
    delete this.#node.users[user.id];
    if (!this.#isUsed) this.#linger(LINGER);
  }

  /** Closes everything; if the account was deleted, also deletes its state. Never rejects. */
  async end(removed: boolean): Promise<void> {
    const node = this.#node;
    detachSignIns(node.id, this);
    this.#isEnded = true;
    // Node-RED does not say of an account in a subflow that its instance was removed or disabled.
    const mayBeGone = removed || this.#hasTemplate;
    try {
      await this.#closeSession();
      if (mayBeGone) await deleteStateWhenGone(this.#RED, node, removed);
    } catch (error) {
      node.warn(`The state of the account cannot be deleted: ${(error as NodeJS.ErrnoException).code}`);
    }
    this.#editor.stop();
  }

  /** A visible account stays open even if no node uses it, so that Spotify's apps can find it. */
  get #isVisible(): boolean {
    return this.#settings?.connect === true;
  }

  get #isUsed(): boolean {
    return Object.keys(this.#node.users).length > 0;
  }

  #openSession(): void {
    if (this.#isEnded) return;
    const node = this.#node;
    try {
      this.#settings ??= readSettings(this.#properties);
      node.session = this.#makeSession(this.#settings);
      node.problem = undefined;
      this.#reported = undefined;
      node.clientIdReport = undefined;
    } catch (cause) {
      node.problem = toProblem(cause);
      // An open dialog asks again after each notice, which tries to open the session again.
      if (node.problem.message === this.#reported) return;
      this.#reported = node.problem.message;
      node.error(node.problem);
      this.#tellAll();
      return;
    }
    this.#listen(node.session);
    // The session's state says why connecting failed, and the session tries again if that makes sense.
    node.session.connect().catch(() => undefined);
    this.#tellAll();
  }

  #listen(session: Session): void {
    const node = this.#node;
    const tellAll = (): void => this.#tellAll();
    // There is a listener for each node that uses the account.
    for (const emitter of [session, session.tokens, session.signIns]) emitter.setMaxListeners(0);
    session.on("state", ({ error, state }) => {
      if (state === "closed" && error) node.error(error);
      tellAll();
    });
    session.on("clientIdReport", (report) => {
      node.clientIdReport = report;
      this.changed();
    });
    for (const event of ["trouble", "clientId", "signInExpiring", "stateProblem"] as const)
      session.on(event, tellAll);
    session.on("visibility", () => this.changed());
    for (const event of ["change", "refused"] as const) session.tapGate.on(event, () => this.changed());
    session.tokens.on("webApi", () => this.changed());
    session.signIns.on("change", tellAll);
    void session.tokens.ready().then(() => {
      if (node.session !== session) return;
      node.isLoaded = true;
      tellAll();
    });
  }

  /** Shows the account's status, and tells its users and the editor that it has changed. */
  #tellAll(): void {
    const node = this.#node;
    guarded(node, () => this.#status.show(accountNodeStatus(this.#RED, node)))();
    for (const user of Object.values(node.users)) tell(user);
    this.changed();
  }

  /** Closes the session after a while, unless a node uses it by then or it is visible. */
  #linger(delay: number): void {
    clearTimeout(this.#lingering);
    if (this.#isVisible) return;
    this.#lingering = setTimeout(() => void this.#closeSession(), delay);
    this.#lingering.unref();
  }

  #closeSession(): Promise<void> {
    clearTimeout(this.#lingering);
    const { id, session } = this.#node;
    this.#node.session = undefined;
    this.#node.isLoaded = false;
    return session ? closeSession(id, session) : closed(id);
  }

  #makeSession(settings: AccountSettings): Session {
    const node = this.#node;
    const { spotifySessionEndpoints, spotifySessionAccessPointKey } = this.#RED.settings;
    const secrets: Record<string, unknown> = { ...node.credentials };
    return new Session({
      ...settings,
      ...placeOfState(this.#RED, node.id, readSecrets(secrets), closed(node.id)),
      credentials: readCredential(secrets),
      endpoints: spotifySessionEndpoints,
      accessPointKey: spotifySessionAccessPointKey || undefined,
      log: (level, message) => {
        if (level === "warn") node.warn(message);
        else if (level === "info") node.log(message);
        else node.debug(message);
      },
    });
  }
}

function tell(user: AccountUser): void {
  guarded(user, () => user.accountChanged())();
}
