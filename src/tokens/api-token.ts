import { raceAbort } from "../async/race-abort";
import type { AppCredential } from "../web-api/web-api";
import type { TokenProvider } from "./provider";
import { refusedByWebApi } from "./web-api-access";

/** The token of any client ID, as a credential for the Web API. */
export class ApiToken implements AppCredential {
  /** The token that was given last; empty if none was. */
  latest = "";

  /** @param clientId 32 hex digits @param scopes that the token must cover */
  constructor(
    private readonly tokens: Pick<TokenProvider, "getTokenWithClientId" | "refused">,
    readonly clientId: string,
    private readonly scopes: readonly string[],
  ) {}

  /**
   * @throws SpotifyError REQUEST_REFUSED if the Web API would refuse the token; as
   *   `TokenProvider.getTokenWithClientId`; or the abort reason of `signal`
   */
  async get(signal: AbortSignal): Promise<string> {
    const token = await raceAbort(signal, this.tokens.getTokenWithClientId(this.scopes, this.clientId));
    if (token.audience !== "web-api") throw refusedByWebApi(this.clientId);
    this.latest = token.accessToken;
    return token.accessToken;
  }

  refused(token: string): void {
    this.tokens.refused(token);
  }
}
