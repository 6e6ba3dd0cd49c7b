import type { Credentials } from "../access-point/credentials";
import { LoginFailure } from "../access-point/login-failure";
import { SpotifyError } from "../core/errors";
import type { Grants } from "./grants";
import type { Account } from "./account";
import type { Connector, LoggedIn } from "../access-point/connector";

/** Logs a session's account in: with what it has, and never as another account than its apps'. */
export class AccountLogin {
  readonly #connector: Connector;
  readonly #account: Account;
  readonly #grants: Grants;
  readonly #notSignedIn: () => SpotifyError;

  /** @param notSignedIn the error where there is nothing to log in with */
  constructor(connector: Connector, account: Account, grants: Grants, notSignedIn: () => SpotifyError) {
    this.#connector = connector;
    this.#account = account;
    this.#grants = grants;
    this.#notSignedIn = notSignedIn;
  }

  /** @throws SpotifyError NOT_SIGNED_IN, or as `Connector.connect` */
  async logIn(signal: AbortSignal): Promise<LoggedIn> {
    const { credentials } = this.#account;
    if (!credentials) throw this.#notSignedIn();
    try {
      const loggedIn = await this.#connector.connect(credentials, signal);
      this.#refuseWhoLeft(loggedIn, credentials);
      this.#refuseAnotherAccount(loggedIn);
      return loggedIn;
    } catch (error) {
      // A remembered credential that has had its day must not lock out the configured one.
      const refused = error instanceof LoginFailure && ["stop", "confirm"].includes(error.disposition);
      if (refused && error.code === "BAD_CREDENTIALS") {
        if (this.#account.refused()) return this.logIn(signal);
        this.#account.allRefused();
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
    const loggedIn = await this.#connector.connect(credentials, signal);
    loggedIn.connection.close();
    return loggedIn;
  }

  /** Signed out, or signed in as somebody else, while this was on its way: it must not be remembered again. */
  #refuseWhoLeft({ connection }: LoggedIn, used: Credentials): void {
    if (this.#account.uses(used)) return;
    connection.close();
    throw new SpotifyError("UNREACHABLE", "Who is signed in has changed while the account connected.");
  }

  /** A configured credential of one account beside an own app of another: whose session would it be? */
  #refuseAnotherAccount({ connection, username }: LoggedIn): void {
    const other = this.#grants.usernames().find((name) => name !== username);
    if (other === undefined) return;
    connection.close();
    const message =
      `The credential is of ${username}, and this Spotify account is signed in as ${other} with an app. ` +
      `Sign out of one of them, or add another account for ${username}.`;
    throw new LoginFailure("INVALID_ARGUMENT", message, "stop", undefined);
  }
}
