import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import { checkSameAccount, type Account } from "./account";
import type { AccountLogin } from "./account-login";
import type { Grants } from "./grants";

/** These errors pass by themselves: the sign-in is kept although its account is not known yet. */
const PASSING: ReadonlySet<SpotifyErrorCode> = new Set(["RATE_LIMITED", "UNREACHABLE", "TIMEOUT"]);

/** Tells whose account a token of an app is of. */
export interface TokenOwner {
  /** @throws SpotifyError as `Profile.usernameOf` */
  usernameOf(clientId: string, accessToken: string, signal: AbortSignal): Promise<string>;
}

/**
 * Whose account a sign-in is of, so that two accounts never mix. Only Spotify's answers count (the welcome of a login,
 * `/v1/me`): the username in a file of another program may be an e-mail address.
 */
export class WhoseAccount {
  constructor(
    private readonly account: Account,
    private readonly grants: Grants,
    private readonly login: AccountLogin,
    private readonly profile: TokenOwner,
  ) {}

  /** Spotify's name of the account that is signed in. */
  get known(): string | undefined {
    return this.account.knownAs ?? this.grants.usernames()[0];
  }

  /** @throws SpotifyError INVALID_ARGUMENT for another account than the one that is signed in */
  async check(username: string, signal: AbortSignal): Promise<void> {
    checkSameAccount(username, this.known ?? (await this.#configuredName(username, signal)));
  }

  /**
   * @returns the username of the account that an app's token is of; undefined if the Web API does not tell it now
   * @throws SpotifyError as `Profile.usernameOf`
   */
  async ofToken(clientId: string, accessToken: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      return await this.profile.usernameOf(clientId, accessToken, signal);
    } catch (error) {
      if (error instanceof SpotifyError && PASSING.has(error.code)) return undefined;
      throw error;
    }
  }

  /** Spotify's name of the account of a configured credential that has not logged in yet. */
  async #configuredName(username: string, signal: AbortSignal): Promise<string | undefined> {
    const { configured } = this.account;
    if (!configured || configured.username === username) return undefined;
    try {
      return (await this.login.once(configured, signal)).username;
    } catch (error) {
      // A credential that Spotify refuses belongs to no account.
      if (error instanceof SpotifyError && error.code === "BAD_CREDENTIALS") return undefined;
      throw error;
    }
  }
}
