import { parseClientId } from "../core/client-id";
import { withDeadline } from "../async/deadline";
import { SpotifyError } from "../core/errors";
import { DESKTOP_ONLY_SCOPES } from "../core/knowledge";
import { parseScopes } from "../core/scopes";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import { Authorization } from "../oauth/authorization";
import type { TokenEndpoint } from "../oauth/token-endpoint";
import type { AccountChanges } from "./account-changes";
import { grantOf } from "./grant";
import type { Grants } from "./grants";
import { checkOwnAppScopes } from "./own-app-scopes";
import type { WhoseAccount } from "./whose-account";

/** How long a browser that comes back waits until it is known who is signed in, ms. */
const KNOWN_WITHIN = 60_000;

export interface OwnAppParts {
  endpoint: TokenEndpoint;
  guard: RateLimitGuard;
  /** Base URLs. */
  endpoints: { accounts: string; api: string };
}

/** Signs in with an app of the user's own: authorization code with PKCE. */
export class OwnAppSignIn {
  constructor(
    private readonly changes: AccountChanges,
    private readonly grants: Grants,
    private readonly whose: WhoseAccount,
    private readonly parts: OwnAppParts,
  ) {}

  /**
   * @throws SpotifyError INVALID_ARGUMENT; INVALID_SCOPE; RATE_LIMITED if Spotify has told this app to wait; UNREACHABLE if it
   *   cannot be read who is signed in
   */
  begin(clientIdNamed: string, scopes: readonly string[] | string, redirectUri: string): Authorization {
    const clientId = parseClientId(clientIdNamed);
    const checked = checkOwnAppScopes(clientId, parseScopes(scopes), DESKTOP_ONLY_SCOPES);
    const { endpoint, guard, endpoints } = this.parts;
    const { accounts } = endpoints;
    const authorization = new Authorization({ accounts, clientId, redirectUri, scopes: checked });
    // Better said now than after the user has agreed on Spotify's page.
    if (this.changes.whyUnknown) throw this.changes.whyUnknown;
    endpoint.check(clientId);
    guard.check(clientId, new URL(endpoints.api).host);
    return authorization;
  }

  /**
   * @returns the account's username, if it is known
   * @throws SpotifyError as `SignIns.finishAuthorization`
   */
  async finish(
    authorization: Authorization,
    callback: string,
    cancelled?: AbortSignal,
  ): Promise<string | undefined> {
    try {
      return await this.changes.within(cancelled, async (signal) => {
        // The account may just be deployed again, and its disk may be slow.
        await withDeadline(KNOWN_WITHIN, unknown, (either) => this.changes.untilKnown(either), signal);
        return this.#finish(authorization, callback, signal);
      });
    } finally {
      // The next session of the account can finish a sign-in that this one closed upon.
      if (!this.changes.isClosing) authorization.forget();
    }
  }

  /**
   * Takes the answer of the Web API to a token of an app: the app works, and this is whose account it is.
   * @param at ms since the epoch
   * @throws SpotifyError INVALID_ARGUMENT if it is another account than the others: then the app is signed out
   */
  async checked(clientId: string, at: number, username: string): Promise<void> {
    const grants = this.grants;
    if (grants.get(clientId)?.username !== undefined) return grants.checked(clientId, at, username);
    await this.changes.apply(async () => {
      try {
        await this.whose.check(username, this.changes.closing);
      } catch (error) {
        await grants.remove(clientId);
        throw error;
      } finally {
        await grants.checked(clientId, at, username);
        this.changes.appsChanged();
      }
    });
  }

  async #finish(
    authorization: Authorization,
    callback: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { clientId, scopes: asked } = authorization;
    const authorizedAt = Date.now();
    const tokens =
      authorization.received ?? (await authorization.finish(callback, this.parts.endpoint, signal));
    if (!tokens.refreshToken) throw new NoRefreshToken(clientId);
    const username = await this.whose.ofToken(clientId, tokens.accessToken, signal);
    await this.changes.apply(async () => {
      if (username !== undefined) await this.whose.check(username, signal);
      const checkedAt = username === undefined ? undefined : Date.now();
      await this.grants.add(grantOf(tokens, { clientId, asked, username, authorizedAt, checkedAt }));
      this.changes.appsChanged();
    });
    return username;
  }
}

function unknown(): SpotifyError {
  return new SpotifyError(
    "UNREACHABLE",
    "What the account remembers cannot be read, so that no sign-in is possible.",
  );
}

/** PROTOCOL_ERROR: Spotify gave a token for an hour, and no refresh token. */
class NoRefreshToken extends SpotifyError {
  readonly lacks = "refresh_token";

  constructor(clientId: string) {
    const message =
      "Spotify gave a token for one hour, but no refresh token for the time after it. Nothing was kept. Sign in again.";
    super("PROTOCOL_ERROR", message, { clientId });
  }
}
