import type { Picture } from "./playback-state";

const MOST = 10;
const LONGEST_URL = 500;

/**
 * The first 16 of a picture's 40 hex digits name its kind and its size, the others the picture.
 * Sources: spotcontrol cuts/metadata_track.txt for albums; `images` of episodes in the Web API for podcasts.
 */
const SIZES: readonly (readonly Readonly<{ head: string; size: number }>[])[] = [
  [
    { head: "ab67616d0000b273", size: 640 },
    { head: "ab67616d00001e02", size: 300 },
    { head: "ab67616d00004851", size: 64 },
  ],
  [
    { head: "ab6765630000ba8a", size: 640 },
    { head: "ab67656300005f1f", size: 300 },
    { head: "ab6765630000f68d", size: 64 },
  ],
];

/**
 * A picture in all sizes that are known of it, largest first.
 * @param fileIdOrUri 40 hex digits, `spotify:image:<40 hex digits>`, or an https URL on Spotify's picture servers
 * @param size the length of a side in pixels, if it was said
 * @returns nothing for anything else
 */
export function pictures(fileIdOrUri: string, size?: number): Picture[] {
  const fileId = /^(?:spotify:image:)?([0-9a-f]{40})$/i.exec(fileIdOrUri)?.[1];
  if (fileId !== undefined) return inAllSizes(fileId.toLowerCase(), size);
  const url = pictureUrl(fileIdOrUri);
  if (!url) return [];
  const served = /^\/image\/([0-9a-f]{40})$/.exec(url.pathname)?.[1];
  if (served !== undefined && (url.host === "i.scdn.co" || familyOf(served))) return inAllSizes(served, size);
  return [{ url: url.href, size: knownSize(size) }];
}

/** Several pictures, or several sizes of one: without doubles, largest first, at most ten. */
export function sortedPictures(found: readonly Picture[]): Picture[] {
  const byUrl = new Map<string, Picture>();
  for (const picture of found) {
    if (byUrl.get(picture.url)?.size == null) byUrl.set(picture.url, picture);
  }
  return [...byUrl.values()].toSorted((a, b) => (b.size ?? 0) - (a.size ?? 0)).slice(0, MOST);
}

function inAllSizes(fileId: string, size: number | undefined): Picture[] {
  const family = familyOf(fileId);
  if (!family) return [{ url: urlOf(fileId), size: knownSize(size) }];
  const picture = fileId.slice(16);
  return family.map((member) => ({ url: urlOf(member.head + picture), size: member.size }));
}

function familyOf(fileId: string): (typeof SIZES)[number] | undefined {
  const head = fileId.slice(0, 16);
  return SIZES.find((family) => family.some((member) => member.head === head));
}

function urlOf(fileId: string): string {
  return `https://i.scdn.co/image/${fileId}`;
}

function knownSize(size = 0): number | null {
  return Number.isSafeInteger(size) && size > 0 ? size : null;
}

/** A URL on one of the hosts that Spotify serves pictures from. */
function pictureUrl(text: string): URL | undefined {
  if (text.length > LONGEST_URL || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.protocol === "https:" && url.port === "" && url.username === "" && url.password === "";
  return isPlain && /^(?:[a-z0-9-]+\.)+(?:scdn\.co|spotifycdn\.com)$/.test(url.hostname) ? url : undefined;
}
