/**
 * What the dealer says: JSON texts over a WebSocket.
 * Sources: librespot docs/dealer.md and core/src/dealer/protocol.rs; go-librespot dealer/msg.go and recv.go.
 */
import { gzipSync } from "node:zlib";

/** What a message carries: bytes, which travel as base64; or, to those who registered with JSON, JSON as it is. */
export type Payload = Uint8Array | object;

/** Told first: the ID under which a device registers. */
export function connectionIdMessage(connectionId: string): string {
  return JSON.stringify({
    headers: { "Spotify-Connection-Id": connectionId },
    method: "PUT",
    type: "message",
    uri: `hm://pusher/v1/connections/${encodeURIComponent(connectionId)}`,
  });
}

export interface MessageOptions {
  /** Whether bytes are compressed, and a header says so. */
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

/** Where commands to a player are sent. */
export const PLAYER_COMMAND = "hm://connect-state/v1/player/command";

/** Where devices are told how loud they are to be. */
export const SET_VOLUME = "hm://connect-state/v1/connect/volume";

/** @param body JSON, which travels compressed */
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

/** What a client says. */
export interface ClientMessage {
  /** Empty where it is no JSON object, or has none. */
  type: string;
  /** Of a reply: that of the request. */
  key?: string;
  /** Of a reply: whether the device has done it. */
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
