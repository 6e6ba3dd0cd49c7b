import type { Node, NodeAPI, NodeDef } from "node-red";

/** Gives a freshly created node its behavior. */
export type MakeNode<Made extends Node, Properties extends NodeDef> = (
  RED: NodeAPI,
  node: Made,
  properties: Properties,
) => void;

/**
 * Registers a node type.
 *
 * @param load requires the node's module. It is called for the first node, so that a Node-RED without such a node does
 * not load the library.
 */
export function registerNode<Made extends Node, Properties extends NodeDef>(
  RED: NodeAPI,
  type: string,
  load: () => MakeNode<Made, Properties>,
): void {
  RED.nodes.registerType(type, function construct(this: Made, properties: Properties) {
    RED.nodes.createNode(this, properties);
    load()(RED, this, properties);
  });
}
