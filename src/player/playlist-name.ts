import { SpotifyError } from "../core/errors";
import { parseJson } from "../net/client";
import type { Spclient } from "../spclient/spclient";
import { cleanText } from "./clean-text";
import { MAX_NAMES_BYTES, type FoundNames } from "./found-names";
import { partialNames } from "./names";
import type { SpotifyId } from "./spotify-id";

/** The statuses for a playlist that is not there, or that this account must not see. */
const NOT_THERE: ReadonlySet<number> = new Set([400, 403, 404]);

/**
 * The name of a playlist, also of one that Spotify makes: the Web API does not have those.
 *
 * Source: spotcast (Mincka), which reads `attributes.name` of this document.
 *
 * @returns null if there is no such playlist
 * @throws SpotifyError PROTOCOL_ERROR for another answer, and for one that cannot be read; what `Spclient.request`
 *   throws; or the abort reason of `signal`
 */
export async function playlistName(
  spclient: Pick<Spclient, "request">,
  { id }: SpotifyId,
  signal: AbortSignal,
): Promise<FoundNames | null> {
  const path = `/playlist/v2/playlist/${id}/metadata`;
  const { status, body } = await spclient.request({ method: "GET", path, maxBytes: MAX_NAMES_BYTES }, signal);
  if (NOT_THERE.has(status)) return null;
  const document = parseJson(body) as { attributes?: { name?: unknown } | null } | null | undefined;
  if (status !== 200 || typeof document !== "object" || document === null) {
    throw new SpotifyError("PROTOCOL_ERROR", "Spotify sent a playlist that cannot be read.");
  }
  const title = cleanText(document.attributes?.name);
  if (title === null) return null;
  return { names: partialNames({ title }), ttl: undefined };
}
