import type { NodeAPI, NodeStatus } from "node-red";
import { accountStatus } from "../shared/account-status";
import type { AccountNode } from "../shared/account-node";

/** The texts are in the token node's catalog. Node-RED has a catalog for each node type. */
const CATALOG = "node-red-contrib-spotify-session/spotify-token:spotify-token";

/** The account's own status, which Status nodes receive. */
export function accountNodeStatus(
  RED: Pick<NodeAPI, "_">,
  { session, isLoaded, problem }: AccountNode,
): NodeStatus {
  const text = (key: string): string => RED._(`${CATALOG}.${key}`);
  const status = accountStatus(text, { session, isLoaded, problem });
  if (status) return status;
  if (session?.state === "ready") return { fill: "green", shape: "dot", text: text("status.ready") };
  // An account with nothing but apps has no connection.
  if (session?.state === "idle" && isLoaded) {
    return { fill: "green", shape: "ring", text: text("status.signedIn") };
  }
  return {};
}
