/** What the Embedded SDK has room for in a display name (SP_MAX_DISPLAY_NAME_LENGTH). */
const DISPLAY_BYTES = 64;

/** Control characters, half characters, line breaks, and what turns the direction of writing. */
const UNFIT = /[\s\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

/** Printable ASCII: every character is one byte, so a name can be cut anywhere. */
const ASCII = /^[ -~]*$/;

/** Made with the first name that needs it: its data takes 2 MB. */
let characters: Intl.Segmenter | undefined;

/**
 * A name that came from outside, fit for a log and a screen: on one line, and no longer than `mostBytes` of UTF-8, cut
 * where a character ends (an emoji of several code points is one character). May be empty.
 */
export function cleanName(name: string, mostBytes = DISPLAY_BYTES): string {
  // Bounds the work. No name of this length can stay whole.
  const text = name
    .slice(0, mostBytes * 4)
    .replace(UNFIT, " ")
    .trim();
  if (Buffer.byteLength(text) <= mostBytes) return text;
  if (ASCII.test(text)) return text.slice(0, mostBytes).trim();
  characters ??= new Intl.Segmenter();
  let result = "";
  for (const { segment } of characters.segment(text)) {
    if (Buffer.byteLength(result + segment) > mostBytes) break;
    result += segment;
  }
  return result.trim();
}
