import { cleanText } from "./clean-text";

export interface LocalFile {
  title: string | null;
  artist: string | null;
  album: string | null;
  /** ms */
  duration: number | null;
}

/** Longer ones are not read: to decode them would take long. */
const LONGEST_URI = 16_384;

/**
 * What the URI of a local file says: `spotify:local:<artist>:<album>:<title>:<seconds>`, each part encoded as in a form.
 *
 * @returns undefined if it is not such a URI, or too long
 */
export function localFile(uri: string): LocalFile | undefined {
  if (!uri.startsWith("spotify:local:") || uri.length > LONGEST_URI) return undefined;
  const [artist, album, title, seconds] = uri.split(":").slice(2);
  const duration = /^\d{1,6}$/.test(seconds ?? "") ? Number(seconds) * 1000 : 0;
  return {
    title: decoded(title),
    artist: decoded(artist),
    album: decoded(album),
    duration: duration || null,
  };
}

function decoded(part = ""): string | null {
  const text = part.replaceAll("+", " ");
  try {
    return cleanText(decodeURIComponent(text));
  } catch {
    // A percent sign that encodes nothing.
    return cleanText(text);
  }
}
