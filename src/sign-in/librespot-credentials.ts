import { AuthenticationType, type Credentials } from "../access-point/credentials";
import { SpotifyError } from "../errors";

/** A real file has under 1 KiB. */
const MAX_TEXT_LENGTH = 64 * 1024;

/** The content of a `credentials.json`, by its own names. Source: librespot core/src/authentication.rs. */
export interface LibrespotCredentials {
  username?: string | null;
  /** A number, or the protocol's name for it. */
  auth_type: number | string;
  /** base64 */
  auth_data: string;
}

/**
 * Credentials from a librespot `credentials.json`: its text, or the object it holds.
 * @throws SpotifyError INVALID_ARGUMENT, saying what is wrong and never what the text holds
 */
export function parseLibrespotCredentials(input: string | LibrespotCredentials): Credentials {
  const object = typeof input === "string" ? parseText(input) : input;
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    throw invalid("It must be a JSON object with username, auth_type and auth_data.");
  }
  const fields = object as Record<string, unknown>;
  // The older name of the same thing, which librespot still reads.
  const data = fields["auth_data"] ?? fields["encoded_auth_blob"];
  if (typeof data !== "string" || data === "") throw invalid("It has no auth_data.");
  const authData = Buffer.from(data, "base64");
  if (authData.length === 0 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(data.trim())) {
    throw invalid("Its auth_data is not base64.");
  }
  const authType = parseAuthType(fields["auth_type"]);
  const username = fields["username"];
  if (username !== undefined && username !== null && typeof username !== "string") {
    throw invalid("Its username is not a text.");
  }
  if (!username && authType !== AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN)
    throw invalid("It has no username.");
  return { ...(username ? { username } : {}), authType, authData };
}

function parseText(text: string): unknown {
  if (text.length > MAX_TEXT_LENGTH) throw invalid("It is far too long.");
  try {
    return JSON.parse(text);
  } catch {
    // No cause: a JSON error quotes the text.
    throw invalid("It is not JSON.");
  }
}

function parseAuthType(value: unknown): AuthenticationType {
  const type =
    typeof value === "string" ? AuthenticationType[value as keyof typeof AuthenticationType] : value;
  switch (type) {
    case AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS:
    case AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN:
      return type;
    case AuthenticationType.AUTHENTICATION_USER_PASS:
      throw invalid("It holds a password, which Spotify no longer accepts.");
    default:
      throw invalid("Its auth_type must be 1 (a stored credential) or 3 (an access token).");
  }
}

function invalid(why: string): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", `This is not a librespot credentials.json: ${why}`);
}
