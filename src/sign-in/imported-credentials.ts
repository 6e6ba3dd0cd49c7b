import { AuthenticationType, type Credentials } from "../access-point/credentials";
import { SpotifyError } from "../errors";
import { parseLibrespotCredentials } from "./librespot-credentials";

/** Whose form a file has. spotifyd and ncspot keep librespot's own. */
export type ImportForm = "librespot" | "go-librespot";

const MAX_TEXT_LENGTH = 256 * 1024;

/**
 * Credentials from a file of another program: librespot's, spotifyd's or ncspot's `credentials.json`; go-librespot's
 * `state.json`, or its older `credentials.json`.
 *
 * Source: librespot core/src/authentication.rs; go-librespot state.go, AppState.
 *
 * @throws SpotifyError INVALID_ARGUMENT, saying what is wrong and never what the text holds
 */
export function parseImportedCredentials(text: string): { credentials: Credentials; form: ImportForm } {
  if (text.length > MAX_TEXT_LENGTH) throw new SpotifyError("INVALID_ARGUMENT", "This file is far too long.");
  const stored = goLibrespotCredentials(parse(text));
  if (!stored) return { credentials: parseLibrespotCredentials(text), form: "librespot" };
  const { username, data } = stored;
  const authData = Buffer.from(data, "base64");
  if (username === "" || authData.length === 0) {
    throw new SpotifyError("INVALID_ARGUMENT", "This is a go-librespot file in which nobody is signed in.");
  }
  const authType = AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS;
  return { credentials: { username, authType, authData }, form: "go-librespot" };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // librespot's reader says it.
    return undefined;
  }
}

/** `credentials` of a state.json, or the whole of an older credentials.json: a username and `data` in base64. */
function goLibrespotCredentials(document: unknown): { username: string; data: string } | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const inner = (document as { credentials?: unknown }).credentials ?? document;
  if (typeof inner !== "object" || inner === null) return undefined;
  const { username, data } = inner as { username?: unknown; data?: unknown };
  return typeof username === "string" && typeof data === "string" ? { username, data } : undefined;
}
