/** What the catalogue can be asked for by ID. */
export type CatalogueKind = "track" | "episode" | "album" | "artist" | "show";

export interface SpotifyId {
  uri: string;
  kind: CatalogueKind | "playlist";
  /** 22 digits in base 62. */
  id: string;
}

/** Older URIs of playlists hold the owner's name. */
const PATTERN =
  /^spotify:(?:(track|episode|album|artist|show|playlist)|user:[^:]{1,200}:(playlist)):([0-9A-Za-z]{22})$/;

/** Source: librespot core/src/spotify_id.rs. */
const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LENGTH = 22;
const GID_BYTES = 16;

/** The parts of a URI; undefined if it has no such ID, as those of adverts, local files, Liked Songs and stations. */
export function parseSpotifyUri(uri: string): SpotifyId | undefined {
  const match = PATTERN.exec(uri);
  if (!match) return undefined;
  return { uri, kind: (match[1] ?? match[2]) as SpotifyId["kind"], id: match[3]! };
}

/** The number behind an ID as 32 hex digits; undefined if it is too large for them. */
export function toGid(id: string): string | undefined {
  let number = 0n;
  for (const digit of id) number = number * 62n + BigInt(DIGITS.indexOf(digit));
  const hex = number.toString(16).padStart(GID_BYTES * 2, "0");
  return hex.length === GID_BYTES * 2 ? hex : undefined;
}

/** The URI for this number; null if it is not 16 bytes. */
export function toUri(kind: CatalogueKind, gid: Uint8Array | undefined): string | null {
  if (gid?.length !== GID_BYTES) return null;
  let number = BigInt(`0x${Buffer.from(gid).toString("hex")}`);
  let id = "";
  for (; number > 0n; number /= 62n) id = DIGITS[Number(number % 62n)]! + id;
  return `spotify:${kind}:${id.padStart(LENGTH, "0")}`;
}
