import { SpotifyError } from "../core/errors";
import { parseJson } from "../net/client";
import { pictures } from "../player/pictures";
import type { Spclient } from "../spclient/spclient";
import { fieldsOf, listOf, readEntry, type Fields } from "./entry";
import type { Playlist } from "./playlist";

/** How many rows one request asks for. A row with everything that Spotify says of a playlist has some 3 kB. */
const PAGE = 200;
const MAX_PAGE_BYTES = 4 << 20;
/** A picture in the document is a number of 20 bytes, in base64. */
const PICTURE_BYTES = 20;
/** Largest first. */
const SIZES = ["xlarge", "large", "default", "small"] as const;

/** One answer. */
export interface RootlistPage {
  playlists: Playlist[];
  /** How many rows it has: playlists, and the two ends of each folder. */
  rows: number;
  /** Whether there are more. */
  isTruncated: boolean;
}

/**
 * A part of the list of playlists that Spotify's apps show, in its order. The playlists in a folder stand where the folder
 * stands.
 *
 * Sources: librespot core/src/spclient.rs, `get_rootlist`, for the request, and protocol/proto/playlist4_external.proto,
 * `SelectedListContent`, for the names of the fields. Public clients that read it as JSON say that `contents.items` and
 * `contents.metaItems` go by the same number, and that the ends of a folder, `spotify:start-group:` and `spotify:end-group:`,
 * are rows with an empty entry beside them.
 *
 * @param from the number of the first row, from 0
 * @throws SpotifyError REQUEST_REFUSED for another status than 200; PROTOCOL_ERROR for an answer that cannot be read; what
 *   `Spclient.request` throws; or the abort reason of `signal`
 */
export async function rootlistPage(
  spclient: Pick<Spclient, "request">,
  username: string,
  from: number,
  signal: AbortSignal,
): Promise<RootlistPage> {
  const { status, body } = await spclient.request(
    {
      method: "GET",
      path:
        `/playlist/v2/user/${encodeURIComponent(username)}/rootlist` +
        `?decorate=revision,attributes,length,owner&market=from_token&from=${from}&length=${PAGE}`,
      headers: { accept: "application/json" },
      maxBytes: MAX_PAGE_BYTES,
    },
    signal,
  );
  if (status !== 200) {
    throw new SpotifyError("REQUEST_REFUSED", `Spotify would not list the playlists (HTTP ${status}).`);
  }
  return readRootlist(parseJson(body));
}

function readRootlist(document: unknown): RootlistPage {
  const { contents } = fieldsOf(document);
  // Spotify leaves out what is empty.
  const isList = typeof document === "object" && document !== null && !Array.isArray(document);
  if (!isList || (contents !== undefined && (typeof contents !== "object" || contents === null))) {
    throw new SpotifyError("PROTOCOL_ERROR", "Spotify sent a list of playlists that cannot be read.");
  }
  const { items, metaItems, truncated } = fieldsOf(contents);
  const rows = listOf(items);
  const entries = listOf(metaItems);
  const playlists = rows.flatMap((row, index) => playlistOf(fieldsOf(row), fieldsOf(entries[index])));
  return { playlists, rows: rows.length, isTruncated: truncated === true };
}

function playlistOf(
  { uri }: Fields,
  { attributes, ownerUsername: owner, length: tracks }: Fields,
): Playlist[] {
  const about = fieldsOf(attributes);
  const playlist = readEntry({ uri, name: about["name"], owner, image: imageOf(about), tracks });
  return playlist ? [playlist] : [];
}

/** A picture that the owner has uploaded, or else one that Spotify has made. */
function imageOf({ picture, pictureSize }: Fields): string | null {
  const bytes = typeof picture === "string" ? Buffer.from(picture.slice(0, 100), "base64") : undefined;
  if (bytes?.length === PICTURE_BYTES) return pictures(bytes.toString("hex"))[0]?.url ?? null;
  const made = listOf(pictureSize).map(fieldsOf);
  for (const size of SIZES) {
    const url = made.find(({ targetName }) => targetName === size)?.["url"];
    const [shown] = typeof url === "string" ? pictures(url) : [];
    if (shown) return shown.url;
  }
  return null;
}
