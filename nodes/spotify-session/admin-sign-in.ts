import type { Request, Response } from "express";
import type { NodeAPI } from "node-red";
// Not from the index, which would load the whole library with the node.
import { SpotifyError, type SpotifyErrorCode } from "../../src/errors";
import { describe } from "./attempts";
import { COOKIE } from "./callback";
import { findAccount } from "./accounts";
import type { SpotifySessionNode } from "./session-node";
import type { SessionSettings } from "./settings";

const MAX_TEXT_LENGTH = 256 * 1024;

type Handler = (node: OpenNode, request: Request, response: Response) => Promise<void> | void;
type OpenNode = SpotifySessionNode & { session: NonNullable<SpotifySessionNode["session"]> };

/**
 * What the dialog does to sign a session in and out. All of it needs the permission to write, nothing changes by GET, no
 * secret stands in an address, and none is in an answer.
 */
export function serveSignIn(RED: NodeAPI<SessionSettings>): void {
  const mayWrite = RED.auth.needsPermission("spotify-session.write");

  const route = (method: "get" | "post" | "delete", path: string, handler: Handler): void => {
    RED.httpAdmin[method](`/spotify-session/:id${path}`, mayWrite, (request, response) => {
      const node = findAccount(RED, String(request.params["id"]));
      response.set("cache-control", "no-store");
      if (!node?.open()) {
        response.sendStatus(404);
        return;
      }
      Promise.resolve()
        .then(() => handler(node as OpenNode, request, response))
        .catch((error: unknown) => fail(response, error));
    });
  };

  route("post", "/pairing", async (node, _request, response) => {
    const { id, code } = await node.desk!.beginPairing();
    const { userCode, verificationUri, verificationUriComplete, expiresAt } = code;
    const complete = verificationUriComplete ?? null;
    response.json({ id, userCode, verificationUri, verificationUriComplete: complete, expiresAt });
  });
  route("get", "/pairing/:attempt", (node, request, response) => {
    answer(response, node.desk!.pairings.get(String(request.params["attempt"]))?.state);
  });
  route("delete", "/pairing/:attempt", (node, request, response) => {
    node.desk!.pairings.remove(String(request.params["attempt"]));
    response.json({});
  });

  route("post", "/authorization", (node, request, response) => {
    const { clientId, scopes, redirectUri } = bodyOf(request);
    const list = Array.isArray(scopes) ? scopes.map(String) : [];
    const { attempt, browser } = node.desk!.beginAuthorization(String(clientId), list, String(redirectUri));
    response.cookie(COOKIE + attempt.id, browser, {
      httpOnly: true,
      sameSite: "lax",
      secure: request.secure,
      expires: new Date(attempt.expiresAt),
      path: "/",
    });
    response.json({ id: attempt.id, url: attempt.url, expiresAt: attempt.expiresAt });
  });
  route("get", "/authorization/:attempt", (node, request, response) => {
    answer(response, node.desk!.authorizations.get(String(request.params["attempt"]))?.state);
  });
  route("delete", "/authorization/:attempt", (node, request, response) => {
    node.desk!.authorizations.remove(String(request.params["attempt"]));
    response.json({});
  });
  route("post", "/authorization/:attempt/callback", async (node, request, response) => {
    const attempt = node.desk!.authorizations.get(String(request.params["attempt"]));
    if (!attempt) return void response.sendStatus(404);
    const address = String(bodyOf(request)["address"]);
    // One that was copied wrongly ends nothing: the right one may follow.
    if (!attempt.matches(address)) throw foreignAddress();
    await attempt.finish(address);
    const { error, ...state } = attempt.state;
    if (error) response.status(statusOf(error.code)).json({ error });
    else response.json(state);
  });

  route("post", "/import", async (node, request, response) => {
    const { text } = bodyOf(request);
    const content = typeof text === "string" ? text.slice(0, MAX_TEXT_LENGTH + 1) : "";
    response.json(await node.session.signIns.import(content));
  });
  route("post", "/sign-out", async (node, request, response) => {
    const { id, all } = bodyOf(request);
    if (all === true) await node.session.signIns.signOutOfAll();
    else await node.session.signIns.signOut(String(id));
    response.json({});
  });
}

/** Of JSON alone: a form may come from a page of somebody else's, and a browser sends it without asking. */
function bodyOf(request: Request): Record<string, unknown> {
  const body: unknown = request.is("application/json") ? request.body : undefined;
  return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
}

function answer(response: Response, state: object | undefined): void {
  if (state) response.json(state);
  else response.sendStatus(404);
}

function fail(response: Response, cause: unknown): void {
  const error = describe(cause);
  response.status(statusOf(error.code)).json({ error });
}

/** The HTTP status of an error's answer. */
function statusOf(code: string): number {
  const statuses: Partial<Record<SpotifyErrorCode, number>> = {
    INVALID_ARGUMENT: 400,
    INVALID_SCOPE: 400,
    INVALID_CLIENT: 400,
    RATE_LIMITED: 429,
    TIMEOUT: 504,
  };
  return statuses[code as SpotifyErrorCode] ?? 502;
}

function foreignAddress(): SpotifyError {
  return new SpotifyError(
    "INVALID_ARGUMENT",
    "This address does not belong to the sign-in that was begun here. Copy the whole of it, from the page where it ended.",
  );
}
