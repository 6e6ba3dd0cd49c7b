import { SpotifyError } from "../core/errors";
import { pictures, sortedPictures } from "../player/pictures";
import type { AppCredential, WebApi } from "../web-api/web-api";
import { fieldsOf, listOf, readEntry, type Fields } from "./entry";
import type { Playlist } from "./playlist";

/** The scope that the request needs. */
export const READ_PLAYLISTS = ["playlist-read-private"] as const;

/** The most that Spotify gives at once. */
const PAGE = 50;
const MAX_PICTURES = 10;

/** One answer. */
export interface PlaylistsPage {
  playlists: Playlist[];
  /** Whether there are more. */
  isTruncated: boolean;
}

/**
 * A part of the account's playlists, as the Web API lists them.
 *
 * Source: developer.spotify.com, Web API reference, "Get Current User's Playlists", and february-2026-migration-guide for
 * `items` in the place of `tracks`.
 *
 * @param page its number, from 0
 * @throws SpotifyError as `WebApi.document`; PROTOCOL_ERROR for a document that is no such list
 */
export async function webApiPage(
  webApi: Pick<WebApi, "document">,
  credential: AppCredential,
  page: number,
  signal: AbortSignal,
): Promise<PlaylistsPage> {
  const query = { limit: String(PAGE), offset: String(page * PAGE) };
  const document = fieldsOf(await webApi.document({ path: "/v1/me/playlists", query }, credential, signal));
  if (!Array.isArray(document["items"])) {
    throw new SpotifyError("PROTOCOL_ERROR", "The Web API answered with something other than playlists.");
  }
  const entries = listOf(document["items"]).slice(0, PAGE);
  const isTruncated = entries.length > 0 && typeof document["next"] === "string";
  return { playlists: entries.flatMap((entry) => playlistOf(fieldsOf(entry))), isTruncated };
}

function playlistOf({ uri, name, owner, images, items, tracks }: Fields): Playlist[] {
  const { display_name: displayName, id } = fieldsOf(owner);
  const playlist = readEntry({
    uri,
    name,
    owner: displayName || id,
    image: imageOf(images),
    tracks: fieldsOf(items ?? tracks)["total"],
  });
  return playlist ? [playlist] : [];
}

function imageOf(images: unknown): string | null {
  const found = listOf(images)
    .slice(0, MAX_PICTURES)
    .map(fieldsOf)
    .flatMap(({ url, width }) =>
      typeof url === "string" ? pictures(url, typeof width === "number" ? width : undefined) : [],
    );
  return sortedPictures(found)[0]?.url ?? null;
}
