/**
 * The documents of GET /metadata/4/track/<gid> and /metadata/4/episode/<gid>, as JSON. Source: a real answer of
 * 2026-03 (mcMineyC/spotcontrol, cuts/metadata_track.txt): IDs are in hexadecimal there.
 */
import type { AlbumEntry, ArtistEntry, ItemEntry, Picture } from "../world/catalogue";
import { PICTURE_SIZES } from "./entity-messages";
import { gidOf } from "./gid";

export function trackDocument({ uri, name, album, artists, durationMs }: ItemEntry): object {
  return {
    ...named({ uri, name }),
    album: {
      ...named(album),
      artist: album.artists.map(named),
      cover_group: { image: album.pictures.map(image) },
    },
    artist: artists.map(named),
    duration: durationMs,
    canonical_uri: uri,
  };
}

export function episodeDocument({ uri, name, album, durationMs }: ItemEntry): object {
  const pictures = { image: album.pictures.map(image) };
  return {
    ...named({ uri, name }),
    duration: durationMs,
    cover_image: pictures,
    show: { ...named(album), cover_image: pictures },
  };
}

function named({ uri, name }: Pick<ArtistEntry | AlbumEntry, "uri" | "name">): object {
  return { gid: gidOf(uri.split(":")[2] ?? ""), name };
}

function image({ fileId, size }: Picture): object {
  return { file_id: fileId, size: PICTURE_SIZES[size]?.name ?? "DEFAULT", width: size, height: size };
}
