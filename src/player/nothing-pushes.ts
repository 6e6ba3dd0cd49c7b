import type { Account } from "../account/account";
import type { Grants } from "../account/grants";
import { isSpotifysOwn } from "../core/knowledge";

/**
 * Whether Spotify pushes nothing, so that playback must be asked for: the only sign-in is with an app of the user's own.
 * The dealer, which pushes, needs the credential of the access point.
 */
export function nothingPushes(account: Pick<Account, "signedIn">, grants: Pick<Grants, "covering">): boolean {
  return !account.signedIn && grants.covering([], (clientId) => !isSpotifysOwn(clientId)) !== undefined;
}
