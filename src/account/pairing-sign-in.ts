import { accessTokenCredentials } from "../access-point/credentials";
import { CLIENT_IDS, WEB_API_SCOPES } from "../core/knowledge";
import { DevicePairing, type PairingParts } from "../oauth/device-pairing";
import type { AccountChanges } from "./account-changes";
import type { CredentialSignIn } from "./credential-sign-in";
import { grantOf } from "./grant";
import type { Grants } from "./grants";

/** Signs in by pairing: the user types a code on Spotify's page. */
export class PairingSignIn {
  constructor(
    private readonly changes: AccountChanges,
    private readonly credentials: CredentialSignIn,
    private readonly grants: Grants,
    private readonly parts: PairingParts,
  ) {}

  /** @throws SpotifyError as `AccountChanges.known` and `DevicePairing.begin` */
  async begin(signal?: AbortSignal): Promise<DevicePairing> {
    await this.changes.known();
    return DevicePairing.begin(this.parts, CLIENT_IDS.keymaster, WEB_API_SCOPES, signal);
  }

  /** @throws SpotifyError as `DevicePairing.wait` and `CredentialSignIn.signIn` */
  async finish(pairing: DevicePairing, cancelled: AbortSignal): Promise<string> {
    const authorizedAt = Date.now();
    return this.changes.within(cancelled, async (signal) => {
      // The user may be typing the code while the account is deployed again, and its disk is slow.
      await this.changes.untilKnown(signal);
      const tokens = await pairing.wait(signal, this.parts.endpoint);
      const credentials = accessTokenCredentials(tokens.accessToken);
      return this.credentials.signIn(credentials, "pairing", signal, async (username) => {
        // A pairing is made for the connection: without a refresh token, the connection alone is kept.
        if (!tokens.refreshToken) return;
        const { clientId } = pairing;
        await this.grants.add(grantOf(tokens, { clientId, asked: WEB_API_SCOPES, username, authorizedAt }));
      });
    });
  }
}
