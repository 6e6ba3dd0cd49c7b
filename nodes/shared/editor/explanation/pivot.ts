/** Which source the user should fix if no source gives the token. Pure. */
import type { Explanation, SourceChoice, SourceVerdict } from "../../../../src/tokens/explanation";
import type { TokenSourceName } from "../../../../src/core/token";
import { clientIdKey, OWN_APP } from "../client-id";

/**
 * The verdict whose reason the user is to be told first: of the source that was chosen; else of the sign-in with the
 * client ID, where there is one and it is what a user can mend; else of the source that the runtime asks in vain.
 */
export function pivotOf({ clientId, sources, scopes }: Explanation, choice: SourceChoice): SourceVerdict {
  const of = (name: TokenSourceName): SourceVerdict =>
    sources.find(({ source }) => source === name) ?? { source: name, taken: false, reason: "not-chosen" };
  if (choice !== "auto") return of(choice);
  const oauth = of("oauth");
  const account = of(scopes.length > 0 ? "keymaster" : "login5");
  if (oauth.reason === "no-grant") return account;
  // With an own app one can sign in for other permissions; a paired device is given what it is given.
  const isOwnApp = clientIdKey(clientId) === OWN_APP;
  const canMend = isOwnApp || oauth.reason === "grant-held" || account.reason === "not-signed-in";
  return canMend ? oauth : account;
}
