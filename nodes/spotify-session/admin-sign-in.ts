import type { Request, RequestHandler, Response } from "express";
import type { NodeAPI } from "node-red";
import type { SpotifyErrorCode } from "../../src/core/errors";
import { accountFor, type AccountFor } from "./account-for";
import { fromHere, withJson } from "./admin-guards";
import { describe, type DescribedError } from "./described-error";
import { COOKIE } from "./callback";
import { findAccount } from "./accounts";
import { findSignInService } from "./sign-in-services";
import type { SessionSettings } from "./settings";
import type { SignInService } from "./sign-in-service";
import { useStateHere } from "./state-store";

const MAX_TEXT_LENGTH = 256 * 1024;
const FOREIGN_ADDRESS: DescribedError = {
  code: "INVALID_ARGUMENT",
  message:
    "This address does not belong to the sign-in that was begun here. Copy the whole of it, from the page where it ended.",
  reason: "foreignAddress",
};

type Method = "get" | "post" | "delete";
type Handler<About> = (about: About, request: Request, response: Response) => Promise<void> | void;

/**
 * The routes with which the dialog signs an account in and out. A sign-in can begin before the account is deployed, and its
 * progress can be read while a deploy replaces the account. All routes need the permission to write, a GET changes nothing,
 * and no address or answer holds a secret. What changes something refuses pages of other sites, and a POST wants JSON.
 */
export function serveSignIn(RED: NodeAPI<SessionSettings>): void {
  const mayWrite = RED.auth.needsPermission("spotify-session.write");
  const guards: Record<Method, RequestHandler[]> = {
    get: [mayWrite],
    post: [mayWrite, fromHere, withJson],
    delete: [mayWrite, fromHere],
  };

  const serve = <About>(
    method: Method,
    path: string,
    find: (nodeId: string) => About | undefined,
    handler: Handler<About>,
  ): void => {
    RED.httpAdmin[method](`/spotify-session/:id${path}`, ...guards[method], (request, response) => {
      response.set("cache-control", "no-store");
      Promise.resolve()
        .then(() => {
          const about = find(String(request.params["id"]));
          return about ? handler(about, request, response) : void response.sendStatus(404);
        })
        .catch((error: unknown) => fail(response, error));
    });
  };
  const begin = (path: string, handler: Handler<AccountFor>): void =>
    serve("post", path, (nodeId) => accountFor(RED, nodeId, true), handler);
  const follow = (method: Method, path: string, handler: Handler<SignInService>): void =>
    serve(method, path, (nodeId) => findSignInService(findAccount(RED, nodeId)?.id ?? nodeId), handler);

  begin("/pairing", async ({ service }, _request, response) => {
    const { id, code } = await service.beginPairing();
    const { userCode, verificationUri, verificationUriComplete, expiresAt } = code;
    const complete = verificationUriComplete ?? null;
    response.json({ id, userCode, verificationUri, verificationUriComplete: complete, expiresAt });
  });
  follow("get", "/pairing/:attempt", (service, request, response) => {
    answer(response, service.pairings.get(String(request.params["attempt"]))?.state);
  });
  follow("delete", "/pairing/:attempt", (service, request, response) => {
    service.pairings.remove(String(request.params["attempt"]));
    response.json({});
  });

  begin("/authorization", async ({ service }, request, response) => {
    const { clientId, scopes, redirectUri } = bodyOf(request);
    const list = Array.isArray(scopes) ? scopes.map(String) : [];
    const { attempt, browser } = await service.beginAuthorization(
      String(clientId),
      list,
      String(redirectUri),
    );
    response.cookie(COOKIE + attempt.id, browser, {
      httpOnly: true,
      sameSite: "lax",
      secure: request.secure,
      expires: new Date(attempt.expiresAt),
      path: "/",
    });
    response.json({ id: attempt.id, url: attempt.url, expiresAt: attempt.expiresAt });
  });
  follow("get", "/authorization/:attempt", (service, request, response) => {
    answer(response, service.authorizations.get(String(request.params["attempt"]))?.state);
  });
  follow("delete", "/authorization/:attempt", (service, request, response) => {
    service.authorizations.remove(String(request.params["attempt"]));
    response.json({});
  });
  follow("post", "/authorization/:attempt/callback", async (service, request, response) => {
    const attempt = service.authorizations.get(String(request.params["attempt"]));
    if (!attempt) return void response.sendStatus(404);
    const address = String(bodyOf(request)["address"]);
    // A wrong address does not end the sign-in, because the right one may follow.
    if (!attempt.matches(address)) return void response.status(400).json({ error: FOREIGN_ADDRESS });
    await attempt.finish(address);
    const { error, ...state } = attempt.state;
    if (error) response.status(statusOf(error.code)).json({ error });
    else response.json(state);
  });

  begin("/import", async ({ service }, request, response) => {
    const { text } = bodyOf(request);
    const content = typeof text === "string" ? text.slice(0, MAX_TEXT_LENGTH + 1) : "";
    response.json(await service.import(content));
  });
  serve(
    "post",
    "/sign-out",
    (nodeId) => accountFor(RED, nodeId, false),
    async ({ session }, request, response) => {
      const { id, all } = bodyOf(request);
      if (all === true) await session.signIns.signOutOfAll();
      else await session.signIns.signOut(String(id));
      response.json({});
    },
  );
  serve(
    "post",
    "/let-others-tap",
    (nodeId) => accountFor(RED, nodeId, false),
    ({ session }, request, response) => {
      const { allowed } = bodyOf(request);
      if (typeof allowed !== "boolean") return void response.sendStatus(400);
      if (allowed) session.tapGate.open();
      else session.tapGate.close();
      response.json({});
    },
  );
  serve(
    "post",
    "/use-here",
    (nodeId) => accountFor(RED, nodeId, false),
    async (_account, request, response) => {
      if (bodyOf(request)["originalIsGone"] !== true) return void response.sendStatus(400);
      await useStateHere(RED);
      response.json({});
    },
  );
}

function bodyOf(request: Request): Record<string, unknown> {
  const body: unknown = request.body;
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
