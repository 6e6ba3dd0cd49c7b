/** What a new account plays, and how an item or a context is found by its URI. */
import type { AlbumEntry, ArtistEntry, ContextEntry, ItemEntry } from "./catalogue";

const PORTS = artist("1", "The Ephemeral Ports");
const ADA = artist("2", "Ada Bytewell");
const KEEP = artist("3", "Keep & Alive");
const BOUND = album("1", "Bound to Nothing", PORTS);
const TRIPS = album("2", "Round Trips", ADA);
const IDLE = album("3", "Idle Hours", KEEP);

export const ITEMS: readonly ItemEntry[] = [
  track("1", "Loopback Lullaby", BOUND, 184_000),
  track("2", "Three-Way Handshake", TRIPS, 211_500),
  track("3", "Sixty Seconds to Pong", IDLE, 63_000),
  track("4", "Minimal Big-Endian", TRIPS, 247_250),
  track("5", "No Content", BOUND, 98_400),
];

/** What a new account plays. */
export const DEFAULT_CONTEXT: ContextEntry = {
  uri: `spotify:playlist:${id("1")}`,
  name: "Protocol Hits",
  items: ITEMS,
};

export const CONTEXTS: readonly ContextEntry[] = [DEFAULT_CONTEXT];

/** @returns undefined if there is no such item on this Spotify */
export function findItem(uri: string): ItemEntry | undefined {
  return ITEMS.find((item) => item.uri === uri);
}

/** @returns undefined if there is no such context on this Spotify */
export function findContext(uri: string): ContextEntry | undefined {
  return CONTEXTS.find((context) => context.uri === uri);
}

function id(number: string): string {
  return `Sim${number.padStart(19, "0")}`;
}

function artist(number: string, name: string): ArtistEntry {
  return { uri: `spotify:artist:${id(number)}`, name };
}

function album(number: string, name: string, by: ArtistEntry): AlbumEntry {
  const picture = number.padStart(24, "0");
  return {
    uri: `spotify:album:${id(number)}`,
    name,
    artists: [by],
    pictures: [
      { fileId: `ab67616d0000b273${picture}`, size: 640 },
      { fileId: `ab67616d00001e02${picture}`, size: 300 },
      { fileId: `ab67616d00004851${picture}`, size: 64 },
    ],
  };
}

function track(number: string, name: string, on: AlbumEntry, durationMs: number): ItemEntry {
  return { uri: `spotify:track:${id(number)}`, name, artists: on.artists, album: on, durationMs };
}
