/**
 * https://open.spotify.com/oembed: title and picture of a link's target, for anyone. Source: Spotify's oEmbed
 * reference. It has no artist.
 */
import { CATALOGUE, findContext, findItem, type Picture } from "../world/catalogue";

const LINK = /^https:\/\/open\.spotify\.com\/(?:intl-[a-z]+\/)?([a-z]+)\/([0-9A-Za-z]{22})(?:\?.*)?$/;
const THUMBNAIL_SIZE = 300;

/** @returns the URI of a link of open.spotify.com; undefined if it has none */
export function uriOfLink(link: string): string | undefined {
  const [, type, id] = LINK.exec(link) ?? [];
  return type === undefined ? undefined : `spotify:${type}:${id}`;
}

/** @returns undefined if there is no item with this URI */
export function embedDocument(uri: string): object | undefined {
  const item = findItem(uri);
  const artist = CATALOGUE.artists.find((entry) => entry.uri === uri);
  const found = item ?? findContext(uri) ?? artist;
  if (found === undefined) return undefined;
  const [, type, id] = uri.split(":");
  return {
    html: `<iframe src="https://open.spotify.com/embed/${type}/${id}?utm_source=oembed"></iframe>`,
    width: 456,
    height: 352,
    version: "1.0",
    provider_name: "Spotify",
    provider_url: "https://spotify.com",
    type: "rich",
    title: found.name,
    ...thumbnail(item?.album.pictures ?? CATALOGUE.albums.find((album) => album.uri === uri)?.pictures ?? []),
  };
}

function thumbnail(pictures: readonly Picture[]): object {
  const picture = pictures.find(({ size }) => size === THUMBNAIL_SIZE);
  if (picture === undefined) return {};
  return {
    thumbnail_url: `https://image-cdn-ak.spotifycdn.com/image/${picture.fileId}`,
    thumbnail_width: THUMBNAIL_SIZE,
    thumbnail_height: THUMBNAIL_SIZE,
  };
}
