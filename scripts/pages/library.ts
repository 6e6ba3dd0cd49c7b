/** `docs/library.md`: the reasons that `explain` gives for each source of a token. */
import type { RouteReason } from "../../src/tokens/explanation";
import { code, table } from "./markdown";

const REASONS: Readonly<Record<RouteReason, string>> = {
  "grant-covers": "You have signed in with this client ID, and the sign-in covers the scopes.",
  mints: "Keymaster gives the token. `scopes` lists those that it is reported to refuse this client ID.",
  "no-scopes": "No scope is asked for, so Login5 gives the token.",
  "not-needed": "A source before it gives the token.",
  "not-chosen": "The caller has chosen another source.",
  "no-grant": "You have not signed in with this client ID.",
  "grant-ended": "The sign-in with this client ID is over.",
  "grant-lacks": "The sign-in with this client ID does not cover `scopes`.",
  "grant-held": "The user directory is a copy, and only the original uses the sign-in.",
  "owner-not-premium": "The owner of the app has lost Premium. The app is asked again at `until`.",
  "not-signed-in": "The account is not signed in by pairing, tap or import.",
  "session-over": "Spotify does not let the account in. `code` says why.",
  "needs-scopes": "Keymaster gives nothing if no scope is asked for.",
  "has-scopes": "Login5 gives no token for scopes.",
  "refused-account": "Keymaster has refused this account since `since`. It is asked again at `until`.",
  "refused-client": "Keymaster has refused this client ID since `since`. It is asked again at `until`.",
  "refused-scopes":
    "Keymaster has refused `scopes` to this client ID since `since`. It is asked again at `until`.",
};

export const library = {
  reasons: (): string =>
    table(
      ["reason", "what it means"],
      Object.entries(REASONS).map(([reason, text]) => [code(reason), text]),
    ),
};
