import type { Credentials } from "../access-point/credentials";
import type { Account } from "./account";
import type { AccountChanges } from "./account-changes";
import type { AccountLogin } from "./account-login";
import type { WhoseAccount } from "./whose-account";

/** Signs in with a credential: tries it at Spotify, checks whose account it is, and keeps the stored credential. */
export class CredentialSignIn {
  constructor(
    private readonly changes: AccountChanges,
    private readonly login: AccountLogin,
    private readonly whose: WhoseAccount,
    private readonly account: Account,
  ) {}

  /**
   * @param andKeep is run before the change is told, in the same turn: keeps what came with the credential
   * @returns the account's username
   * @throws SpotifyError: what the login is refused with; INVALID_ARGUMENT for another account; CLOSED
   */
  async signIn(
    credentials: Credentials,
    by: "pairing" | "import",
    signal: AbortSignal,
    andKeep?: (username: string) => Promise<void>,
  ): Promise<string> {
    const login = await this.login.once(credentials, signal);
    await this.changes.apply(async () => {
      await this.whose.check(login.username, signal);
      await this.account.signIn(login.username, login.credentials, by);
      await andKeep?.(login.username);
      this.changes.credentialChanged();
    });
    return login.username;
  }
}
