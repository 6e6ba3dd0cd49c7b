import { cleanName } from "../core/clean-name";

const MOST_CHARACTERS = 500;
/** Enough for 500 characters of any writing. */
const MOST_BYTES = 2_000;

/** A title or a name from outside on one line, at most 500 characters long; null if nothing is left of it. */
export function cleanText(text: unknown): string | null {
  if (typeof text !== "string") return null;
  return cleanName(text.slice(0, MOST_CHARACTERS), MOST_BYTES) || null;
}
