import type { EventEmitter } from "node:events";

/** By Node-RED's events: one listener there serves all nodes, for Node.js warns of more than ten. */
const listeners = new WeakMap<EventEmitter, Set<() => void>>();

/**
 * Calls `listener` each time Node-RED has started its flows: after its own start, and after each deploy.
 * @returns what ends it
 */
export function afterDeploys(events: EventEmitter, listener: () => void): () => void {
  let all = listeners.get(events);
  if (!all) {
    const added = new Set<() => void>();
    all = added;
    listeners.set(events, added);
    events.on("flows:started", () => {
      for (const one of added) one();
    });
  }
  const own = all;
  own.add(listener);
  return () => void own.delete(listener);
}
