import { SpotifyError } from "../core/errors";
import { parseJson, type HttpClient } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import { cleanText } from "./clean-text";
import { partialNames, type Names } from "./names";
import { pictures } from "./pictures";
import type { SpotifyId } from "./spotify-id";

const TIMEOUT = 5_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** No client ID is sent: the rate limit counts for all requests of this machine. */
const NO_CLIENT = "none";

export interface OembedOptions {
  http: HttpClient;
  guard: RateLimitGuard;
  /** Base URL of open.spotify.com. */
  open: string;
}

/**
 * The title and the picture of a track or an episode, from a public service: no token is sent. It does not tell artists.
 *
 * Source: Spotify's reference of the oEmbed API.
 *
 * @returns null if there is no such item
 * @throws SpotifyError RATE_LIMITED; PROTOCOL_ERROR for another answer, and for one that cannot be read; what
 *   `HttpClient.request` throws; or the abort reason of `signal`
 */
export async function oembed(
  { http, guard, open }: OembedOptions,
  { kind, id }: SpotifyId,
  signal: AbortSignal,
): Promise<Names | null> {
  const { host } = new URL(open);
  guard.check(NO_CLIENT, host);
  const page = `https://open.spotify.com/${kind}/${id}`;
  const url = `${open}/oembed?url=${encodeURIComponent(page)}`;
  const answer = await http.request(url, { timeout: TIMEOUT, maxBytes: MAX_ANSWER_BYTES, signal });
  guard.learn(NO_CLIENT, host, answer);
  if (answer.status === 404 || answer.status === 400) return null;
  const document = parseJson(answer.body) as Record<string, unknown> | null | undefined;
  if (answer.status !== 200 || typeof document !== "object" || document === null) {
    throw new SpotifyError("PROTOCOL_ERROR", `${host} sent no title (HTTP ${answer.status}).`);
  }
  const { title, thumbnail_url: picture, thumbnail_width: width } = document;
  const clean = cleanText(title);
  if (clean === null) return null;
  const images =
    typeof picture === "string" ? pictures(picture, typeof width === "number" ? width : undefined) : [];
  return partialNames({ title: clean, images });
}
