import type { NodeAPI } from "node-red";
import { endDesk } from "./desks";
import type { SessionSettings } from "./settings";
import { deleteState } from "./state-store";

/**
 * Deletes what the session of a config node remembers, if the node is no longer part of the flows.
 *
 * Node-RED says `removed` of a node that was only disabled, too. What was granted to that one is kept; but once
 * disabled it is not told of its deletion, so that this looks again with every deploy.
 */
export async function deleteStateWhenGone(RED: NodeAPI<SessionSettings>, nodeId: string): Promise<void> {
  if (!isPartOfFlows(RED, { id: nodeId })) return forget(RED, nodeId);
  const lookAgain = (): void => {
    const isRunning = Boolean(RED.nodes.getNode(nodeId));
    if (!isRunning && isPartOfFlows(RED, { id: nodeId })) return;
    RED.events.off("flows:started", lookAgain);
    // Running again, it is told of its deletion itself.
    if (!isRunning) forget(RED, nodeId).catch(() => undefined);
  };
  RED.events.on("flows:started", lookAgain);
}

function forget(RED: NodeAPI<SessionSettings>, nodeId: string): Promise<void> {
  endDesk(nodeId);
  return deleteState(RED, nodeId);
}

/** Whether the flows have this account, running or disabled. */
export function isPartOfFlows(RED: NodeAPI<SessionSettings>, { id }: { id: string }): boolean {
  let found = false;
  RED.nodes.eachNode((definition) => {
    if (definition.id === id) found = true;
  });
  return found;
}
