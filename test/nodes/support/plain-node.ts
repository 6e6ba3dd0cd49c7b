/** A node without behavior in a real flow, for code that reads properties and contexts. */
import type { Node, NodeAPI } from "node-red";
import helper from "node-red-node-test-helper";

export interface PlainNode {
  RED: NodeAPI;
  node: Node;
  /** Removes it. */
  close(): Promise<void>;
}

/** @param env environment variables of its tab */
export async function plainNode(env: Record<string, string> = {}): Promise<PlainNode> {
  helper.init(require.resolve("node-red"));
  let RED: NodeAPI | undefined;
  const type = (api: NodeAPI): void => {
    RED = api;
    api.nodes.registerType("plain", function construct(this: Node, properties) {
      api.nodes.createNode(this, properties);
    });
  };
  const variables = Object.entries(env).map(([name, value]) => ({ name, type: "str", value }));
  await helper.load(type, [
    { id: "tab", type: "tab", env: variables },
    { id: "node", type: "plain", z: "tab", x: 0, y: 0 },
  ] as never);
  return { RED: RED!, node: helper.getNode("node"), close: () => helper.unload() };
}
