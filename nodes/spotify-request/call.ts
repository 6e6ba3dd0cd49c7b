import type { Node, NodeAPI, NodeMessageInFlow } from "node-red";
import type { ApiRequest } from "../../src";
import { SpotifyError } from "../../src/core/errors";
import { tokenWordsOf, type TokenWords } from "../shared/token-words";
import { valueOf } from "../shared/typed-value";
import { filledPath } from "./filled-path";
import type { RequestSettings } from "./request-settings";

/**
 * The request that a message asks for. The library checks what it holds.
 * @throws SpotifyError INVALID_ARGUMENT
 */
export async function callOfMessage(
  RED: NodeAPI,
  node: Node,
  message: NodeMessageInFlow & TokenWords & { method?: unknown },
  settings: RequestSettings,
): Promise<ApiRequest> {
  const method = settings.method === "" ? message.method : settings.method;
  if (method === undefined || method === "") {
    throw new SpotifyError("INVALID_ARGUMENT", "msg.method is missing: GET, POST, PUT or DELETE.");
  }
  const path = await valueOf(RED, node, message, settings.path);
  const query = await valueOf(RED, node, message, settings.query);
  const isGet = typeof method === "string" && method.trim().toUpperCase() === "GET";
  const body = isGet ? undefined : bodyOf(await valueOf(RED, node, message, settings.body));
  const words = await tokenWordsOf(RED, node, message, settings.typed);
  return {
    method: method as NonNullable<ApiRequest["method"]>,
    path: typeof path === "string" ? filledPath(RED, node, message, path) : (path as string),
    query: queryOf(query),
    body,
    all: settings.all && isGet,
    scopes: (words.scopes ?? settings.scopes) as string[],
    clientId: (words.clientId ?? settings.clientId) as string,
  };
}

/** An inject node sends a timestamp, which is no body. */
function bodyOf(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean" ? undefined : value;
}

/** A message may hold the query as a JSON text. */
function queryOf(value: unknown): NonNullable<ApiRequest["query"]> {
  if (typeof value !== "string" || !value.trim().startsWith("{")) return (value ?? "") as string;
  try {
    return JSON.parse(value) as Record<string, unknown>;
  } catch {
    throw new SpotifyError("INVALID_ARGUMENT", 'The query must be an object, such as {"limit": 10}.');
  }
}
