import { SpotifyError } from "../core/errors";

/** The error where nobody is signed in who could be asked for.
 *
 * @param withApps whether somebody has signed in with an own app, which then does not serve what was asked for
 */
export function notSignedIn(withApps = false): SpotifyError {
  return new SpotifyError(
    "NOT_SIGNED_IN",
    withApps
      ? "No sign-in gives these scopes for this client ID. In the account's dialog, sign in with your app again, for these " +
          "scopes too, or pair with a code."
      : "Nobody is signed in: open the account's dialog and sign in. Pairing with a code takes a minute.",
  );
}
