const PAGE =
  /^spotify:(?:user:[^:]+:)?(track|episode|album|artist|playlist|show|chapter):([A-Za-z0-9]{1,64})$/;
const COLLECTION = /^spotify:(?:user:[^:]+:)?collection(?::tracks)?$/;

/** The page of an item or a context on open.spotify.com; null if it has no page there. */
export function openUrl(uri: string | null): string | null {
  if (uri === null) return null;
  const page = PAGE.exec(uri);
  if (page) return `https://open.spotify.com/${page[1]}/${page[2]}`;
  return COLLECTION.test(uri) ? "https://open.spotify.com/collection/tracks" : null;
}
