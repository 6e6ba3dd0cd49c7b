/** What this Spotify allows. A test changes the values of `simulator.policy` whenever it likes. */
import {
  CLIENT_IDS,
  DESKTOP_ONLY_SCOPES,
  REPORTED_REFUSALS,
  WEB_API_SCOPES,
} from "../../../src/core/knowledge";
import type { ShortNumber } from "../access-point/handshake";

/** What refreshing does to the refresh token: a new one and the old one dead, the same again, or no word of it. */
export type Rotation = "rotate" | "keep" | "omit";

export interface Policy {
  /** Client ID → scopes that keymaster refuses it (400, code 3). Default: what was reported in public. */
  refusedScopes: Record<string, readonly string[]>;
  /** Client IDs that exist; any other is refused by keymaster (403, code 4). Undefined: all exist. */
  knownClientIds: readonly string[] | undefined;
  /** Seconds that a token of keymaster, or of `account.accessToken()`, lives. */
  tokenLifetime: number;
  /** Seconds that an access token of the token endpoint lives. */
  oauthTokenLifetime: number;
  refreshRotation: Rotation;
  /** Seconds from the authorisation that a refresh token, rotated or not, is good for. */
  grantLife: number;
  /** Seconds that an authorization code lives. */
  codeLife: number;
  /** Seconds that a pairing code lives. */
  deviceCodeLife: number;
  /** Seconds that a device that is being paired leaves between two questions. */
  deviceInterval: number;
  /** The page where pairing codes are typed in. The simulator's own is `endpoints.accounts` and `/pair`. */
  verificationUri: string;
  /** What the country code packet says. */
  country: string;
  /** What an answer to SUB carries: nothing, as today, or a list of Subscription, as it once did. */
  subscriptionAnswer: "empty" | "list";
  /**
   * How a pushed event names its URI: as it was subscribed to, or with its escapes decoded. Spotify does both. Source:
   * librespot core/src/mercury/mod.rs, which encodes the URIs of events before it looks for a subscription.
   */
  eventUris: "as-subscribed" | "decoded";
  /** Makes a number of each key exchange begin with a zero byte, as happens once in 256 connections. */
  shortNumbers: ShortNumber | undefined;
  /** Whether Login5 refuses those who show no client token. One that is not good is refused in any case. */
  login5NeedsClientToken: boolean;
  /** Client IDs that Login5 serves; any other is BAD_REQUEST. Source: librespot#1344. */
  login5ClientIds: readonly string[];
  /** Seconds that an access token of Login5 lives. */
  login5TokenLifetime: number;
  /** What a login does to the stored credential that it was made with. */
  login5Rotation: Rotation;
  /** Bits of each hashcash that a login has to solve; none: no challenge. */
  login5Hashcash: readonly number[];
  /** Digits of the code, sent to a telephone, that a login has to know; 0: none. */
  login5Code: number;
  /** Client IDs that are given client tokens; any other is 400. Source: go-librespot#167. */
  clientTokenClientIds: readonly string[];
  /** Seconds that a client token lives. */
  clientTokenLife: number;
  /** Seconds after which a client is to ask for another client token. */
  clientTokenRefreshAfter: number;
  /** As `login5Hashcash`, for a client token. */
  clientTokenHashcash: readonly number[];
  /** What a wrong answer to a challenge gets: 400, at Login5 BAD_REQUEST; or another challenge. */
  wrongSolution: "refuse" | "again";
  /** Whether requests without a User-Agent are refused (403). The dealer never refuses them. */
  needsUserAgent: boolean;
  metadata: {
    /** Seconds that a client may keep what extended-metadata answers. */
    ttl: number;
    /** Whether this spclient serves metadata/4: only one host does, the others answer 500. Source: librespot#1527. */
    servesMetadata4: boolean;
  };
  webApi: {
    /** Whether PUT and POST on the player want a premium account. */
    commandsNeedPremium: boolean;
    /**
     * Client IDs whose tokens it answers 429, from the first call on and for good, whatever minted them; none: the block of
     * December 2025 is lifted. Sources: spotcast#593, ncspot#1757, spotify-player#890.
     */
    refusedClientIds: readonly string[];
    /** What a command that was carried out is answered: 204, or 200 with a text that is not JSON (spotify-web-api-ts-sdk#127). */
    success: "no-content" | "text";
    /** For so long after a command it tells what played before it, ms. Source: home-assistant/core#129607. */
    staleFor: number;
  };
}

/** Six months, for want of a date to count from: 182.5 days. */
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

/** Whether `clientId` may have `scope`. A scope nobody has heard of, nobody may have. */
export function mayHave(policy: Policy, clientId: string, scope: string): boolean {
  if ((policy.refusedScopes[clientId] ?? []).includes(scope)) return false;
  if (desktopOnlyScopes.has(scope)) return clientId === CLIENT_IDS.keymaster;
  return webApiScopes.has(scope);
}
