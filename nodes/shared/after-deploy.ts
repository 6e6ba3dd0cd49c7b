import type { EventEmitter } from "node:events";

/** One listener on Node-RED's events serves all nodes, because Node.js warns about more than ten. */
const listeners = new WeakMap<EventEmitter, Set<() => void>>();

/**
 * Calls `listener` each time Node-RED has started its flows: after its own start, and after each deploy.
 * @returns a function that removes the listener
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
