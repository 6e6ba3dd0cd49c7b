/**
 * Reads the sign-in that another player keeps, as far as a browser can judge it: a credentials.json of librespot,
 * spotifyd or ncspot, or the state.json of go-librespot. Pure.
 */
import { isEnvReference } from "./env";
import { isRecord } from "./record";

export type CredentialProblem =
  "notJson" | "notLibrespot" | "accessToken" | "wrongType" | "noData" | "badData" | "noUsername";

export type CredentialCheck =
  | { state: "empty" }
  /** An environment variable holds it, which the runtime alone can read. */
  | { state: "variable" }
  | {
      state: "good";
      username: string;
      /** The text of a credentials.json of librespot with that sign-in, which is what Node-RED keeps. */
      credentials: string;
    }
  | { state: "bad"; problem: CredentialProblem };

/** The one kind that stays valid, by the number librespot writes and by the protocol's name for it. */
const STORED_CREDENTIAL = new Set<unknown>([1, "AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS"]);
/** An OAuth access token, which is dead within the hour. */
const ACCESS_TOKEN = new Set<unknown>([3, "AUTHENTICATION_SPOTIFY_TOKEN"]);

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

const bad = (problem: CredentialProblem): CredentialCheck => ({ state: "bad", problem });

export function checkCredential(text: string): CredentialCheck {
  if (text.trim() === "") return { state: "empty" };
  if (isEnvReference(text.trim())) return { state: "variable" };
  const record = parse(text);
  if (!isRecord(record)) return bad("notJson");
  const converted = ofGoLibrespot(record);
  return converted === undefined ? check(record, text) : check(converted, JSON.stringify(converted));
}

/**
 * The same as librespot would write it, if that is how go-librespot does.
 *
 * Source: go-librespot state.go; an earlier version had the two fields in a file of their own.
 */
function ofGoLibrespot(record: Record<string, unknown>): Record<string, unknown> | undefined {
  const inner = isRecord(record["credentials"]) ? record["credentials"] : record;
  const { username, data, auth_type: type } = inner;
  if (data === undefined || type !== undefined) return undefined;
  return { username, auth_type: 1, auth_data: data };
}

function check(record: Record<string, unknown>, credentials: string): CredentialCheck {
  const type = record["auth_type"];
  // Older versions of librespot wrote the same bytes under another key.
  const data = record["auth_data"] ?? record["encoded_auth_blob"];
  if (type === undefined && data === undefined) return bad("notLibrespot");
  if (ACCESS_TOKEN.has(type)) return bad("accessToken");
  if (!STORED_CREDENTIAL.has(type)) return bad("wrongType");
  if (typeof data !== "string" || data === "") return bad("noData");
  if (!BASE64.test(data.trim())) return bad("badData");
  const username = record["username"];
  if (typeof username !== "string" || username === "") return bad("noUsername");
  return { state: "good", username, credentials };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
