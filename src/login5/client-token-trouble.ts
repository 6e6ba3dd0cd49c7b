import { SpotifyError } from "../core/errors";
import type { HttpResponse } from "../net/client";

/**
 * Whether Spotify refused the client token of a request: `renew` if a new client token may help, else the error to throw;
 * undefined if the client token was accepted.
 *
 * Spotify's services say so with the header `client-token-error`: EXPIRED_CLIENTTOKEN with 401; INVALID_CLIENTTOKEN,
 * MISSING_CLIENTTOKEN, UNSUPPORTED_CLIENT with 400, 401 or 403. Sources: the codes that decompiled releases of
 * Spotify's Android app check; spotify_monitor, which gets the first two from login5; Spotifly, for INVALID_CLIENTTOKEN with
 * 400. A login5 request has no user's token, so a 401 without that header means the same.
 *
 * @param hasRenewed whether the client token was renewed for this request already
 */
export function clientTokenTrouble(
  { status, headers }: HttpResponse,
  clientId: string,
  hasRenewed: boolean,
): "renew" | SpotifyError | undefined {
  const header = headers["client-token-error"];
  if (status < 400 || (header === undefined && status !== 401)) return undefined;
  const isUnsupported = header === "UNSUPPORTED_CLIENT";
  if (!hasRenewed && !isUnsupported) return "renew";
  const message = isUnsupported
    ? "Spotify no longer admits this kind of client (UNSUPPORTED_CLIENT). Look for a newer version of this package."
    : "Spotify does not take the client token that it has just given. Try again later; if it stays so, look for a newer version of this package.";
  return new SpotifyError(isUnsupported ? "INVALID_CLIENT" : "REQUEST_REFUSED", message, {
    clientId,
    ...(!isUnsupported && { retryAfter: REFUSED_FOR }),
  });
}

/** s */
const REFUSED_FOR = 15 * 60;
