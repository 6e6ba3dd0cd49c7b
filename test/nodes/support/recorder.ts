/** A node that keeps all messages that it receives, from the first one: a listener would be added too late. */
import { EventEmitter, once } from "node:events";
import type { NodeAPI, NodeDef, Node, NodeMessageInFlow } from "node-red";

const arrivals = new EventEmitter();
const received = new Map<string, NodeMessageInFlow[]>();

/** Registers the node type `recorder`, like Node-RED. */
export function recorder(RED: NodeAPI): void {
  RED.nodes.registerType("recorder", function construct(this: Node, properties: NodeDef) {
    RED.nodes.createNode(this, properties);
    received.set(this.id, []);
    this.on("input", (message, _send, done) => {
      received.get(this.id)?.push(message);
      arrivals.emit(this.id);
      done();
    });
  });
}

/** The messages since the last deploy. */
export function recorded(id: string): NodeMessageInFlow[] {
  return received.get(id) ?? [];
}

/** Resolves with the messages once they are as expected. */
export async function recordedUntil(
  id: string,
  wanted: (messages: readonly NodeMessageInFlow[]) => boolean,
): Promise<NodeMessageInFlow[]> {
  for (;;) {
    const messages = recorded(id);
    if (wanted(messages)) return messages;
    await once(arrivals, id);
  }
}
