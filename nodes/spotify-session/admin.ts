import type { NodeAPI } from "node-red";
// Not from the index, which would load the whole library.
import { clientIdName } from "../../src/core/knowledge";
import type { Session } from "../../src";
import { accountFor } from "./account-for";
import { fromHere, withJson } from "./admin-guards";
import type { AccountNode } from "../shared/account-node";
import { describe } from "./described-error";
import { findAccount } from "./accounts";
import { findProvisional } from "./provisional";
import type { SessionSettings } from "./settings";

/**
 * What the dialog shows of an account, deployed or not yet: `GET spotify-session/<id>/status`. Holds nothing secret,
 * and opens no session: a page of another site may cause it.
 */
export function serveStatus(RED: NodeAPI<SessionSettings>): void {
  const mayRead = RED.auth.needsPermission("spotify-session.read");
  RED.httpAdmin.get("/spotify-session/:id/status", mayRead, (request, response) => {
    const nodeId = String(request.params["id"]);
    const node = findAccount(RED, nodeId);
    const account = node ?? findProvisional(nodeId);
    response.set("cache-control", "no-store");
    if (!account) {
      response.sendStatus(404);
      return;
    }
    // Until the stored sign-ins are read, the account seems not to be signed in.
    const { session } = account;
    void Promise.resolve(session?.signIns.ready()).then(() => response.json(statusOf(node, session)));
  });
}

/**
 * Opens an account that no node uses, for a dialog that is to show it: `POST spotify-session/<id>/open`. Nothing is changed,
 * so who may read may do this.
 */
export function serveOpening(RED: NodeAPI<SessionSettings>): void {
  const mayRead = RED.auth.needsPermission("spotify-session.read");
  RED.httpAdmin.post("/spotify-session/:id/open", mayRead, fromHere, withJson, (request, response) => {
    const nodeId = String(request.params["id"]);
    const isOpen = accountFor(RED, nodeId, false) !== undefined;
    response.set("cache-control", "no-store");
    if (isOpen) {
      response.json({});
      return;
    }
    const problem = findAccount(RED, nodeId)?.problem;
    if (problem) response.status(400).json({ error: describe(problem) });
    else response.sendStatus(404);
  });
}

function statusOf(node: AccountNode | undefined, session: Session | undefined): object {
  const error = session?.error ?? node?.problem;
  const clientId = session?.clientIdState;
  return {
    isDeployed: node !== undefined,
    isOpen: session !== undefined,
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
