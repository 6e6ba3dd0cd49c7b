import type { NodeMessageInFlow, NodeAPI } from "node-red";
import { SpotifyError, type Token } from "../../src";
import { ANSWER_MARK } from "../shared/answer-mark";
import { put } from "../shared/outlet";

/** The properties of a message that the node reads or writes. A flow may have put any value there. */
export type TokenMessage = NodeMessageInFlow & {
  scopes?: unknown;
  clientId?: unknown;
  headers?: unknown;
  refused?: unknown;
  retryAfter?: unknown;
};

/** Where the token goes: a property of the message (none if empty), and the Authorization header. */
export interface TokenOutlet {
  property: string;
  withHeader: boolean;
}

/**
 * Puts a token into a message.
 * @throws if a property of the message cannot be read or written: then the message has no part of the token
 */
export function fill(RED: NodeAPI, msg: TokenMessage, token: Token, outlet: TokenOutlet): TokenMessage {
  const before = msg.headers;
  if (outlet.withHeader) msg.headers = authorized(before, token);
  try {
    put(RED, msg, outlet.property, token);
  } catch (error) {
    if (outlet.withHeader) msg.headers = before;
    throw error;
  }
  return msg;
}

/** `headers` with the token, and without any other spelling of the same header. */
function authorized(headers: unknown, token: Token): Record<string, unknown> {
  const authorization = `${token.tokenType} ${token.accessToken}`;
  if (typeof headers !== "object" || headers === null) return { Authorization: authorization };
  const entries = Object.entries(headers);
  // The answer's own headers (content-length, etag, …) would break the next request. Headers that the flow has set since
  // then come after the mark.
  const mark = entries.findIndex(([name]) => name === ANSWER_MARK);
  const others = entries.slice(mark + 1).filter(([name]) => name.toLowerCase() !== "authorization");
  return { ...Object.fromEntries(others), Authorization: authorization };
}

/**
 * Takes `msg.refused` out of a message: the access token that a server answered 401 to.
 * @returns undefined if the message has no such property
 * @throws SpotifyError INVALID_ARGUMENT if it is not an access token
 */
export function takeRefused(msg: TokenMessage): string | undefined {
  const { refused } = msg;
  if (refused === undefined) return undefined;
  Reflect.deleteProperty(msg, "refused");
  if (refused === null || refused === "") return undefined;
  if (typeof refused === "string") return refused;
  throw new SpotifyError(
    "INVALID_ARGUMENT",
    "msg.refused is the access token that a server refused: a text.",
  );
}
