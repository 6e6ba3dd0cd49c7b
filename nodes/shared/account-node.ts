import type { Node } from "node-red";
import type { ClientIdReport, Session, SpotifyError } from "../../src";

/** A node that uses an account. */
export interface AccountUser extends Node {
  /** Called when something about the account has changed: its session, that session's state, who is signed in. */
  accountChanged(): void;
}

/** The config node `spotify-session`, as the nodes that use it see it. */
export interface AccountNode extends Node {
  /** The ID in the template, if the node is in a subflow. */
  _alias?: string;
  /** Undefined while no node uses the account, and if no session can be made: then `problem` says why. */
  session: Session | undefined;
  problem: SpotifyError | undefined;
  /** Whether the session knows who is signed in: it reads that from its state first. */
  isLoaded: boolean;
  /** What Spotify sent last, if the client ID is pinned. */
  clientIdReport: ClientIdReport | undefined;
  /** The name that Spotify's apps show while the account is visible to them. */
  deviceName: string;
  /** By ID. Node-RED reads it too, to reach the Status and Catch nodes on the users' tabs. */
  users: Record<string, AccountUser>;
  /** Makes the session even if no node uses the account, for the editor. @returns whether there is a session */
  open(): boolean;
  /** Begins to use the account. The first user opens its session. */
  register(user: AccountUser): void;
  /** Ends the use. */
  deregister(user: AccountUser, done: () => void): void;
}
