import type { NodeAPI } from "node-red";
import type { SessionSettings } from "./settings";
import { deleteState } from "./state-store";

/**
 * Deletes what the session of a config node remembers, if the node is no longer part of the flows.
 *
 * Node-RED says `removed` of a node that was only disabled, too. What was granted to that one is kept; but once
 * disabled it is not told of its deletion, so that this looks again with every deploy.
 */
export async function deleteStateWhenGone(RED: NodeAPI<SessionSettings>, nodeId: string): Promise<void> {
  if (!isPartOfFlows(RED, nodeId)) return deleteState(RED, nodeId);
  const lookAgain = (): void => {
    const isRunning = Boolean(RED.nodes.getNode(nodeId));
    if (!isRunning && isPartOfFlows(RED, nodeId)) return;
    RED.events.off("flows:started", lookAgain);
    // Running again, it is told of its deletion itself.
    if (!isRunning) deleteState(RED, nodeId).catch(() => undefined);
  };
  RED.events.on("flows:started", lookAgain);
}

function isPartOfFlows(RED: NodeAPI<SessionSettings>, nodeId: string): boolean {
  let found = false;
  RED.nodes.eachNode((definition) => {
    if (definition.id === nodeId) found = true;
  });
  return found;
}
