import type { Node, NodeStatus } from "node-red";

/** A status that may change often is set at most once in this time, because Node-RED sends it to every browser. ms */
export const STATUS_INTERVAL = 200;

/** Sets a node's status if it has changed: Node-RED sends every status to every browser. */
export class ShownStatus {
  readonly #node: Node;
  #shown = "";

  constructor(node: Node) {
    this.#node = node;
  }

  show(status: NodeStatus): void {
    const key = JSON.stringify(status);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#node.status(status);
  }
}
