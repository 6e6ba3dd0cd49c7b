import type { NodeAPI } from "node-red";
import type { Session } from "../../src";
import { SpotifyError } from "../../src/core/errors";
import type { AccountNode, AccountUser } from "./account-node";
import type { AccountFacts } from "./account-status";
import { afterDeploys } from "./after-deploy";
import { guarded } from "./guarded";
import { wrongType } from "./properties";

/**
 * The account that a node uses. A deploy may replace, delete or restore an account without restarting the nodes that use
 * it, so the link looks the account up after each deploy and whenever it has no session.
 */
export class AccountLink {
  readonly #RED: NodeAPI;
  readonly #user: AccountUser;
  readonly #id: unknown;
  readonly #stopFollowing: () => void;
  #account: AccountNode | undefined;
  #isClosed = false;

  /** @param id the node's property `session`, as it is stored */
  constructor(RED: NodeAPI, user: AccountUser, id: unknown) {
    this.#RED = RED;
    this.#user = user;
    this.#id = id;
    this.#stopFollowing = afterDeploys(RED.events, guarded(user, this.#findAccount));
  }

  /** Begins to use the account: from now on, its changes call `accountChanged` of the user. */
  open(): void {
    this.#findAccount();
  }

  /** How the account is now. */
  facts(): AccountFacts {
    if (!this.#account?.session) this.#findAccount();
    if (this.#account) {
      const { session, isLoaded, problem } = this.#account;
      return { session, isLoaded, problem };
    }
    return { isLoaded: true, ...whyMissing(this.#RED, this.#id) };
  }

  /** @throws SpotifyError that says why there is no session */
  session(): Session {
    const session = this.#account?.session ?? this.facts().session;
    if (session) return session;
    throw (
      this.facts().problem ?? new SpotifyError("CLOSED", "The account is closed: it is being deployed again.")
    );
  }

  /** Ends the use, and stops listening. */
  close(done: () => void): void {
    this.#isClosed = true;
    this.#stopFollowing();
    const account = this.#account;
    this.#account = undefined;
    if (account) account.deregister(this.#user, done);
    else done();
  }

  readonly #findAccount = (): void => {
    if (this.#isClosed) return;
    const found = runningAccount(this.#RED, this.#id);
    const former = this.#account;
    if (found === former) return;
    this.#account = found;
    former?.deregister(this.#user, () => undefined);
    if (found) found.register(this.#user);
    else this.#user.accountChanged();
  };
}

function runningAccount(RED: NodeAPI, id: unknown): AccountNode | undefined {
  const node = typeof id === "string" && id !== "" ? RED.nodes.getNode(id) : undefined;
  return node?.type === "spotify-session" ? (node as AccountNode) : undefined;
}

function whyMissing(RED: NodeAPI, id: unknown): Pick<AccountFacts, "missing" | "problem"> {
  if (typeof id !== "string" && id !== undefined && id !== null) {
    return { problem: wrongType("session", id, "the ID of an account") };
  }
  const missing = (text: string): Pick<AccountFacts, "missing" | "problem"> => ({
    missing: "noAccount",
    problem: new SpotifyError("NOT_SIGNED_IN", text),
  });
  if (!id) return missing("This node has no account: choose one in its dialog.");
  const other = RED.nodes.getNode(id);
  if (other && other.type !== "spotify-session") {
    const text = `The property "session" names a node of the type ${other.type}: choose an account in this node's dialog.`;
    return { problem: new SpotifyError("INVALID_ARGUMENT", text) };
  }
  if (isDisabled(RED, id)) {
    const text = "The account is disabled: enable it and deploy.";
    return { missing: "disabled", problem: new SpotifyError("NOT_SIGNED_IN", text) };
  }
  return missing("The account of this node does not exist: choose one in its dialog.");
}

function isDisabled(RED: NodeAPI, id: string): boolean {
  let found = false;
  RED.nodes.eachNode((definition) => {
    // An account in a subflow has its ID behind that of the instance.
    const isIt = definition.id === id || id.endsWith(`-${definition.id}`);
    if (isIt && (definition as { d?: boolean }).d === true) found = true;
  });
  return found;
}
