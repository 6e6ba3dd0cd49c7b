import { SpotifyError } from "../core/errors";
import type { HttpResponse } from "../net/client";

/**
 * Whether an answer says that the client token which came with the request is not taken: `renew` where another one may
 * be, else the error to throw.
 *
 * Spotify's services say so with the header `client-token-error`: EXPIRED_CLIENTTOKEN with 401; INVALID_CLIENTTOKEN,
 * MISSING_CLIENTTOKEN, UNSUPPORTED_CLIENT with 400, 401 or 403. Sources: what Spotify's Android app looks at, as its
 * decompiled releases show; spotify_monitor, which meets the first two at login5; Spotifly, for INVALID_CLIENTTOKEN
 * with 400. Login5 sends no user's token, so that a 401 without that header can mean nothing else.
 *
 * @param hasRenewed whether the client token was fetched anew for this very request
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
