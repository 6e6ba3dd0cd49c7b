import type { NodeAPI } from "node-red";
// Not from the index, which would load the whole library.
import { clientIdName } from "../../src/core/knowledge";
import type { Session } from "../../src";
import { undeployedSession } from "./account-for";
import type { AccountNode } from "../shared/account-node";
import { describe } from "./described-error";
import { findAccount } from "./accounts";
import type { SessionSettings } from "./settings";

/**
 * What the dialog shows of an account, deployed or not yet: `GET spotify-session/<id>/status`. Holds nothing secret.
 */
export function serveStatus(RED: NodeAPI<SessionSettings>): void {
  const mayRead = RED.auth.needsPermission("spotify-session.read");
  RED.httpAdmin.get("/spotify-session/:id/status", mayRead, (request, response) => {
    const nodeId = String(request.params["id"]);
    const node = findAccount(RED, nodeId);
    // An account that no node uses is opened for the dialog.
    node?.open();
    const session = node ? node.session : undeployedSession(RED, nodeId, false);
    response.set("cache-control", "no-store");
    if (!node && !session) {
      response.sendStatus(404);
      return;
    }
    // Until the stored sign-ins are read, the account seems not to be signed in.
    void Promise.resolve(session?.signIns.ready()).then(() => response.json(statusOf(node, session)));
  });
}

function statusOf(node: AccountNode | undefined, session: Session | undefined): object {
  const error = session?.error ?? node?.problem;
  const clientId = session?.clientIdState;
  return {
    isDeployed: node !== undefined,
    state: session?.state ?? "idle",
    username: session?.username ?? null,
    clientId: clientId?.clientId ?? "",
    clientIdName: (clientId && clientIdName(clientId.clientId)) ?? null,
    clientIdReason: clientId?.reason ?? "configured",
    clientIdSince: clientId?.since ?? null,
    clientIdDevice: clientId?.device ?? null,
    clientIdReport: node?.clientIdReport ?? null,
    visibility: session?.visibility ?? "off",
    visibilityError: session?.visibilityError?.message ?? null,
    tapRefused: session?.tapGate.refused ?? null,
    tapsOpenUntil: session?.tapGate.openUntil ?? null,
    deviceName: node?.deviceName ?? "",
    connectedSince: session?.connectedSince ?? null,
    error: error ? describe(error) : null,
    stateProblem: session?.stateProblem ?? null,
    signIns: session?.signIns.list() ?? [],
  };
}
