import type { NodeAPI } from "node-red";
import { registerNode } from "../shared/register-node";

/** Tells a flow what happens to a Spotify account. */
export = function register(RED: NodeAPI): void {
  registerNode(
    RED,
    "spotify-events",
    () => (require("./events-node") as typeof import("./events-node")).makeEventsNode,
  );
};
