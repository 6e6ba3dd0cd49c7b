import type { Credentials } from "../access-point/credentials";
import type { Account } from "./account";
import type { AccountChanges } from "./account-changes";
import type { AccountLogin } from "./account-login";
import type { WhoseAccount } from "./whose-account";

/** Signs in with a credential: tries it at Spotify, checks whose account it is, and keeps the stored credential. */
export class CredentialSignIn {
  readonly #changes: AccountChanges;
  readonly #login: AccountLogin;
  readonly #whose: WhoseAccount;
  readonly #account: Account;

  constructor(changes: AccountChanges, login: AccountLogin, whose: WhoseAccount, account: Account) {
    this.#changes = changes;
    this.#login = login;
    this.#whose = whose;
    this.#account = account;
  }

  /**
   * @param andKeep is run before the change is told, in the same turn: keeps what came with the credential
   * @returns the account's username
   * @throws SpotifyError: what the login is refused with; INVALID_ARGUMENT for another account; CLOSED
   */
  async signIn(
    credentials: Credentials,
    by: "pairing" | "import" | "tap",
    signal: AbortSignal,
    andKeep?: (username: string) => Promise<void>,
  ): Promise<string> {
    const login = await this.#login.once(credentials, signal);
    await this.#changes.apply(async () => {
      await this.#whose.check(login.username, signal);
      await this.#account.signIn(login.username, login.credentials, by);
      await andKeep?.(login.username);
      this.#changes.credentialChanged();
    });
    return login.username;
  }
}
