import type { Credentials } from "../access-point/credentials";
import { SpotifyError } from "../core/errors";
import { checkSameAccount, type Account } from "./account";
import type { AccountChanges } from "./account-changes";
import type { CredentialSignIn } from "./credential-sign-in";
import type { WhoseAccount } from "./whose-account";

/** Signs in with the credential that a Spotify app on the LAN hands over when its user picks this device. */
export class TapSignIn {
  constructor(
    private readonly changes: AccountChanges,
    private readonly credentials: CredentialSignIn,
    private readonly whose: WhoseAccount,
    private readonly account: Account,
  ) {}

  /**
   * If this account is signed in and connected already, nothing changes: an app taps each time its user picks the device.
   * @param connected whether the session is connected
   * @throws SpotifyError INVALID_ARGUMENT for another account; as `CredentialSignIn.signIn`
   */
  async tap(credentials: Credentials, connected: boolean, cancelled: AbortSignal): Promise<void> {
    await this.changes.loaded();
    const { known } = this.whose;
    // An app names the account by its real name, so a stranger's tap is refused without a login at Spotify.
    if (credentials.username !== undefined) checkSameAccount(credentials.username, known);
    if (connected && known !== undefined && known === credentials.username) return;
    await this.credentials.signIn(credentials, "tap", this.changes.signal(cancelled));
  }

  /**
   * Signs out of a tap. Anyone on the LAN may ask for that, so no other sign-in is ended.
   * @throws SpotifyError INVALID_ARGUMENT if the account was signed in in another way
   */
  async takeBack(): Promise<void> {
    await this.changes.loaded();
    if (!this.account.signedIn) return;
    if (this.account.signedInBy !== "tap") {
      throw new SpotifyError(
        "INVALID_ARGUMENT",
        "The account was not signed in by a tap: sign out in its dialog.",
      );
    }
    await this.account.signOut();
    this.changes.credentialChanged();
  }
}
