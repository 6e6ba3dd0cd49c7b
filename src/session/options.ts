import { accessTokenCredentials, type Credentials } from "../access-point/credentials";
import type { LogLevel } from "../async/limited-log";
import { SpotifyError } from "../core/errors";
import { parseLibrespotCredentials, type LibrespotCredentials } from "../account/imported-credentials";
import type { SliceStore } from "../store/slice-store";
import type { StateStore } from "../store/store";

/** What a session is made of. Everything has a default but the credentials. */
export interface SessionOptions {
  /** The ID by which Spotify knows this device. Absent: a remembered one, or a new one. */
  deviceId?: string;
  /**
   * Who to log in as: the text of a librespot `credentials.json` or the object it holds; an OAuth access token of
   * the desktop client ID; or credentials as this library gives them. Absent: no account is signed in.
   */
  credentials?: string | LibrespotCredentials | { accessToken: string } | Credentials;
  /** `keymaster`, `android`, `ios`, or 32 hex digits; absent or empty: the platform's. */
  clientId?: string;
  /** Whether a client ID that Spotify sends takes the place of the session's. Default true, as in librespot. */
  followClientId?: boolean;
  /** Whether the session is visible on the LAN as a Spotify Connect device, to be signed in by a tap. Default false. */
  connect?: boolean;
  /**
   * The port on which Spotify's apps on the LAN reach the session, if it is visible. 0 or absent: the same as the last
   * time if it is free, else any.
   */
  connectPort?: number;
  /**
   * Whether to follow which Spotify app has control, over a connection of its own, as a hidden observer. Default true;
   * if false, Spotify does not change the client ID.
   */
  observe?: boolean;
  /** What the device is called in Spotify's apps. Default `Node-RED`. Up to 63 bytes of UTF-8 are shown. */
  deviceName?: string;
  /** Base URLs in place of Spotify's own. */
  endpoints?: Readonly<Record<string, unknown>>;
  /** PEM of the RSA key that an access point must sign with; absent: Spotify's. */
  accessPointKey?: string;
  /** Where to keep the state over a restart. Absent: in memory. */
  state?: StateStore;
  /** Where to keep the state that other processes share, in place of `state`. The session closes it. */
  sharedState?: SliceStore;
  /** ms a request waits for its answer, connecting included. Default 30,000. */
  requestTimeout?: number;
  /** Is told what happens, for a log. Never holds a secret. */
  log?: (level: LogLevel, message: string) => void;
}

export type { LogLevel };

/** Credentials from any of the forms a caller may give. @throws SpotifyError INVALID_ARGUMENT */
export function toCredentials(input: SessionOptions["credentials"]): Credentials | undefined {
  if (input === undefined || input === "") return undefined;
  if (typeof input === "object" && input !== null) {
    if ("authData" in input) return input;
    if ("accessToken" in input) {
      if (typeof input.accessToken !== "string" || input.accessToken === "") {
        throw new SpotifyError("INVALID_ARGUMENT", "The access token to log in with is empty.");
      }
      return accessTokenCredentials(input.accessToken);
    }
  }
  return parseLibrespotCredentials(input);
}

/** @throws SpotifyError INVALID_ARGUMENT for what cannot stand in a request's address */
export function checkDeviceId(deviceId: string): string {
  if (!/^[\w-]{1,64}$/.test(deviceId)) {
    throw new SpotifyError("INVALID_ARGUMENT", "A device ID is made of up to 64 letters, digits, - and _.");
  }
  return deviceId;
}

/** @throws SpotifyError INVALID_ARGUMENT if it is not a port */
export function checkPort(port = 0): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new SpotifyError(
    "INVALID_ARGUMENT",
    "The port for Spotify's apps is a number from 0 (any) to 65535.",
  );
}
