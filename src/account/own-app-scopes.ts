import { SpotifyError } from "../core/errors";

/**
 * Checks what an app of the user's own may be asked for, before the browser opens: one scope that it may not have fails
 * the whole sign-in.
 *
 * @param desktopOnly the scopes that only the desktop client ID has
 * @throws SpotifyError INVALID_SCOPE, naming those that it may not have
 */
export function checkOwnAppScopes(
  clientId: string,
  scopes: readonly string[],
  desktopOnly: readonly string[],
): readonly string[] {
  if (scopes.length === 0)
    throw new SpotifyError("INVALID_ARGUMENT", "Choose at least one scope.", { clientId });
  const illegal = scopes.filter((scope) => desktopOnly.includes(scope));
  if (illegal.length === 0) return scopes;
  const message = `An app of your own may not have ${illegal.join(", ")}: Spotify would refuse the whole sign-in. Leave it out.`;
  throw new SpotifyError("INVALID_SCOPE", message, { clientId, scopes: [...scopes] });
}
