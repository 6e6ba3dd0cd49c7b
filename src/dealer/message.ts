import { SpotifyError } from "../core/errors";
import { parseJson } from "../net/client";
import { boundedGunzip } from "../net/gunzip";

/** What Spotify pushes, under a URI that says what it is about. */
export interface DealerMessage {
  type: "message";
  uri: string;
  headers: Readonly<Record<string, string>>;
  /** As they were sent: base64 texts, or JSON objects. */
  payloads: readonly unknown[];
}

/** What Spotify asks this device to do. It waits for a reply with the same key. */
export interface DealerRequest {
  type: "request";
  key: string;
  /** Such as `hm://connect-state/v1/player/command`. */
  ident: string;
  headers: Readonly<Record<string, string>>;
  /** base64 */
  compressed: string;
}

export type DealerText = DealerMessage | DealerRequest | { type: "pong" } | { type: "ping" };

/**
 * The most that a payload may grow to when it is unpacked, in bytes. A cluster of 50 devices has some 100 kB. Reading
 * one that is larger than this would hold up everything else for too long.
 */
export const MAX_UNPACKED_BYTES = 512 << 10;
/** The most JSON that is parsed at once, in bytes. A cluster of 50 devices has some 100 kB. */
export const MAX_JSON_BYTES = 1 << 20;
const MAX_KEY = 1024;
const SENDER = "Spotify's dealer";

/**
 * Reads one text of the WebSocket.
 *
 * Source: librespot core/src/dealer/protocol.rs.
 *
 * @param bytes the text in UTF-8
 * @returns undefined for an unknown type of message: Spotify adds new ones
 * @throws SpotifyError PROTOCOL_ERROR if it is not a message of a dealer, or too large
 */
export function readDealerText(bytes: Buffer): DealerText | undefined {
  const document = parseBoundedJson(bytes, SENDER);
  if (!isObject(document)) throw damaged("JSON that is not an object");
  const headers = readHeaders(document["headers"]);
  switch (document["type"]) {
    case "ping":
    case "pong":
      return { type: document["type"] };
    case "message": {
      const { uri, payloads } = document;
      if (typeof uri !== "string") throw damaged("a message without a URI");
      return { type: "message", uri, headers, payloads: Array.isArray(payloads) ? payloads : [] };
    }
    case "request": {
      const { key, message_ident: ident, payload } = document;
      if (typeof key !== "string" || key.length > MAX_KEY) throw damaged("a request without a key");
      const compressed = isObject(payload) ? payload["compressed"] : undefined;
      return {
        type: "request",
        key,
        ident: typeof ident === "string" ? ident : "",
        headers,
        compressed: typeof compressed === "string" ? compressed : "",
      };
    }
    default:
      return undefined;
  }
}

/**
 * The first payload of a message: unpacked bytes, or the JSON object that was sent instead.
 * @returns undefined if the message has no payload
 * @throws SpotifyError PROTOCOL_ERROR if it is not base64 or gzip, or grows too large
 */
export async function messagePayload({
  payloads: [first],
  headers,
}: DealerMessage): Promise<Buffer | object | undefined> {
  if (typeof first === "string") return unpack(first, headers);
  return typeof first === "object" && first !== null ? first : undefined;
}

/** The document that a request carries. @throws SpotifyError PROTOCOL_ERROR */
export async function requestDocument({ compressed, headers }: DealerRequest): Promise<unknown> {
  return parseBoundedJson(await unpack(compressed, headers), SENDER);
}

/**
 * Parses JSON of a size that does not hold up everybody else.
 * @param sender who sent it, for the error
 * @throws SpotifyError PROTOCOL_ERROR if it is too large or not JSON
 */
export function parseBoundedJson(bytes: Buffer, sender: string): unknown {
  const document = bytes.length <= MAX_JSON_BYTES ? parseJson(bytes) : undefined;
  if (document !== undefined) return document;
  const what = bytes.length > MAX_JSON_BYTES ? "a text that is too large" : "a text that is not JSON";
  throw new SpotifyError("PROTOCOL_ERROR", `${sender} sent ${what}.`);
}

async function unpack(base64: string, headers: Readonly<Record<string, string>>): Promise<Buffer> {
  const bytes = Buffer.from(base64, "base64");
  // Node skips what is not base64. At most two characters are padding.
  if (bytes.length < Math.floor(((base64.length - 2) * 3) / 4)) throw damaged("a payload that is not base64");
  const encoding = headers["transfer-encoding"];
  if (encoding === undefined || encoding === "") return bytes;
  if (encoding !== "gzip") throw damaged("an unknown transfer encoding");
  return boundedGunzip(bytes, MAX_UNPACKED_BYTES, SENDER);
}

/** With names in lower case: Spotify spells them in several ways. */
function readHeaders(value: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  if (!isObject(value)) return headers;
  for (const [name, text] of Object.entries(value)) {
    if (typeof text === "string") headers[name.toLowerCase()] = text;
  }
  return headers;
}

function damaged(what: string): SpotifyError {
  return new SpotifyError("PROTOCOL_ERROR", `${SENDER} sent ${what}.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
