import type { Credentials } from "../access-point/credentials";
import type { Endpoints } from "../core/endpoints";
import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import type { HttpClient } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import type { Grants } from "./grants";
import { usernameOf } from "../web-api/profile";
import { checkSameAccount, type Account } from "./account";

/** What passes by itself: a sign-in is kept although it is not known yet whose it is. */
const PASSING: ReadonlySet<SpotifyErrorCode> = new Set(["RATE_LIMITED", "UNREACHABLE", "TIMEOUT"]);

export interface WhoseAccountOptions {
  http: HttpClient;
  guard: RateLimitGuard;
  endpoints: Endpoints;
  account: Account;
  grants: Grants;
  logInOnce(credentials: Credentials, signal: AbortSignal): Promise<{ username: string }>;
}

/**
 * Whose account a sign-in is of, so that two accounts never mix. Only Spotify's answers count (the welcome of a login,
 * `/v1/me`): the username in a file of another program may be an e-mail address.
 */
export class WhoseAccount {
  readonly #options: WhoseAccountOptions;

  constructor(options: WhoseAccountOptions) {
    this.#options = options;
  }

  /** The name by which Spotify knows the account that is signed in. */
  get known(): string | undefined {
    const { account, grants } = this.#options;
    return account.knownAs ?? grants.usernames()[0];
  }

  /** @throws SpotifyError INVALID_ARGUMENT for another account than the one that is signed in */
  async check(username: string, signal: AbortSignal): Promise<void> {
    checkSameAccount(username, this.known ?? (await this.#configuredName(username, signal)));
  }

  /** The username of the account that an app's token is of; undefined if the Web API does not tell it. @throws SpotifyError as `usernameOf` */
  async ofToken(clientId: string, accessToken: string, signal: AbortSignal): Promise<string | undefined> {
    const { http, guard, endpoints } = this.#options;
    try {
      return await usernameOf({ http, guard, api: endpoints.api }, clientId, accessToken, signal);
    } catch (error) {
      if (error instanceof SpotifyError && PASSING.has(error.code)) return undefined;
      throw error;
    }
  }

  /** The name of a configured credential that Spotify has not been asked about yet. */
  async #configuredName(username: string, signal: AbortSignal): Promise<string | undefined> {
    const { configured } = this.#options.account;
    if (!configured || configured.username === username) return undefined;
    try {
      return (await this.#options.logInOnce(configured, signal)).username;
    } catch (error) {
      // A credential that Spotify refuses belongs to no account.
      if (error instanceof SpotifyError && error.code === "BAD_CREDENTIALS") return undefined;
      throw error;
    }
  }
}
