/**
 * The messages of the dealer: JSON texts over a WebSocket.
 * Sources: librespot docs/dealer.md and core/src/dealer/protocol.rs; go-librespot dealer/msg.go and recv.go.
 */
import { gzipSync } from "node:zlib";

/** The payload of a message: bytes, sent as base64; or, to clients that registered with JSON, plain JSON. */
export type Payload = Uint8Array | object;

/** The first message: the ID with which a device registers. */
export function connectionIdMessage(connectionId: string): string {
  return JSON.stringify({
    headers: { "Spotify-Connection-Id": connectionId },
    method: "PUT",
    type: "message",
    uri: `hm://pusher/v1/connections/${encodeURIComponent(connectionId)}`,
  });
}

export interface MessageOptions {
  /** Whether bytes are compressed, and marked so in a header. */
  gzip?: boolean;
  headers?: Record<string, string>;
}

export function pushedMessage(
  uri: string,
  payloads: readonly Payload[],
  options: MessageOptions = {},
): string {
  const { gzip = false, headers = {} } = options;
  const encoded = payloads.map((payload) => {
    if (!(payload instanceof Uint8Array)) return payload;
    return Buffer.from(gzip ? gzipSync(payload) : payload).toString("base64");
  });
  return JSON.stringify({
    headers: { ...(gzip && { "Transfer-Encoding": "gzip" }), ...headers },
    payloads: encoded,
    type: "message",
    uri,
  });
}

/** The URI for commands to a player. */
export const PLAYER_COMMAND = "hm://connect-state/v1/player/command";

/** The URI for volume changes. */
export const SET_VOLUME = "hm://connect-state/v1/connect/volume";

/** @param body JSON, which is sent compressed */
export function requestMessage(key: string, ident: string, body: unknown): string {
  return JSON.stringify({
    headers: { "Transfer-Encoding": "gzip" },
    key,
    message_ident: ident,
    payload: { compressed: gzipSync(JSON.stringify(body)).toString("base64") },
    type: "request",
  });
}

export const PONG = JSON.stringify({ type: "pong" });

/** A message of a client. */
export interface ClientMessage {
  /** Empty if it is not a JSON object, or has no type. */
  type: string;
  /** In a reply: the key of the request. */
  key?: string;
  /** In a reply: whether the device has done it. */
  success?: boolean;
}

export function readClientMessage(text: string): ClientMessage {
  const { type, key, payload } = fieldsOf(parse(text));
  const { success } = fieldsOf(payload);
  return {
    type: typeof type === "string" ? type : "",
    ...(typeof key === "string" && { key }),
    ...(typeof success === "boolean" && { success }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
