import type { NodeAPI } from "node-red";
import type { AccountNode } from "../shared/account-node";

/** Every account that runs. Node-RED itself lists the definitions only, not the instances in subflows. */
const running = new Set<AccountNode>();

/** Adds an account until it is closed. */
export function addRunning(node: AccountNode): void {
  running.add(node);
  node.on("close", () => void running.delete(node));
}

export function runningAccounts(): AccountNode[] {
  return [...running];
}

/**
 * The account to which the editor refers by an ID. In a subflow the editor knows only the template's ID, and each instance
 * has an account of its own. This returns the account of the first instance.
 */
export function findAccount(RED: Pick<NodeAPI, "nodes">, id: string): AccountNode | undefined {
  const node = RED.nodes.getNode(id);
  if (node?.type === "spotify-session") return node as AccountNode;
  return runningAccounts().find(({ _alias }) => _alias === id);
}
