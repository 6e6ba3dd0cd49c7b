import { AuthenticationType, type Credentials } from "../access-point/credentials";
import { SpotifyError } from "../core/errors";
import {
  readCredentialDocument,
  readCredentialFile,
  type CredentialProblem,
  type ImportForm,
} from "./credential-file";

/** The content of a librespot `credentials.json`, by its own names. */
export interface LibrespotCredentials {
  username?: string | null;
  /** A number, or the protocol's name for it. */
  auth_type: number | string;
  /** base64 */
  auth_data: string;
}

const WHY: Readonly<Record<CredentialProblem, string>> = {
  tooLong: "It is far too long.",
  notJson: "It is not the whole text of a JSON object, from { to }.",
  unknownForm: "It has neither auth_type and auth_data, nor credentials.",
  signedOut:
    "This file of go-librespot has no sign-in. Sign in to go-librespot first, then copy the file again.",
  password: "It holds a password, which Spotify no longer accepts.",
  wrongType: "Its type must be 1 (a stored credential) or 3 (an access token).",
  noData: "The credential itself is missing: it has no auth_data.",
  badData: "Its auth_data is not base64. Copy the file again, without changing anything.",
  badUsername: "Its username is not a text.",
  noUsername: "It has no username.",
};

/**
 * Credentials from a file of another program, in any form that `credential-file.ts` knows.
 * @throws SpotifyError INVALID_ARGUMENT, saying what is wrong and never what the text holds
 */
export function parseImportedCredentials(input: string | LibrespotCredentials): {
  credentials: Credentials;
  form: ImportForm;
} {
  const reading = typeof input === "string" ? readCredentialFile(input) : readCredentialDocument(input);
  if (reading.state === "bad") {
    // No cause: a JSON error quotes the text.
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      `This is not a sign-in of another program: ${WHY[reading.problem]}`,
    );
  }
  const { form, kind, username, data } = reading;
  const authType =
    kind === "stored"
      ? AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS
      : AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN;
  const authData = Buffer.from(data, "base64");
  return { credentials: { ...(username !== undefined && { username }), authType, authData }, form };
}

/**
 * Credentials from a librespot `credentials.json`: its text, or the object it holds. Takes the other programs' files too.
 * @throws SpotifyError INVALID_ARGUMENT, as `parseImportedCredentials`
 */
export function parseLibrespotCredentials(input: string | LibrespotCredentials): Credentials {
  return parseImportedCredentials(input).credentials;
}
