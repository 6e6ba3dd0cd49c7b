import type { NodeAPI } from "node-red";
import { registerNode } from "../shared/register-node";

/** Emits access tokens for its scopes. */
export = function register(RED: NodeAPI): void {
  registerNode(
    RED,
    "spotify-token",
    () => (require("./token-node") as typeof import("./token-node")).makeTokenNode,
  );
};
