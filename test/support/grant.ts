import type { Grant } from "../../src/account/grant";

/** The client ID of an app of the user's own. */
export const CLIENT_ID = "0123456789abcdef0123456789abcdef";

/** The grant of an app with the scope `streaming`, which Spotify has not refused. */
export function grantWith(change: Partial<Grant> = {}): Grant {
  return {
    clientId: CLIENT_ID,
    refreshToken: "refresh",
    scopes: ["streaming"],
    authorizedAt: 1,
    username: "mira",
    ...change,
  };
}
