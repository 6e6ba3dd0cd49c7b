import { bytes, integer, message, signed } from "./wire";

/** The invented catalogue of these tests, in the form of Spotify's services. */

/** An ID whose 16 bytes all have this value, and its URI. */
export const GIDS = {
  track: Buffer.alloc(16, 1),
  album: Buffer.alloc(16, 2),
  artist: Buffer.alloc(16, 3),
  episode: Buffer.alloc(16, 4),
  show: Buffer.alloc(16, 5),
} as const;

export const URIS = {
  track: "spotify:track:01TrY6CZi6JaolPzVQ3HW1",
  album: "spotify:album:03MTWdfYAdskMHF9RG7pS2",
  artist: "spotify:artist:05GlUjSXSkbvb3uJNwb7O3",
  episode: "spotify:episode:07zNSqvXaqUFzpkjJmePK4",
  show: "spotify:show:09tfQx8WsxDPXL9TFcixG5",
} as const;

const COVER = "40baf4dd6b252ba0943afdc9";
export const COVER_IDS = {
  640: `ab67616d0000b273${COVER}`,
  300: `ab67616d00001e02${COVER}`,
  64: `ab67616d00004851${COVER}`,
} as const;

export function image(fileId: string, width: number): Buffer {
  return message(bytes(1, Buffer.from(fileId, "hex")), signed(3, width), signed(4, width));
}

/** In Spotify's order: neither the largest nor the smallest is first. */
const COVERS = message(
  bytes(1, image(COVER_IDS[300], 300)),
  bytes(1, image(COVER_IDS[64], 64)),
  bytes(1, image(COVER_IDS[640], 640)),
);

export function artist(name: string, gid: Buffer = GIDS.artist): Buffer {
  return message(bytes(1, gid), bytes(2, name));
}

export const ALBUM = message(
  bytes(1, GIDS.album),
  bytes(2, "Loopback"),
  bytes(3, artist("The Packets")),
  bytes(17, COVERS),
);

export function track(name: string, artists: readonly Buffer[] = [artist("The Packets")]): Buffer {
  return message(
    bytes(1, GIDS.track),
    bytes(2, name),
    bytes(3, ALBUM),
    ...artists.map((entry) => bytes(4, entry)),
    signed(5, 3),
    signed(7, 180_521),
    integer(9, 1),
  );
}

export const SHOW = message(
  bytes(1, GIDS.show),
  bytes(2, "Ports of Call"),
  bytes(64, "About ports."),
  bytes(66, "Harbour Radio"),
);

const EPISODE = message(
  bytes(1, GIDS.episode),
  bytes(2, "Port 8080"),
  signed(7, 3_600_000),
  bytes(68, bytes(1, image(`ab6765630000ba8a${COVER}`, 640))),
  bytes(71, SHOW),
);

const ARTIST = message(
  bytes(1, GIDS.artist),
  bytes(2, "The Packets"),
  bytes(17, bytes(1, image(`ab6761610000e5eb${COVER}`, 640))),
);

/** Each entity by its URI, with the number of its kind. */
export const ENTITIES: ReadonlyMap<string, { kind: number; value: Buffer }> = new Map([
  [URIS.track, { kind: 10, value: track("Round Trip") }],
  [URIS.album, { kind: 9, value: ALBUM }],
  [URIS.artist, { kind: 8, value: ARTIST }],
  [URIS.episode, { kind: 12, value: EPISODE }],
  [URIS.show, { kind: 11, value: SHOW }],
]);

export interface Told {
  uri: string;
  kind: number;
  value?: Buffer | undefined;
  /** Default: 200 if there is a value, otherwise 404. */
  status?: number | undefined;
  /** s */
  ttl?: number;
}

/** An answer of extended-metadata. Entities of one kind are grouped in it. */
export function extendedMetadataAnswer(told: readonly Told[]): Buffer {
  const kinds = [...new Set(told.map(({ kind }) => kind))];
  return message(
    bytes(1, ""),
    ...kinds.map((kind) =>
      bytes(
        2,
        message(
          integer(2, kind),
          ...told.filter((entity) => entity.kind === kind).map((entity) => bytes(3, entityData(entity))),
        ),
      ),
    ),
  );
}

function entityData({ uri, value, status = value ? 200 : 404, ttl = 0 }: Told): Buffer {
  const header = message(integer(1, status), bytes(2, "MC-abc="), ...(ttl > 0 ? [integer(4, ttl)] : []));
  const any = value && bytes(3, message(bytes(1, "type.googleapis.com/spotify"), bytes(2, value)));
  return message(bytes(1, header), bytes(2, uri), ...(any ? [any] : []));
}
