import type { Names } from "./names";

/** The names of an entity, and how long Spotify lets them be kept. */
export interface FoundNames {
  names: Names;
  /** s; undefined if Spotify does not say. */
  ttl: number | undefined;
}

/** The longest answer that is read. 250 tracks take some 1 MiB. */
export const MAX_NAMES_BYTES = 2 << 20;
