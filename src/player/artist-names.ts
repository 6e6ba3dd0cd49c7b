import type { Artist } from "./playback-state";

/** The names of all artists, with commas between them; null if none is known. */
export function artistNames(artists: readonly Artist[]): string | null {
  return artists.map(({ name }) => name).join(", ") || null;
}
