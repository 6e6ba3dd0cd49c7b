import type { Node, NodeMessage } from "node-red";

/**
 * `action`, made safe for timers and events: there, an exception would end the process. The node reports it instead.
 */
export function guarded<Given extends unknown[]>(
  node: Node,
  action: (...given: Given) => void,
): (...given: Given) => void {
  return (...given) => {
    try {
      action(...given);
    } catch (cause) {
      reportError(node, cause);
    }
  };
}

/** Reports an error of a node, to Catch nodes too if there is a message. Never throws. */
export function reportError(node: Node, error: unknown, message?: NodeMessage): void {
  try {
    node.error(error, message);
  } catch {
    // Node-RED itself could not report it, and there is no other place to say so.
  }
}
