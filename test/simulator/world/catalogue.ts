/** The items that can be played on this Spotify. All are invented: there is no such artist or song. */
import { createHash } from "node:crypto";

export interface Picture {
  /** 40 hex digits, such as `ab67616d0000b273…`; https://i.scdn.co/image/ shows it. */
  fileId: string;
  /** The length of a side in pixels. */
  size: number;
}

export interface ArtistEntry {
  /** `spotify:artist:…`; empty for a local file and an advert. */
  uri: string;
  name: string;
}

export interface AlbumEntry {
  /** `spotify:album:…`, or `spotify:show:…`; empty for a local file, an advert and narration. */
  uri: string;
  name: string;
  artists: readonly ArtistEntry[];
  /** The same picture, largest first. */
  pictures: readonly Picture[];
}

export interface ItemEntry {
  /**
   * `spotify:track:…`, `spotify:episode:…`, `spotify:ad:…`, `spotify:local:…`, or `spotify:narration:…` for what the DJ
   * says.
   */
  uri: string;
  name: string;
  artists: readonly ArtistEntry[];
  /** The show of an episode. */
  album: AlbumEntry;
  durationMs: number;
}

export interface ContextEntry {
  /** `spotify:playlist:…`, `spotify:album:…`, `spotify:show:…`, `spotify:user:<name>:collection` … */
  uri: string;
  name: string;
  items: readonly ItemEntry[];
}

export interface Catalogue {
  artists: readonly ArtistEntry[];
  albums: readonly AlbumEntry[];
  shows: readonly AlbumEntry[];
  /** An account plays the first five at the start. */
  tracks: readonly ItemEntry[];
  episodes: readonly ItemEntry[];
  /** The DJ's words between two songs. */
  narrations: readonly ItemEntry[];
  advert: ItemEntry;
  /** A local file of the listener: Spotify knows only its URI. */
  localFile: ItemEntry;
  /** A track that is in none of the `contexts`: it plays without a context. */
  lonelyTrack: ItemEntry;

  /** The playlist that an account plays at the start. */
  defaultPlaylist: ContextEntry;
  dinner: ContextEntry;
  party: ContextEntry;
  dj: ContextEntry;
  /** The four above. */
  playlists: readonly ContextEntry[];
  /** Playlists, albums and shows. */
  contexts: readonly ContextEntry[];
}

// Spotify's IDs are 128 bits in base62, so an ID of 22 digits begins with 0 to 7: "5im" reads nearly as "Sim".
const idOf = (kind: string, number: number): string =>
  `5im${kind}${String(number).padStart(19 - kind.length, "0")}`;

/** The first 16 hex digits of a picture's ID show its size. Source: a real answer of metadata/4, 2026-03. */
const PICTURE_SIZES = [
  { head: "ab67616d0000b273", size: 640 },
  { head: "ab67616d00001e02", size: 300 },
  { head: "ab67616d00004851", size: 64 },
] as const;

function pictures(name: string): Picture[] {
  const rest = createHash("sha256").update(name).digest("hex").slice(0, 24);
  return PICTURE_SIZES.map(({ head, size }) => ({ fileId: head + rest, size }));
}

const artists = [
  "The Ephemeral Ports",
  "Ada Bytewell",
  "Keep & Alive",
  "Zero Copy Quartet",
  "Señor Timeout",
].map((name, index): ArtistEntry => ({ uri: `spotify:artist:${idOf("Artist", index + 1)}`, name }));
const [ports, ada, keepAlive, quartet, timeout] = artists as [
  ArtistEntry,
  ArtistEntry,
  ArtistEntry,
  ArtistEntry,
  ArtistEntry,
];

const album = (number: number, name: string, ...by: ArtistEntry[]): AlbumEntry => ({
  uri: `spotify:album:${idOf("Album", number)}`,
  name,
  artists: by,
  pictures: pictures(name),
});
const boundToNothing = album(1, "Bound to Nothing", ports);
const roundTrips = album(2, "Round Trips", ada);
const idleHours = album(3, "Idle Hours", keepAlive);
const bestEffort = album(4, "Best Effort Delivery", quartet);
const retryWithJitter = album(5, "Retry with Jitter", timeout, ada);
const albums = [boundToNothing, roundTrips, idleHours, bestEffort, retryWithJitter];

const track = (
  number: number,
  name: string,
  on: AlbumEntry,
  durationMs: number,
  by = on.artists,
): ItemEntry => ({ uri: `spotify:track:${idOf("", number)}`, name, artists: by, album: on, durationMs });

const tracks = [
  track(1, "Loopback Lullaby", boundToNothing, 184_000),
  track(2, "Three-Way Handshake", roundTrips, 211_500),
  track(3, "Sixty Seconds to Pong", idleHours, 63_000),
  track(4, "Minimal Big-Endian", roundTrips, 247_250),
  track(5, "No Content", boundToNothing, 98_400),
  track(6, "Half-Closed Heart", idleHours, 201_337),
  track(7, "Time to Live", roundTrips, 255_000, [ada, timeout]),
  track(8, "Sliding Window Seat", bestEffort, 173_250),
  track(9, "Checksum of Us", bestEffort, 224_640, [quartet, ports]),
  track(10, "Nagle’s Waltz", bestEffort, 200_000),
  track(11, "Lost in Transit", bestEffort, 189_900),
  track(12, "Exponential Back-Off", retryWithJitter, 128_256),
  track(13, "Five Hundred and Three", retryWithJitter, 206_503, [timeout]),
  track(14, "Señal Perdida", retryWithJitter, 232_000, [timeout]),
  track(15, "Dirección Desconocida", retryWithJitter, 194_120, [timeout, ada, keepAlive]),
  track(16, "Stateful in the Morning", idleHours, 242_700),
  track(17, "Wake on LAN", idleHours, 167_008),
  track(18, "Port of Call 443", boundToNothing, 218_443),
  track(19, "Localhost, Sweet Localhost", boundToNothing, 241_001),
];
/** Its ID is a small number, so it begins with zeros in every notation. */
const lonelyTrack: ItemEntry = {
  uri: "spotify:track:0000000Sim000000000020",
  name: "Orphaned Process",
  artists: [quartet],
  album: album(6, "Orphaned Process", quartet),
  durationMs: 153_000,
};

