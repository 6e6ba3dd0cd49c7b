/** The rules of this Spotify. A test may change the values of `simulator.policy` at any time. */
import {
  CLIENT_IDS,
  DESKTOP_ONLY_SCOPES,
  REPORTED_REFUSALS,
  WEB_API_SCOPES,
} from "../../../src/core/knowledge";
import type { ShortNumber } from "../access-point/handshake";

/** The effect of a refresh on the refresh token: a new one (the old one ends), the same one, or none in the answer. */
export type Rotation = "rotate" | "keep" | "omit";

export interface Policy {
  /** Client ID → scopes that keymaster refuses it (400, code 3). Default: the publicly reported ones. */
  refusedScopes: Record<string, readonly string[]>;
  /** Client IDs that exist; any other is refused by keymaster (403, code 4). Undefined: all exist. */
  knownClientIds: readonly string[] | undefined;
  /** Lifetime of a token of keymaster, or of `account.accessToken()`, in seconds. */
  tokenLifetime: number;
  /** Lifetime of an access token of the token endpoint, in seconds. */
  oauthTokenLifetime: number;
  refreshRotation: Rotation;
  /** Lifetime of a refresh token, rotated or not, from the authorisation, in seconds. */
  grantLife: number;
  /** Lifetime of an authorization code, in seconds. */
  codeLife: number;
  /** Lifetime of a pairing code, in seconds. */
  deviceCodeLife: number;
  /** Seconds that a device must wait between two polls of its pairing. */
  deviceInterval: number;
  /** The page for pairing codes. The simulator's own is `endpoints.accounts` and `/pair`. */
  verificationUri: string;
  /** The country in the country code packet. */
  country: string;
  /** The content of an answer to SUB: none, as today, or a list of Subscription, as it once was. */
  subscriptionAnswer: "empty" | "list";
  /**
   * The URI in a pushed event: as in the subscription, or with its escapes decoded. Spotify does both. Source:
   * librespot core/src/mercury/mod.rs, which encodes the URIs of events before it looks for a subscription.
   */
  eventUris: "as-subscribed" | "decoded";
  /** Makes a number of each key exchange begin with a zero byte, as happens once in 256 connections. */
  shortNumbers: ShortNumber | undefined;
  /** Whether Login5 refuses clients without a client token. An invalid one is always refused. */
  login5NeedsClientToken: boolean;
  /** Client IDs that Login5 serves; any other is BAD_REQUEST. Source: librespot#1344. */
  login5ClientIds: readonly string[];
  /** Lifetime of an access token of Login5, in seconds. */
  login5TokenLifetime: number;
  /** The effect of a login on its stored credential. */
  login5Rotation: Rotation;
  /** Bits of each hashcash that a login must solve; empty: no challenge. */
  login5Hashcash: readonly number[];
  /** Digits of the code, sent to a phone, that a login must have; 0: none. */
  login5Code: number;
  /** Client IDs that may have client tokens; any other is 400. Source: go-librespot#167. */
  clientTokenClientIds: readonly string[];
  /** Lifetime of a client token, in seconds. */
  clientTokenLife: number;
  /** Seconds after which a client should request a new client token. */
  clientTokenRefreshAfter: number;
  /** Like `login5Hashcash`, for a client token. */
  clientTokenHashcash: readonly number[];
  /** The answer to a wrong solution: 400, at Login5 BAD_REQUEST; or another challenge. */
  wrongSolution: "refuse" | "again";
  /** Whether requests without a User-Agent are refused (403). The dealer never refuses them. */
  needsUserAgent: boolean;
  metadata: {
    /** Seconds for which a client may keep an answer of extended-metadata. */
    ttl: number;
    /** Whether this spclient serves metadata/4: only one host does, the others answer 500. Source: librespot#1527. */
    servesMetadata4: boolean;
  };
  webApi: {
    /** Whether PUT and POST on the player need a premium account. */
    commandsNeedPremium: boolean;
    /**
     * Client IDs whose tokens it answers 429, from the first call and permanently, from any source; none: the block of
     * December 2025 is lifted. Sources: spotcast#593, ncspot#1757, spotify-player#890.
     */
    refusedClientIds: readonly string[];
    /** The answer to a successful command: 204, or 200 with a text that is not JSON (spotify-web-api-ts-sdk#127). */
    success: "no-content" | "text";
    /** For how long after a command it reports the earlier playback, ms. Source: home-assistant/core#129607. */
    staleFor: number;
  };
}

/** Six months, because there is no date to count from: 182.5 days. */
const HALF_A_YEAR = 182.5 * 24 * 3600;

export function defaultPolicy(): Policy {
  return {
    refusedScopes: Object.fromEntries(
      Object.entries(REPORTED_REFUSALS).map(([clientId, refusals]) => [
        clientId,
        refusals.flatMap((refusal) => refusal.scopes),
      ]),
    ),
    knownClientIds: undefined,
    tokenLifetime: 3600,
    oauthTokenLifetime: 3600,
    refreshRotation: "rotate",
    grantLife: HALF_A_YEAR,
    codeLife: 600,
    deviceCodeLife: 3600,
    deviceInterval: 5,
    verificationUri: "https://spotify.com/pair",
    country: "SE",
    subscriptionAnswer: "empty",
    eventUris: "as-subscribed",
    shortNumbers: undefined,
    login5NeedsClientToken: false,
    login5ClientIds: Object.values(CLIENT_IDS),
    login5TokenLifetime: 3600,
    login5Rotation: "keep",
    login5Hashcash: [],
    login5Code: 0,
    clientTokenClientIds: Object.values(CLIENT_IDS),
    clientTokenLife: 1_216_800,
    clientTokenRefreshAfter: 1_209_600,
    clientTokenHashcash: [],
    wrongSolution: "refuse",
    needsUserAgent: true,
    metadata: { ttl: 86_400, servesMetadata4: true },
    webApi: {
      commandsNeedPremium: true,
      refusedClientIds: [CLIENT_IDS.keymaster],
      success: "no-content",
      staleFor: 0,
    },
  };
}

const webApiScopes: ReadonlySet<string> = new Set(WEB_API_SCOPES);
const desktopOnlyScopes: ReadonlySet<string> = new Set(DESKTOP_ONLY_SCOPES);

/** Whether `clientId` may have `scope`. No client ID may have an unknown scope. */
export function mayHave(policy: Policy, clientId: string, scope: string): boolean {
  if ((policy.refusedScopes[clientId] ?? []).includes(scope)) return false;
  if (desktopOnlyScopes.has(scope)) return clientId === CLIENT_IDS.keymaster;
  return webApiScopes.has(scope);
}
