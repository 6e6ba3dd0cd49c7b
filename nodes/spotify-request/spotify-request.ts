import type { NodeAPI } from "node-red";
import { registerNode } from "../shared/register-node";

/** Makes any call of the Web API. */
export = function register(RED: NodeAPI): void {
  registerNode(
    RED,
    "spotify-request",
    () => (require("./request-node") as typeof import("./request-node")).makeRequestNode,
  );
};
