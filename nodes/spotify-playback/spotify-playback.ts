import type { NodeAPI } from "node-red";
import { registerNode } from "../shared/register-node";

/** Controls what an account plays. */
export = function register(RED: NodeAPI): void {
  registerNode(
    RED,
    "spotify-playback",
    () => (require("./playback-node") as typeof import("./playback-node")).makePlaybackNode,
  );
};
