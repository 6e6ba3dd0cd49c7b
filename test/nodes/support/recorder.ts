/** A node that keeps what it is sent, from the first message on: a listener would come too late for that. */
import { EventEmitter, once } from "node:events";
import type { NodeAPI, NodeDef, Node, NodeMessageInFlow } from "node-red";

const arrivals = new EventEmitter();
const received = new Map<string, NodeMessageInFlow[]>();

/** Registers the node type `recorder`, as Node-RED would have it. */
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

/** What has come since the last deploy. */
export function recorded(id: string): NodeMessageInFlow[] {
  return received.get(id) ?? [];
}

/** Resolves with what has come once it is as wanted. */
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
