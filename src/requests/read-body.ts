import { SpotifyError } from "../core/errors";
import { parseJson } from "../net/client";
import type { Content } from "../web-api/web-api";

const LONGEST = 1 << 20;
/** Source: Spotify's Web API reference, "Add Custom Playlist Cover Image". */
const LONGEST_PICTURE = 256 * 1024;

/**
 * The body of a request.
 *
 * @param kind `jpeg`: a picture, as a Buffer or as a text in base64; else JSON, as a document, as a text or as a Buffer
 * @returns undefined if there is none: for undefined, null and an empty text
 * @throws SpotifyError INVALID_ARGUMENT; it does not quote the body
 */
export function readBody(body: unknown, kind: "jpeg" | undefined): Content | undefined {
  if (body === undefined || body === null || body === "") return undefined;
  return kind === "jpeg" ? picture(body) : json(body);
}

function picture(body: unknown): Content {
  const base64 = body instanceof Uint8Array ? Buffer.from(body).toString("base64") : body;
  if (typeof base64 !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64.slice(0, LONGEST_PICTURE + 1))) {
    throw wrong("The body must be a JPEG picture: a Buffer, or a text in base64.");
  }
  if (base64.length > LONGEST_PICTURE) throw wrong("The picture is too large: Spotify takes at most 256 kB.");
  return { type: "image/jpeg", bytes: Buffer.from(base64) };
}

function json(body: unknown): Content {
  const bytes = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(textOf(body) ?? "");
  if (bytes.length > LONGEST) throw wrong("The body is larger than 1 MB.");
  const document = parseJson(bytes);
  if (typeof document !== "object" || document === null) {
    throw wrong("The body must be a JSON object or a list.");
  }
  return { type: "application/json", bytes };
}

function textOf(body: unknown): string | undefined {
  if (typeof body === "string") return body;
  try {
    return typeof body === "object" ? JSON.stringify(body) : undefined;
  } catch (cause) {
    throw new SpotifyError("INVALID_ARGUMENT", "The body cannot be written as JSON.", { cause });
  }
}

function wrong(message: string): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", message);
}
