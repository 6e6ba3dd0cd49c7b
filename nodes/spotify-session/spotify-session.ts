import type { NodeAPI } from "node-red";
import { serveOpening, serveStatus } from "./admin";
import { serveDevices } from "./admin-devices";
import { servePlaying } from "./admin-playing";
import { servePlaylists } from "./admin-playlists";
import { serveExplanation } from "./admin-explain";
import { serveCallback } from "./callback";
import { serveSignIn } from "./admin-sign-in";
import { noticeDeploys } from "./editor-notice";
import type { AccountNode } from "../shared/account-node";
import type { SessionNodeProperties } from "./session-node";
import { watchProvisional } from "./provisional";
import { watchRemovedAccounts } from "./removed-accounts";
import { SETTINGS, type SessionSettings } from "./settings";
import type { StateSecrets } from "./state-store";

/** The config node that holds one Spotify account's session. */
export = function register(RED: NodeAPI<SessionSettings>): void {
  RED.nodes.registerType<AccountNode, SessionNodeProperties, Record<string, unknown>, StateSecrets>(
    "spotify-session",
    function construct(this: AccountNode, properties: SessionNodeProperties) {
      RED.nodes.createNode(this, properties);
      // The library is loaded with the first session: a Node-RED that has the package and no session pays nothing.
      const { makeSessionNode } = require("./session-node") as typeof import("./session-node");
      makeSessionNode(RED, this, properties);
    },
    {
      credentials: {
        librespotCredentials: { type: "password" },
        stateKey: { type: "password" },
      },
      settings: SETTINGS,
    },
  );
  watchProvisional(RED);
  watchRemovedAccounts(RED);
  noticeDeploys(RED);
  serveStatus(RED);
  serveOpening(RED);
  serveExplanation(RED);
  serveDevices(RED);
  servePlaying(RED);
  servePlaylists(RED);
  serveSignIn(RED);
  serveCallback(RED);
};
