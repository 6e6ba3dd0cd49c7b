import type { NodeAPI } from "node-red";
import type { SpotifySessionNode } from "./session-node";

/** Every account that runs. Node-RED itself lists the definitions only, not the instances in subflows. */
const running = new Set<SpotifySessionNode>();

/** Adds an account until it is closed. */
export function addRunning(node: SpotifySessionNode): void {
  running.add(node);
  node.on("close", () => void running.delete(node));
}

export function runningAccounts(): SpotifySessionNode[] {
  return [...running];
}

/**
 * The account that the editor means by an ID. In a subflow the editor knows only the template's ID, and each instance has
 * an account of its own: the first instance's is the one that is meant.
 */
export function findAccount(RED: Pick<NodeAPI, "nodes">, id: string): SpotifySessionNode | undefined {
  const node = RED.nodes.getNode(id);
  if (node?.type === "spotify-session") return node as SpotifySessionNode;
  return runningAccounts().find(({ _alias }) => _alias === id);
}
