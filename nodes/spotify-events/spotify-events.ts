import type { NodeAPI } from "node-red";
import type { EventsNodeProperties, SpotifyEventsNode } from "./events-node";

/** Tells a flow what happens to a Spotify account. */
export = function register(RED: NodeAPI): void {
  RED.nodes.registerType(
    "spotify-events",
    function construct(this: SpotifyEventsNode, properties: EventsNodeProperties) {
      RED.nodes.createNode(this, properties);
      // Loaded with the first node, as in spotify-session.
      const { makeEventsNode } = require("./events-node") as typeof import("./events-node");
      makeEventsNode(RED, this, properties);
    },
  );
};
