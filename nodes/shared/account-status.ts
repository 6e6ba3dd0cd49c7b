import type { NodeStatus } from "node-red";
import type { Session, SpotifyError, StateProblemKind } from "../../src";

/** What decides the status of an account and of every node that uses it. */
export interface AccountFacts {
  session?: Session | undefined;
  /** Whether the account knows who is signed in: it reads that from the disk first. */
  isLoaded: boolean;
  /** Why there is no session. */
  problem?: SpotifyError | undefined;
  /** Why there is no account: it was not chosen, was deleted, or is disabled. */
  missing?: "noAccount" | "disabled" | undefined;
}

/** The problems with a state that cannot be read. */
const UNKNOWN: ReadonlySet<StateProblemKind | undefined> = new Set<StateProblemKind>(["away", "read"]);

/** A text of the node's catalog. */
export type StatusText = (key: string) => string;

/**
 * What keeps a node from working with its account, or undefined: red if only the user can mend it, yellow while it
 * connects, grey if the account is not signed in.
 */
export function accountStatus(text: StatusText, facts: AccountFacts): NodeStatus | undefined {
  const { session, isLoaded, problem, missing } = facts;
  if (missing) return { fill: "red", shape: "ring", text: text(`status.${missing}`) };
  const isLasting = session?.state === "closed" || session?.error?.code === "UNTRUSTED_SERVER";
  const wrong = problem ?? (isLasting ? session.error : undefined);
  if (wrong) return { fill: "red", shape: "ring", text: text(`errors.${wrong.code}`) };
  if (session?.state === "connecting" || session?.state === "reconnecting") {
    return { fill: "yellow", shape: "ring", text: text("status.connecting") };
  }
  if (session?.state === "idle" && isLoaded && session.signIns.list().length === 0) {
    // The sign-ins cannot be read now. They are read again.
    if (UNKNOWN.has(session.stateProblem?.kind)) {
      return { fill: "yellow", shape: "ring", text: text("errors.UNREACHABLE") };
    }
    return { fill: "grey", shape: "ring", text: text("errors.NOT_SIGNED_IN") };
  }
  return undefined;
}
