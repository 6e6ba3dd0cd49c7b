import type { Account } from "../account/account";
import type { Grants } from "../account/grants";
import { isSpotifysOwn } from "../core/knowledge";

/**
 * Whether an account's playback can only be asked for: there is no credential for the access point, which the dealer
 * needs too, but a sign-in with an app of the user's own.
 */
export function nothingPushes(account: Pick<Account, "signedIn">, grants: Pick<Grants, "covering">): boolean {
  return !account.signedIn && grants.covering([], (clientId) => !isSpotifysOwn(clientId)) !== undefined;
}
