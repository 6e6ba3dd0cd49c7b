import type { Credentials } from "../access-point/credentials";
import type { DiffieHellman } from "../access-point/diffie-hellman";
import { Refusal } from "./answer";
import { fromBase64 } from "./base64";
import { openEnvelope } from "./envelope";
import { openLoginBlob } from "./login-blob";
import { cleanName } from "../core/clean-name";

/** A sign-in that an app hands over. */
export interface Tap {
  /** As the app gives it. The access point's welcome has the canonical username. */
  username: string;
  credentials: Credentials;
  /** The cleaned name of the app's device; undefined if the app does not give it. */
  deviceName: string | undefined;
}

/** Real usernames have up to 30 characters; older apps may send an e-mail address. */
const MOST_USERNAME_BYTES = 256;
/** SP_MAX_ZEROCONF_BLOB_LENGTH is 2,047 characters. */
const MOST_BLOB_CHARACTERS = 4096;
/** 96 bytes, and one more that makes the number positive. */
const MOST_KEY_CHARACTERS = 132;

/**
 * Reads the fields of an addUser request. Sends nothing to Spotify.
 *
 * Source: developer.spotify.com, commercial hardware, ZeroConf API, "Add User".
 *
 * @throws Refusal invalidArguments if a field is missing, given twice, too long or malformed; what `openEnvelope` and
 *   `openLoginBlob` throw
 */
export function readTap(fields: URLSearchParams, keys: DiffieHellman, deviceId: string): Tap {
  checkTokenType(fields);
  const username = required(fields, "userName");
  if (Buffer.byteLength(username) > MOST_USERNAME_BYTES || /[\p{Cc}\ufffd]/u.test(username)) {
    throw new Refusal("invalidArguments", "userName is not a username");
  }
  const blob = bytesOf(fields, "blob", MOST_BLOB_CHARACTERS);
  const clientKey = bytesOf(fields, "clientKey", MOST_KEY_CHARACTERS);
  const loginBlob = openEnvelope(keys, clientKey, blob).toString("latin1");
  return {
    username,
    credentials: openLoginBlob(loginBlob, username, deviceId),
    deviceName: cleanName(fields.get("deviceName") ?? "") || undefined,
  };
}

/** Spotify's page requires the field, but clients made for librespot leave it out or empty. */
function checkTokenType(fields: URLSearchParams): void {
  const tokenType = fields.get("tokenType") ?? "";
  if (tokenType !== "" && tokenType !== "default") {
    throw new Refusal("invalidArguments", "tokenType is not the one that getInfo names");
  }
}

function bytesOf(fields: URLSearchParams, name: string, most: number): Buffer {
  const text = required(fields, name);
  const bytes = text.length > most ? undefined : fromBase64(text);
  if (!bytes) throw new Refusal("invalidArguments", `${name} is not base64, or too long`);
  return bytes;
}

function required(fields: URLSearchParams, name: string): string {
  const values = fields.getAll(name);
  if (values.length > 1) throw new Refusal("invalidArguments", `${name} is given twice`);
  if (!values[0]) throw new Refusal("invalidArguments", `${name} is missing`);
  return values[0];
}
