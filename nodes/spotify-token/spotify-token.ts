import type { NodeAPI } from "node-red";
import type { SpotifyTokenNode, TokenNodeProperties } from "./token-node";

/** Emits access tokens for its scopes. */
export = function register(RED: NodeAPI): void {
  RED.nodes.registerType(
    "spotify-token",
    function construct(this: SpotifyTokenNode, properties: TokenNodeProperties) {
      RED.nodes.createNode(this, properties);
      // Loaded with the first node, as in spotify-session.
      const { makeTokenNode } = require("./token-node") as typeof import("./token-node");
      makeTokenNode(RED, this, properties);
    },
  );
};
