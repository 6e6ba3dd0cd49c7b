/**
 * Reads the sign-in that another program keeps in a file. Pure and without Node.js, because the account's dialog reads
 * the same files in a browser.
 */

/** The program whose form a file has. raspotify, spotifyd, ncspot and Music Assistant keep librespot's own. */
export type ImportForm = "librespot" | "go-librespot" | "librespot-java";

export type CredentialKind = "stored" | "accessToken";

export interface CredentialFile {
  form: ImportForm;
  kind: CredentialKind;
  /** Often the canonical username, but it may as well be an e-mail address: only Spotify names an account. */
  username: string | undefined;
  /** base64 of RFC 4648 section 4, without spaces */
  data: string;
}

export type CredentialProblem =
  | "tooLong"
  | "notJson"
  | "unknownForm"
  | "signedOut"
  | "password"
  | "wrongType"
  | "noData"
  | "badData"
  | "badUsername"
  | "noUsername";

export type CredentialReading =
  ({ state: "good" } & CredentialFile) | { state: "bad"; problem: CredentialProblem };

/** A real file has under 2 KiB. */
export const LARGEST_FILE = 64 * 1024;

/** By the number that librespot writes, and by the protocol's name. Source: librespot protocol/proto/authentication.proto. */
const KINDS: ReadonlyMap<unknown, CredentialKind | "password"> = new Map<
  unknown,
  CredentialKind | "password"
>([
  [0, "password"],
  ["AUTHENTICATION_USER_PASS", "password"],
  [1, "stored"],
  ["AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS", "stored"],
  [3, "accessToken"],
  ["AUTHENTICATION_SPOTIFY_TOKEN", "accessToken"],
]);

interface Fields {
  form: ImportForm;
  username: unknown;
  type: unknown;
  data: unknown;
}

export function readCredentialFile(text: string): CredentialReading {
  if (text.length > LARGEST_FILE) return bad("tooLong");
  return readCredentialDocument(parse(text));
}

/** As `readCredentialFile`, for a document that is parsed already. */
export function readCredentialDocument(document: unknown): CredentialReading {
  if (!isRecord(document)) return bad("notJson");
  const fields = ofGoLibrespot(document) ?? ofLibrespotJava(document) ?? ofLibrespot(document);
  if (fields === undefined) return bad("unknownForm");
  const { form, data, username } = fields;
  const isSignedOut = form === "go-librespot" && (data === null || data === "");
  if (isSignedOut) return bad("signedOut");
  const kind = KINDS.get(fields.type);
  if (kind === "password") return bad("password");
  if (kind === undefined) return bad("wrongType");
  if (typeof data !== "string" || data === "") return bad("noData");
  const clean = base64Of(data);
  if (clean === undefined) return bad("badData");
  if (username !== undefined && username !== null && typeof username !== "string") return bad("badUsername");
  if (!username && kind === "stored") return bad("noUsername");
  return { state: "good", form, kind, username: username || undefined, data: clean };
}

/**
 * `{ username, auth_type: 1, auth_data }`, the type as a number; earlier versions wrote the data as `encoded_auth_blob`.
 *
 * Source: librespot core/src/authentication.rs, Credentials. spotifyd, ncspot, raspotify and Music Assistant have
 * librespot's own code write it (core/src/cache.rs).
 */
function ofLibrespot(document: Record<string, unknown>): Fields | undefined {
  const { username, auth_type: type, auth_data: now, encoded_auth_blob: earlier } = document;
  const data = now ?? earlier;
  return type === undefined && data === undefined ? undefined : { form: "librespot", username, type, data };
}

/**
 * `{ username, credentials, type: "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS" }`, the type by its name.
 *
 * Source: librespot-java lib/src/main/java/xyz/gianlu/librespot/core/Session.java, StoredCredentials; librespot-python
 * librespot/core.py, Session.Builder.stored_file; zotify, which is built on it.
 */
function ofLibrespotJava(document: Record<string, unknown>): Fields | undefined {
  const { username, credentials: data, type } = document;
  return typeof data === "string" ? { form: "librespot-java", username, type, data } : undefined;
}

/**
 * `credentials: { username, data }` in a state.json, where `data: null` means that it is signed out; an earlier version
 * had the two in a file of their own.
 *
 * Source: go-librespot state.go, AppState; cmd/daemon/creds.go of earlier versions.
 */
function ofGoLibrespot(document: Record<string, unknown>): Fields | undefined {
  const inner = isRecord(document["credentials"]) ? document["credentials"] : document;
  const isOurs = "data" in inner && inner["auth_type"] === undefined && inner["type"] === undefined;
  return isOurs
    ? { form: "go-librespot", username: inner["username"], type: 1, data: inner["data"] }
    : undefined;
}

/** Normalises base64 of either alphabet, with or without padding and line breaks. @returns undefined for any other text */
function base64Of(text: string): string | undefined {
  const digits = text
    .replaceAll(/\s/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replace(/={1,2}$/, "");
  // One digit more than a multiple of four cannot be a whole byte.
  if (!/^[A-Za-z0-9+/]+$/.test(digits) || digits.length % 4 === 1) return undefined;
  return digits + "=".repeat((4 - (digits.length % 4)) % 4);
}

function parse(text: string): unknown {
  try {
    // Windows editors begin a text with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function bad(problem: CredentialProblem): CredentialReading {
  return { state: "bad", problem };
}
