import type { NodeAPI } from "node-red";
import { registerNode } from "../shared/register-node";

/** Tells a flow what an account plays. */
export = function register(RED: NodeAPI): void {
  registerNode(
    RED,
    "spotify-now-playing",
    () => (require("./now-playing-node") as typeof import("./now-playing-node")).makeNowPlayingNode,
  );
};
