/** What this Spotify allows. A test changes the values of `simulator.policy` whenever it likes. */
import {
  CLIENT_IDS,
  DESKTOP_ONLY_SCOPES,
  REPORTED_REFUSALS,
  WEB_API_SCOPES,
} from "../../src/tokens/knowledge";
import type { ShortNumber } from "./handshake";

export interface Policy {
  /** Client ID → scopes that keymaster refuses it (400, code 3). Default: what was reported in public. */
  refusedScopes: Record<string, readonly string[]>;
  /** Client IDs that exist; any other is refused by keymaster (403, code 4). Undefined: all exist. */
  knownClientIds: readonly string[] | undefined;
  /** Seconds that a token lives. */
  tokenLifetime: number;
  /** What the country code packet says. */
  country: string;
  /** What an answer to SUB carries: nothing, as today, or a list of Subscription, as it once did. */
  subscriptionAnswer: "empty" | "list";
  /** Makes a number of each key exchange begin with a zero byte, as happens once in 256 connections. */
  shortNumbers: ShortNumber | undefined;
  webApi: {
    /** Whether PUT and POST on the player want a premium account. */
    commandsNeedPremium: boolean;
  };
}

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
    country: "SE",
    subscriptionAnswer: "empty",
    shortNumbers: undefined,
    webApi: { commandsNeedPremium: true },
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
