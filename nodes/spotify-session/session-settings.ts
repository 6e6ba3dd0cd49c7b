import { SpotifyError, type LibrespotCredentials, type SessionOptions } from "../../src";
import { flagProperty, textProperty, wrongType } from "../shared/properties";
import { readPort } from "./port";
import type { StateSecrets } from "./state-store";

/** As the library has it. */
const DEVICE_NAME = "Node-RED";

export type AccountSettings = Required<
  Pick<SessionOptions, "clientId" | "followClientId" | "deviceName" | "connect" | "connectPort">
>;

/** What an account's properties say. @throws SpotifyError INVALID_ARGUMENT for a property of a wrong type */
export function readSettings(properties: object): AccountSettings {
  const connect = flagProperty(properties, "connect", false);
  return {
    clientId: textProperty(properties, "clientId"),
    followClientId: flagProperty(properties, "followClientId", true),
    deviceName: textProperty(properties, "deviceName") || DEVICE_NAME,
    connect,
    // A port that cannot be right is told of only if the account is visible.
    connectPort: connect ? (readPort((properties as { port?: unknown }).port) ?? NaN) : 0,
  };
}

/**
 * The credential to log in with: a text, or an object if it comes from an environment variable of the type JSON.
 * @throws SpotifyError INVALID_ARGUMENT for anything else
 */
export function readCredential(secrets: Record<string, unknown>): string | LibrespotCredentials | undefined {
  const value = secrets["librespotCredentials"];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value.trim() || undefined;
  if (typeof value === "object" && !Array.isArray(value)) return value as LibrespotCredentials;
  throw wrongType("librespotCredentials", value, "the text or the JSON of a credentials.json");
}

/** What the account's state may be sealed with. */
export function readSecrets(secrets: Record<string, unknown>): StateSecrets {
  const texts = Object.entries(secrets).map(([name, value]) => [
    name,
    typeof value === "string" || value === null ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts) as StateSecrets;
}

/** An error of making a session, as the account's users are told of it. */
export function toProblem(cause: unknown): SpotifyError {
  if (cause instanceof SpotifyError) return cause;
  return new SpotifyError("INVALID_ARGUMENT", "The account cannot be opened.", { cause });
}
