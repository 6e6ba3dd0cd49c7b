/** What the Embedded SDK has room for in a display name (SP_MAX_DISPLAY_NAME_LENGTH). */
const DISPLAY_BYTES = 64;

/** Control characters, half characters, line breaks, and what turns the direction of writing. */
const UNFIT = /[\s\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

const characters = new Intl.Segmenter();

/**
 * A name that came from outside, fit for a log and a screen: on one line, and no longer than `mostBytes` of UTF-8, cut
 * where a character ends (an emoji of several code points is one character). May be empty.
 */
export function cleanName(name: string, mostBytes = DISPLAY_BYTES): string {
  // Far more than can stay, far less than takes time.
  const text = name
    .slice(0, mostBytes * 4)
    .replace(UNFIT, " ")
    .trim();
  let result = "";
  for (const { segment } of characters.segment(text)) {
    if (Buffer.byteLength(result + segment) > mostBytes) break;
    result += segment;
  }
  return result.trim();
}