const show = (number: number, name: string): AlbumEntry => ({
  uri: `spotify:show:${idOf("Show", number)}`,
  name,
  artists: [],
  pictures: pictures(name),
});
const shows = [show(1, "The Hidden Observer"), show(2, "Talking to Sockets")];
const episodes = [
  ["Who Is Listening?", 1_834_000],
  ["The Speaker That Slept", 2_412_500],
  ["Twenty Minutes of Silence", 1_200_000],
  ["Hello, Is Anyone on 4070?", 1_545_000],
  ["An Interview with a Timer", 2_704_250],
  ["How I Learned to Love 204", 1_999_000],
].map(([name, durationMs], index): ItemEntry => ({
  uri: `spotify:episode:${idOf("Episode", index + 1)}`,
  name: String(name),
  artists: [],
  album: shows[index < 3 ? 0 : 1]!,
  durationMs: Number(durationMs),
}));

const NO_ALBUM: AlbumEntry = { uri: "", name: "", artists: [], pictures: [] };

/** The URI of the real DJ's words is not known; a client of 2026 recognises them by this prefix. */
const narrations = [
  ["Good evening from your DJ", 9_000],
  ["And now, something with a longer time-out", 7_500],
].map(([name, durationMs], index): ItemEntry => ({
  uri: `spotify:narration:${idOf("Says", index + 1)}`,
  name: String(name),
  artists: [],
  album: NO_ALBUM,
  durationMs: Number(durationMs),
}));

const advert: ItemEntry = {
  uri: "spotify:ad:0000000154f7dd7ad71a22d3a2e9d5b1",
  name: "Cables, Half Price",
  artists: [{ uri: "", name: "Patch Panel Paradise" }],
  album: { ...NO_ALBUM, pictures: pictures("Cables, Half Price") },
  durationMs: 30_000,
};

const localFile: ItemEntry = {
  uri: "spotify:local:Die+T%C3%BCr%C3%B6ffner:Gr%C3%BC%C3%9Fe+aus+K%C3%B6ln:Stra%C3%9Fenl%C3%A4rm+%26+%C3%84pfel:201",
  name: "Straßenlärm & Äpfel",
  artists: [{ uri: "", name: "Die Türöffner" }],
  album: { ...NO_ALBUM, name: "Grüße aus Köln" },
  durationMs: 201_000,
};

const defaultPlaylist: ContextEntry = {
  uri: "spotify:playlist:Sim0000000000000000001",
  name: "Protocol Hits",
  items: tracks.slice(0, 5),
};
const dinner: ContextEntry = {
  uri: `spotify:playlist:${idOf("Dinner", 1)}`,
  name: "Dinner",
  items: [tracks[9]!, tracks[7]!, tracks[15]!, tracks[5]!, localFile],
};
const party: ContextEntry = {
  uri: `spotify:playlist:${idOf("Party", 1)}`,
  name: "Party",
  items: [tracks[11]!, tracks[12]!, tracks[14]!, tracks[8]!, tracks[6]!, tracks[17]!],
};
const dj: ContextEntry = {
  // The real ID.
  uri: "spotify:playlist:37i9dQZF1EYkqdzj48dyYq",
  name: "DJ",
  items: [narrations[0]!, tracks[13]!, tracks[3]!, narrations[1]!, tracks[18]!, tracks[10]!],
};
const playlists = [defaultPlaylist, dinner, party, dj];

const everyItem = [...tracks, lonelyTrack, ...episodes, ...narrations, advert, localFile];
const contexts = [
  ...playlists,
  ...[...albums, ...shows].map((entry): ContextEntry => ({
    uri: entry.uri,
    name: entry.name,
    items: everyItem.filter((item) => item.album === entry),
  })),
];

export const CATALOGUE: Catalogue = {
  artists,
  albums: [...albums, lonelyTrack.album],
  shows,
  tracks,
  episodes,
  narrations,
  advert,
  localFile,
  lonelyTrack,
  defaultPlaylist,
  dinner,
  party,
  dj,
  playlists,
  contexts,
};

const items = new Map(everyItem.map((item) => [item.uri, item]));

/** A track, an episode, or anything else that is played. */
export function findItem(uri: string): ItemEntry | undefined {
  return items.get(uri);
}

/** A playlist, an album, a show, or an account's Liked Songs. */
export function findContext(uri: string): ContextEntry | undefined {
  const [, username] = /^spotify:user:([^:]{1,128}):collection$/.exec(uri) ?? [];
  if (username !== undefined) return likedSongs(username);
  return contexts.find((context) => context.uri === uri);
}

/** @param username as it is written in a URI */
export function likedSongs(username: string): ContextEntry {
  return {
    uri: `spotify:user:${username}:collection`,
    name: "Liked Songs",
    items: [tracks[1]!, tracks[6]!, tracks[16]!, localFile, tracks[13]!],
  };
}
