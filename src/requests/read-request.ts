import { parseClientId } from "../core/client-id";
import { SpotifyError } from "../core/errors";
import { parseScopes } from "../core/scopes";
import { callOf } from "../web-api/call-of";
import type { Call, CallMethod } from "../web-api/calls";
import type { Content } from "../web-api/web-api";
import { readBody } from "./read-body";
import { readPath } from "./read-path";
import { readQuery } from "./read-query";
import type { ApiRequest } from "./request";

const METHODS: readonly CallMethod[] = ["GET", "POST", "PUT", "DELETE"];

/** A request that can be sent. */
export interface ReadRequest {
  method: CallMethod;
  /** Begins with `/v1/`. */
  path: string;
  query: Record<string, string>;
  content: Content | undefined;
  /** What is known of this call. */
  call: Call | undefined;
  scopes: readonly string[];
  /** `best`; "" for the session's; or 32 hex digits. */
  clientId: string;
  all: boolean;
}

/**
 * Reads a request, which a flow may have made of anything.
 *
 * @param api base URL of the configured Web API
 * @throws SpotifyError INVALID_ARGUMENT
 */
export function readRequest(request: ApiRequest, api: string): ReadRequest {
  if (typeof request !== "object" || request === null) throw wrong("A request must be an object.");
  const given: unknown = request.method ?? "GET";
  const named = typeof given === "string" ? given.trim().toUpperCase() : "";
  const method = METHODS.find((one) => one === named);
  if (!method) throw wrong(`The method must be one of these: ${METHODS.join(", ")}.`);
  const { path, query } = readPath(request.path, api);
  const call = callOf(method, path.slice("/v1".length));
  const all = request.all === true;
  if (all && method !== "GET") throw wrong("Only GET has pages that can be followed.");
  const scopes = parseScopes(request.scopes ?? []);
  return {
    method,
    path,
    query: readQuery(query, request.query),
    content: method === "GET" ? undefined : readBody(request.body, call?.body),
    call,
    scopes: scopes.length > 0 ? scopes : (call?.scopes ?? []),
    clientId: readClientId(request.clientId ?? "best"),
    all,
  };
}

function readClientId(named: unknown): string {
  const text = typeof named === "string" ? named.trim().toLowerCase() : named;
  return text === "" || text === "best" ? text : parseClientId(text);
}

function wrong(message: string): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", message);
}
