import { SpotifyError } from "./errors";
import { CLIENT_IDS, clientIdName, type ClientIdName } from "./knowledge";

/**
 * The client ID that a platform's official app has. Source: librespot core/src/config.rs.
 * @param platform as `process.platform`
 */
export function platformClientId(platform: string = process.platform): string {
  if (platform === "android") return CLIENT_IDS.android;
  if (platform === "ios") return CLIENT_IDS.ios;
  return CLIENT_IDS.keymaster;
}

/**
 * A client ID from how settings and messages name it.
 * @param named `keymaster`, `android`, `ios`, or 32 hex digits
 * @throws SpotifyError INVALID_ARGUMENT for anything else
 */
export function parseClientId(named: unknown): string {
  if (typeof named === "string") {
    const text = named.trim().toLowerCase();
    if (Object.hasOwn(CLIENT_IDS, text)) return CLIENT_IDS[text as ClientIdName];
    if (/^[0-9a-f]{32}$/.test(text)) return text;
  }
  throw new SpotifyError("INVALID_ARGUMENT", "A client ID is keymaster, android, ios, or 32 hex digits.");
}

/** Why a session has its client ID: its configuration, or one of two messages from Spotify. */
export type ClientIdReason = "configured" | "remote-frame" | "cluster";

/** The client ID that a session has now, why, and since when. */
export interface CurrentClientId {
  /** 32 hex digits */
  readonly clientId: string;
  readonly reason: ClientIdReason;
  /** ms since the epoch */
  readonly since: number;
  /** The device whose app set it, if it is known. */
  readonly device?: { readonly id: string; readonly name?: string } | undefined;
}

/** A client ID as people know it: its short name if it has one. */
export function displayClientId(clientId: string): string {
  const name = clientIdName(clientId);
  return name ? `${name} (${clientId})` : clientId;
}
