import type { EventEmitter } from "node:events";

/** One listener on Node-RED's events serves all nodes, because Node.js warns about more than ten. */
const listeners = new WeakMap<EventEmitter, Set<Listener>>();

/** @param isDeploy false: the flows were loaded, by the start of Node-RED, from another project, or anew */
type Listener = (isDeploy: boolean) => void;

/**
 * Calls `listener` each time Node-RED has started its flows: after its own start, and after each deploy.
 * @returns a function that removes the listener
 */
export function afterDeploys(events: EventEmitter, listener: Listener): () => void {
  let all = listeners.get(events);
  if (!all) {
    const added = new Set<Listener>();
    all = added;
    listeners.set(events, added);
    events.on("flows:started", (started?: { diff?: unknown }) => {
      // Node-RED compares flows at a deploy, and not when it loads them.
      for (const one of added) one(started?.diff !== undefined);
    });
  }
  const own = all;
  own.add(listener);
  return () => void own.delete(listener);
}
