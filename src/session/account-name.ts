import type { Account } from "../account/account";
import { notSignedIn } from "../account/not-signed-in";
import { raceAbort } from "../async/race-abort";
import type { AccountConnection } from "./account-connection";
import type { LifeCycle } from "./life-cycle";
import { untilReady } from "./until-ready";

/** How long the first sign-in may take, ms. */
const LIMIT = 10_000;

/**
 * Spotify's name of the account, which it tells with the first sign-in: a file of another program may hold an e-mail address
 * instead. Connects if it is not known yet.
 *
 * @throws SpotifyError NOT_SIGNED_IN; as `untilReady`; or the abort reason of `signal`
 */
export async function accountName(
  account: Pick<Account, "knownAs">,
  connection: Pick<AccountConnection, "open">,
  lifeCycle: LifeCycle,
  signal: AbortSignal,
): Promise<string> {
  if (account.knownAs === undefined && lifeCycle.state !== "ready") {
    connection.open();
    await raceAbort(signal, untilReady(lifeCycle, LIMIT));
  }
  if (account.knownAs === undefined) throw notSignedIn();
  return account.knownAs;
}
