import { AuthenticationType } from "../access-point/credentials";
import type { Endpoints } from "../core/endpoints";
import type { HttpClient } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import { ClientToken } from "../login5/client-token";
import { Login5 } from "../login5/login5";
import type { ClientTokenState } from "../login5/held-client-token";
import type { Slice } from "../store/slice";
import type { Account } from "../account/account";

export interface InternalServicesOptions {
  http: HttpClient;
  guard: RateLimitGuard;
  endpoints: Endpoints;
  account: Account;
  /** The client token that is kept. */
  keptToken: Slice<ClientTokenState | undefined>;
  deviceId: () => string;
  /** Resolves when the state is loaded. */
  loaded: () => Promise<unknown>;
}

/** What opens Spotify's own services, the dealer and spclient, to a session: a client token, and Login5. */
export class InternalServices {
  readonly clientToken: ClientToken;
  readonly login5: Login5;

  constructor({ http, guard, endpoints, account, keptToken, deviceId, loaded }: InternalServicesOptions) {
    this.clientToken = new ClientToken({
      http,
      guard,
      endpoint: endpoints.clientToken,
      deviceId,
      kept: keptToken,
      loaded,
    });
    this.login5 = new Login5({
      http,
      guard,
      endpoint: endpoints.login5,
      clientToken: this.clientToken,
      deviceId,
      credentials: () => {
        const credentials = account.credentials;
        const isStored =
          credentials?.authType === AuthenticationType.AUTHENTICATION_STORED_SPOTIFY_CREDENTIALS;
        return isStored && credentials.username !== undefined
          ? { username: credentials.username, data: credentials.authData }
          : undefined;
      },
      keepCredential: ({ username, data }, used) => account.renewed(username, data, used.data),
    });
  }

  close(): void {
    this.login5.close();
    this.clientToken.close();
  }
}
