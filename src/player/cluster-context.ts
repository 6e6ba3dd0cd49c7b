import type { PlayerState } from "../proto/gen/connect_pb";
import { openUrl } from "./open-url";
import type { PlaybackContext } from "./playback-state";
import { cleanText } from "./clean-text";
import { cleanUri } from "./clean-uri";

/**
 * What librespot sends in place of a context's URI: for items that were given as a list, and after a transfer without a
 * context.
 *
 * Source: librespot connect/src/spirc.rs and connect/src/state/transfer.rs.
 */
const NO_CONTEXT: ReadonlySet<string> = new Set(["spotify:web-api", "spotify:unknown"]);

/** The playlist, album or other context that is played; null if there is none, or if a single item is played. */
export function clusterContext({ contextUri, contextMetadata, track }: PlayerState): PlaybackContext | null {
  const uri = cleanUri(contextUri);
  if (uri === null || !isContext(uri) || contextUri === track?.uri) return null;
  const name = cleanText(contextMetadata["context_description"]);
  return { uri, type: contextType(uri), name, url: openUrl(uri) };
}

/** Whether a URI is a context's, and not what librespot sends in place of one. */
export function isContext(uri: string): boolean {
  return !NO_CONTEXT.has(uri);
}

/** `playlist` for `spotify:playlist:…`, `collection` for the songs that a person likes, … */
export function contextType(uri: string): string {
  const parts = uri.split(":");
  if (parts[0] !== "spotify") return "other";
  // `spotify:user:<name>:playlist:<id>` and `spotify:internal:queue`.
  const type = parts[1] === "user" ? parts[3] : parts[1] === "internal" ? parts[2] : parts[1];
  return type !== undefined && /^[\w-]{1,32}$/.test(type) ? type : "other";
}
