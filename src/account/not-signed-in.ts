import { SpotifyError } from "../core/errors";

/**
 * The error if no sign-in can give the token.
 *
 * @param withApps whether there is a sign-in with an own app, which does not cover the request
 */
export function notSignedIn(withApps = false): SpotifyError {
  return new SpotifyError(
    "NOT_SIGNED_IN",
    withApps
      ? "No sign-in gives these scopes for this client ID. In the account's dialog, sign in with your app again, for these " +
          "scopes too, or pair with a code."
      : "The account is not signed in. Open its dialog and sign in: pairing with a code takes a minute.",
  );
}
