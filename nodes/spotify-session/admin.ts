import type { NodeAPI } from "node-red";
// Not from the index, which would load the whole library.
import { clientIdName } from "../../src/tokens/knowledge";
import type { SpotifySessionNode } from "./session-node";
import type { SessionSettings } from "./settings";

/**
 * What the dialog shows of a deployed session: `GET spotify-session/<id>/status`. Holds nothing secret.
 */
export function serveStatus(RED: NodeAPI<SessionSettings>): void {
  const mayRead = RED.auth.needsPermission("spotify-session.read");
  RED.httpAdmin.get("/spotify-session/:id/status", mayRead, (request, response) => {
    const node = RED.nodes.getNode(String(request.params["id"])) as SpotifySessionNode | null;
    if (node?.type !== "spotify-session") {
      response.sendStatus(404);
      return;
    }
    // Whoever looks at an account that no node uses wants to know how it is doing all the same.
    node.open();
    const { session } = node;
    const error = session?.error ?? node.problem;
    const clientId = session?.clientIdState;
    response.set("cache-control", "no-store").json({
      state: session?.state ?? "idle",
      username: session?.username ?? null,
      clientId: clientId?.clientId ?? "",
      clientIdName: (clientId && clientIdName(clientId.clientId)) ?? null,
      clientIdReason: clientId?.reason ?? "configured",
      clientIdSince: clientId?.since ?? null,
      clientIdDevice: clientId?.device ?? null,
      clientIdReport: node.clientIdReport ?? null,
      visibility: session?.visibility ?? "off",
      visibilityError: session?.visibilityError?.message ?? null,
      deviceName: node.deviceName,
      connectedSince: session?.connectedSince ?? null,
      error: error ? { code: error.code, message: error.message } : null,
      stateProblem: session?.stateProblem ?? null,
      signIns: session?.signIns.list() ?? [],
    });
  });
}
