import type { SpotifyError } from "../../src";
import type { AccountLink } from "./account-link";
import type { AccountUser } from "./account-node";

/** What a node does with its account. */
export interface AccountBehavior {
  /** The error in the node's own properties, if there is one. */
  readonly problem: SpotifyError | undefined;
  /** Called when the node starts, and whenever something about the account has changed. */
  accountChanged(): void;
  /** Ends the node's timers and listeners. */
  stop(): void;
}

/** Runs a node until Node-RED closes it: the node learns of its account's changes through `behavior`. */
export function runWithAccount(node: AccountUser, link: AccountLink, behavior: AccountBehavior): void {
  node.accountChanged = () => behavior.accountChanged();
  node.on("close", (done: () => void) => {
    behavior.stop();
    link.close(done);
  });
  if (behavior.problem) node.error(behavior.problem);
  link.open();
  behavior.accountChanged();
}
