import type { NodeAPI } from "node-red";
import type { Session } from "../../src";
import { findAccount } from "./accounts";
import { isPartOfFlows } from "./deletion";
import { signInServiceOf } from "./sign-in-services";
import { openProvisional, provisionalSession } from "./provisional";
import type { SessionSettings } from "./settings";
import type { SignInService } from "./sign-in-service";

/** The account that a request of the dialog names: deployed, or not deployed yet. */
export interface AccountFor {
  session: Session;
  service: SignInService;
}

/**
 * @param begins whether the request begins a sign-in, for which an account that is not deployed yet is opened
 * @returns undefined if it is not an account, is disabled or cannot be opened
 */
export function accountFor(
  RED: NodeAPI<SessionSettings>,
  nodeId: string,
  begins: boolean,
): AccountFor | undefined {
  const node = findAccount(RED, nodeId);
  if (node) return node.open() ? { session: node.session!, service: signInServiceOf(node.id) } : undefined;
  const session = undeployedSession(RED, nodeId, begins);
  return session && { session, service: signInServiceOf(nodeId) };
}

/** A session of an account that was not deployed yet. */
export function undeployedSession(
  RED: NodeAPI<SessionSettings>,
  nodeId: string,
  begins: boolean,
): Session | undefined {
  if (RED.nodes.getNode(nodeId) || isPartOfFlows(RED, { id: nodeId })) return undefined;
  return begins ? openProvisional(nodeId) : provisionalSession(nodeId);
}
