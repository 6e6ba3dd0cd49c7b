import { raceAbort } from "../async/race-abort";
import { SpotifyError } from "../core/errors";
import { isSpotifysOwn } from "../core/knowledge";
import type { AppCredential } from "../web-api/web-api";
import type { GrantSource } from "./grant-source";
import type { TokenProvider } from "./provider";

/** The token of an app of the user's own, as a credential for the Web API. */
export class OwnAppToken implements AppCredential {
  /** @param scopes that the token must cover */
  constructor(
    private readonly tokens: Pick<TokenProvider, "getTokenWithClientId" | "refused">,
    private readonly apps: Pick<GrantSource, "appFor" | "ownApp">,
    private readonly scopes: readonly string[],
  ) {}

  /**
   * The app whose sign-in covers the scopes. If no sign-in does, the one that was signed in last: the
   * error of `get` then says what to do.
   * @throws SpotifyError NOT_SIGNED_IN if there is no app
   */
  get clientId(): string {
    const covering = this.apps.appFor(this.scopes);
    const app = covering !== undefined && !isSpotifysOwn(covering) ? covering : this.apps.ownApp();
    if (app !== undefined) return app;
    const message = "No app of your own is signed in. Sign in with one in the account's dialog.";
    throw new SpotifyError("NOT_SIGNED_IN", message, { scopes: [...this.scopes] });
  }

  /**
   * @throws SpotifyError as `clientId`; INVALID_SCOPE, without a request, if the sign-in does not cover the scopes;
   *   SIGN_IN_EXPIRED; as `TokenProvider.getTokenWithClientId`; or the abort reason of `signal`
   */
  async get(signal: AbortSignal): Promise<string> {
    const asking = this.tokens.getTokenWithClientId(this.scopes, this.clientId, { source: "oauth" });
    return (await raceAbort(signal, asking)).accessToken;
  }

  refused(token: string): void {
    this.tokens.refused(token);
  }
}
