import { raceAbort } from "../async/race-abort";
import type { Credential } from "../spclient/credential";
import type { TokenProvider } from "./provider";

/** The login5 token of one client ID, as a credential for Spotify's own services. */
export class InternalToken implements Credential {
  constructor(
    private readonly tokens: Pick<TokenProvider, "getTokenWithClientId" | "refused">,
    private readonly clientId: string,
  ) {}

  /** @throws SpotifyError as `TokenProvider.getTokenWithClientId`; or the abort reason of `signal` */
  async get(signal: AbortSignal): Promise<string> {
    const asking = this.tokens.getTokenWithClientId([], this.clientId, { source: "login5" });
    return (await raceAbort(signal, asking)).accessToken;
  }

  refused(token: string): void {
    this.tokens.refused(token);
  }
}
