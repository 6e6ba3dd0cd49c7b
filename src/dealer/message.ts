import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { SpotifyError } from "../core/errors";
import { MAX_JSON_BYTES, parseLargeJson } from "./large-json";

/** What Spotify pushes: news under a URI. */
export interface DealerMessage {
  type: "message";
  uri: string;
  headers: Readonly<Record<string, string>>;
  /** As it was sent: base64 texts, or documents. */
  payloads: readonly unknown[];
}

/** What Spotify asks of this device; it waits for a reply under the same key. */
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

/** What a payload may grow to when it is unpacked, in bytes: a cluster of 10,000 devices has some 4 MiB. */
export const MAX_UNPACKED_BYTES = 8 << 20;
const MAX_KEY = 1024;

const unzip = promisify(gunzip);

/**
 * Reads one WebSocket text, as the bytes that it came in.
 *
 * Source: librespot core/src/dealer/protocol.rs.
 *
 * @returns undefined for a kind of message that is not known: new ones are normal
 * @throws SpotifyError PROTOCOL_ERROR for what is no message of a dealer
 */
export async function readDealerText(bytes: Buffer): Promise<DealerText | undefined> {
  const document = await parseLargeJson(bytes);
  if (!isObject(document)) throw damaged("no object");
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
 * The first payload of a message: bytes, unpacked where they were packed, or the document that it is.
 * @returns undefined if there is none
 * @throws SpotifyError PROTOCOL_ERROR for what is no base64 or gzip, and for what grows too large
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
  const bytes = await unpack(compressed, headers);
  if (bytes.length > MAX_JSON_BYTES) throw damaged("a request that is too large");
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    throw damaged("a request whose payload is no JSON");
  }
}

async function unpack(base64: string, headers: Readonly<Record<string, string>>): Promise<Buffer> {
  const bytes = Buffer.from(base64, "base64");
  // Node skips what is no base64. Of padding there is at most two.
  if (bytes.length < Math.floor(((base64.length - 2) * 3) / 4)) throw damaged("no base64");
  const encoding = headers["transfer-encoding"];
  if (encoding === undefined || encoding === "") return bytes;
  if (encoding !== "gzip") throw damaged("an unknown transfer encoding");
  try {
    return await unzip(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw damaged(code === "ERR_BUFFER_TOO_LARGE" ? "a payload that is too large" : "no gzip");
  }
}

/** With names in lower case: they are spelt in several ways. */
function readHeaders(value: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  if (!isObject(value)) return headers;
  for (const [name, text] of Object.entries(value)) {
    if (typeof text === "string") headers[name.toLowerCase()] = text;
  }
  return headers;
}

function damaged(what: string): SpotifyError {
  return new SpotifyError("PROTOCOL_ERROR", `Spotify's dealer sent ${what}.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
