import { SpotifyError } from "../core/errors";
import { isItem, toUri } from "./links";
import { isObject } from "./values";

/** How many items one command takes. */
const MAX_URIS = 100;

/**
 * URIs of tracks and episodes: a URI or an address, an object with one (as the Web API sends them), or an array of these.
 * @throws SpotifyError INVALID_ARGUMENT
 */
export function readUris(value: unknown): string[] {
  return listOf(value).map(readItem);
}

function readItem(value: unknown): string {
  const uri = readUri(value);
  if (uri !== undefined && isItem(uri)) return uri;
  throw new SpotifyError(
    "INVALID_ARGUMENT",
    "Name tracks or episodes by their URIs or by their addresses on open.spotify.com.",
  );
}

/** As `readUris`, but also of albums, artists, shows and playlists. @throws SpotifyError INVALID_ARGUMENT */
export function readLibraryUris(value: unknown): string[] {
  return listOf(value).map((entry) => {
    const uri = readUri(entry);
    if (uri !== undefined) return uri;
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      "Name what is meant by URIs or by addresses on open.spotify.com.",
    );
  });
}

function listOf(value: unknown): unknown[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 0 && list.length <= MAX_URIS) return list;
  throw new SpotifyError("INVALID_ARGUMENT", `Name 1 to ${MAX_URIS} items by their URIs or addresses.`);
}

/** @returns undefined if it is not a URI, an address, or an object with one */
export function readUri(value: unknown): string | undefined {
  const text = isObject(value) ? value["uri"] : value;
  return typeof text === "string" ? toUri(text) : undefined;
}
