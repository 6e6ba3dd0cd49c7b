import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import {
  AlbumSchema,
  ArtistSchema,
  EpisodeSchema,
  ShowSchema,
  TrackSchema,
  type Artist as CatalogueArtist,
  type Image,
  type ImageGroup,
  type Show,
} from "../proto/gen/metadata_pb";
import { cleanText } from "./clean-text";
import { partialNames, type Names } from "./names";
import { pictures, sortedPictures } from "./pictures";
import type { Artist, Picture } from "./playback-state";
import { toUri, type CatalogueKind } from "./spotify-id";

const MOST_ARTISTS = 50;
/** Of one entity; each may come in several sizes. */
const MOST_IMAGES = 20;

/**
 * The names that the catalogue has of an entity.
 * @param read reads the entity as the message of its kind
 * @throws what `read` throws
 */
export function catalogueNames(
  kind: CatalogueKind,
  read: <Schema extends DescMessage>(schema: Schema) => MessageShape<Schema>,
): Names {
  switch (kind) {
    case "track": {
      const { name, artist, album, duration } = read(TrackSchema);
      return {
        title: cleanText(name),
        artists: artistsOf(artist),
        album: cleanText(album?.name),
        albumUri: toUri("album", album?.gid),
        duration: durationOf(duration),
        images: imagesOf(album?.coverGroup, album?.cover),
      };
    }
    case "episode": {
      const { name, show, duration, coverImage } = read(EpisodeSchema);
      const own = imagesOf(coverImage);
      return {
        title: cleanText(name),
        artists: publisherOf(show),
        album: cleanText(show?.name),
        albumUri: toUri("show", show?.gid),
        duration: durationOf(duration),
        images: own.length > 0 ? own : imagesOf(show?.coverImage),
      };
    }
    case "album": {
      const { name, artist, coverGroup, cover } = read(AlbumSchema);
      const images = imagesOf(coverGroup, cover);
      return partialNames({ title: cleanText(name), artists: artistsOf(artist), images });
    }
    case "artist": {
      const { name, portraitGroup, portrait } = read(ArtistSchema);
      return partialNames({ title: cleanText(name), images: imagesOf(portraitGroup, portrait) });
    }
    case "show": {
      const show = read(ShowSchema);
      const images = imagesOf(show.coverImage);
      return partialNames({ title: cleanText(show.name), artists: publisherOf(show), images });
    }
  }
}

function artistsOf(artists: readonly CatalogueArtist[]): Artist[] {
  return artists.slice(0, MOST_ARTISTS).flatMap(({ name, gid }) => {
    const clean = cleanText(name);
    return clean === null ? [] : [{ name: clean, uri: toUri("artist", gid) }];
  });
}

/** Podcasts have no artists. Spotify's apps show the publisher in their place. */
function publisherOf(show: Show | undefined): Artist[] {
  const name = cleanText(show?.publisher);
  return name === null ? [] : [{ name, uri: null }];
}

function imagesOf(group: ImageGroup | undefined, others: readonly Image[] = []): Picture[] {
  const images = group && group.image.length > 0 ? group.image : others;
  return sortedPictures(
    images
      .slice(0, MOST_IMAGES)
      .flatMap(({ fileId, width }) => pictures(Buffer.from(fileId).toString("hex"), width)),
  );
}

function durationOf(duration: number): number | null {
  return duration > 0 ? duration : null;
}
