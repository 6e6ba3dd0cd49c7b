import { pictures, sortedPictures } from "./pictures";
import type { Picture } from "./playback-state";

/** Largest first. */
const KEYS = ["image_xlarge_url", "image_large_url", "image_url", "image_small_url"] as const;

/** The pictures that the metadata of an item names, in all sizes, largest first. */
export function clusterPictures(metadata: Readonly<Record<string, string>>): Picture[] {
  return sortedPictures(KEYS.flatMap((key) => pictures(metadata[key] ?? "")));
}
