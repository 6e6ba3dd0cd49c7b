import type { Credentials } from "../access-point/credentials";
import { LoginFailure } from "../access-point/login-failure";
import { SpotifyError } from "../core/errors";
import type { Grants } from "./grants";
import type { Account } from "./account";
import { notSignedIn } from "./not-signed-in";
import type { Connector, LoggedIn } from "../access-point/connector";

/** Logs the session's account in, and never as another account than that of its apps. */
export class AccountLogin {
  constructor(
    private readonly connector: Connector,
    private readonly account: Account,
    private readonly grants: Grants,
  ) {}

  /** @throws SpotifyError NOT_SIGNED_IN, or as `Connector.connect` */
  async logIn(signal: AbortSignal): Promise<LoggedIn> {
    const { credentials } = this.account;
    if (!credentials) throw notSignedIn();
    try {
      const loggedIn = await this.connector.connect(credentials, signal);
      this.#refuseFormerCredential(loggedIn, credentials);
      this.#refuseAnotherAccount(loggedIn);
      return loggedIn;
    } catch (error) {
      // A remembered credential that no longer works must not lock out the configured one.
      const refused = error instanceof LoginFailure && ["stop", "confirm"].includes(error.disposition);
      if (refused && error.code === "BAD_CREDENTIALS") {
        if (this.account.refused()) return this.logIn(signal);
        this.account.allRefused();
      }
      throw error;
    }
  }

  /**
   * Logs in on a connection of its own, which is closed at once: to try credentials.
   * @throws SpotifyError as `Connector.connect`
   */
  async once(
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<{ username: string; credentials: Credentials }> {
    const loggedIn = await this.connector.connect(credentials, signal);
    loggedIn.connection.close();
    return loggedIn;
  }

  /** The user has signed out or signed in anew during the login: this credential must not be remembered again. */
  #refuseFormerCredential({ connection }: LoggedIn, used: Credentials): void {
    if (this.account.uses(used)) return;
    connection.close();
    throw new SpotifyError("UNREACHABLE", "Who is signed in has changed while the account connected.");
  }

  /** Refuses a configured credential of one account beside an own app of another: accounts never mix. */
  #refuseAnotherAccount({ connection, username }: LoggedIn): void {
    const other = this.grants.usernames().find((name) => name !== username);
    if (other === undefined) return;
    connection.close();
    const message =
      `The credential is of ${username}, and this Spotify account is signed in as ${other} with an app. ` +
      `Sign out of one of them, or add another account for ${username}.`;
    throw new LoginFailure("INVALID_ARGUMENT", message, "stop", undefined);
  }
}
