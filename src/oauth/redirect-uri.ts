import { SpotifyError } from "../core/errors";

/**
 * Checks the address to which Spotify sends the browser back: https, or http on the loopback addresses 127.0.0.1 and
 * [::1]. Since 2025-11-27, Spotify refuses `localhost` with any protocol for all apps.
 *
 * Source: Spotify's page on redirect URIs.
 *
 * @throws SpotifyError INVALID_ARGUMENT, which says why Spotify would refuse the address
 */
export function checkRedirectUri(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new SpotifyError("INVALID_ARGUMENT", "The redirect address is not a URL.");
  }
  if (/\s/.test(text)) throw new SpotifyError("INVALID_ARGUMENT", "A redirect address has no spaces.");
  if (text.includes("#"))
    throw new SpotifyError("INVALID_ARGUMENT", "A redirect address has no part behind #.");
  if (url.username || url.password)
    throw new SpotifyError("INVALID_ARGUMENT", "A redirect address has no login.");
  if (url.hostname === "localhost") {
    throw new SpotifyError("INVALID_ARGUMENT", "Spotify refuses localhost: write 127.0.0.1 in its place.");
  }
  if (url.protocol === "https:") return text;
  if (url.protocol !== "http:") {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      "Spotify sends browsers back to https addresses, or http on 127.0.0.1.",
    );
  }
  if (url.hostname !== "127.0.0.1" && url.hostname !== "[::1]") {
    throw new SpotifyError(
      "INVALID_ARGUMENT",
      "Spotify refuses plain http but for 127.0.0.1 and [::1]: use https.",
    );
  }
  return text;
}
