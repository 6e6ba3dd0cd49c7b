/** Judges the sign-in of another player that is pasted or dropped, as far as a browser can. Pure. */
import {
  type CredentialProblem as FileProblem,
  readCredentialFile,
} from "../../../src/account/credential-file";
import { isEnvReference } from "../../shared/editor/env";

export type CredentialProblem = FileProblem | "accessToken";

export type CredentialCheck =
  | { state: "empty" }
  /** An environment variable holds it, which only the runtime can read. */
  | { state: "variable" }
  | {
      state: "good";
      username: string;
      /** The text of a credentials.json of librespot with that sign-in, which is what Node-RED keeps. */
      credentials: string;
    }
  | { state: "bad"; problem: CredentialProblem };

export function checkCredential(text: string): CredentialCheck {
  if (text.trim() === "") return { state: "empty" };
  if (isEnvReference(text.trim())) return { state: "variable" };
  const reading = readCredentialFile(text.trim());
  if (reading.state === "bad") return reading;
  const { kind, username, data } = reading;
  // One that is stored would be dead within the hour.
  if (kind === "accessToken" || username === undefined) return { state: "bad", problem: "accessToken" };
  const credentials = JSON.stringify({ username, auth_type: 1, auth_data: data });
  return { state: "good", username, credentials };
}

/** The text of a file. PowerShell and Notepad write UTF-16, which begins with a byte order mark. */
export function textOf(bytes: Uint8Array<ArrayBuffer>): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
