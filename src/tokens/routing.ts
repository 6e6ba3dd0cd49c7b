import type { SpotifyErrorCode } from "../core/errors";
import { reportedlyRefused } from "../core/knowledge";
import type { Audience, TokenSourceName } from "../core/token";
import type { WebApiRefusal } from "./web-api-access";

/** Which source a token may come from; `auto` leaves the choice to the provider. */
export type SourceChoice = "auto" | TokenSourceName;

/**
 * Why a token would come from a source, or why not:
 *
 * - `grant-covers`: a sign-in with this client ID covers the scopes
 * - `mints`: keymaster makes tokens for any client ID that Spotify lets have the scopes
 * - `no-scopes`: nobody asks for scopes, and login5 has none to give
 * - `not-needed`: a source before it is taken; `not-chosen`: another one was chosen
 * - `no-grant`, `grant-ended`, `grant-lacks`: there is no sign-in with this client ID, it is over, it lacks `scopes`
 * - `owner-not-premium`: the app may not be used, because its owner has lost Premium
 * - `not-signed-in`, `session-over`: there is no account, or none that Spotify lets in (`code`)
 * - `needs-scopes`, `has-scopes`: keymaster wants some, login5 none
 * - `refused-account`: keymaster refuses this account; `refused-client`: this client ID; `refused-scopes`: these scopes
 */
export type RouteReason =
  | "grant-covers"
  | "mints"
  | "no-scopes"
  | "not-needed"
  | "not-chosen"
  | "no-grant"
  | "grant-ended"
  | "grant-lacks"
  | "owner-not-premium"
  | "not-signed-in"
  | "session-over"
  | "needs-scopes"
  | "has-scopes"
  | "refused-account"
  | "refused-client"
  | "refused-scopes";

/** What is to be said of one source. */
export interface SourceVerdict {
  source: TokenSourceName;
  taken: boolean;
  reason: RouteReason;
  /** The scopes that stand in the way; with `mints`, those that Spotify is reported to refuse this client ID. */
  scopes?: string[];
  /** Since when, and until when it is not asked again; ms since the epoch. */
  since?: number;
  until?: number;
  code?: SpotifyErrorCode;
}

/** Where a token would come from, decided before anything is asked. */
export interface Explanation {
  /** 32 hex digits */
  clientId: string;
  scopes: string[];
  /** Undefined: no source can give it. */
  source: TokenSourceName | undefined;
  /** Where the token would work; undefined if no source can give it. */
  audience: Audience | undefined;
  /** Why the Web API would refuse the token; undefined if it would not, and if no source can give it. */
  webApi: WebApiRefusal | undefined;
  /** Each source, in the order in which they are considered. */
  sources: SourceVerdict[];
  /** An own app whose sign-in would cover the scopes: the client ID to name, where it is another one. */
  otherApp: string | undefined;
}

/** What Spotify has refused a while ago. */
export interface KnownRefusal {
  of: "account" | "client" | "scopes";
  since: number;
  until: number;
}

/** What the decision rests on. */
export interface Situation {
  /** The sign-in with an app, whatever it covers, and be it over. */
  grant(clientId: string): { scopes: readonly string[]; endedAt?: number } | undefined;
  /** Since when, and until when, an app may not be used for its owner's sake. */
  appRefusal(clientId: string): { since: number; until: number } | undefined;
  /** The client ID of an app whose sign-in covers these scopes. */
  appFor(scopes: readonly string[]): string | undefined;
  /** Why there is no account to ask as: NOT_SIGNED_IN, or what ended the session. */
  obstacle(): SpotifyErrorCode | undefined;
  keymasterRefusal(clientId: string, scopes: readonly string[]): KnownRefusal | undefined;
  login5Refusal(clientId: string): KnownRefusal | undefined;
  /** Why the Web API refuses a token; undefined if it takes it. */
  webApiRefusal(source: TokenSourceName, clientId: string): WebApiRefusal | undefined;
}

type Verdict = Omit<SourceVerdict, "source" | "taken">;

/** In this order each is considered. */
const ORDER: readonly TokenSourceName[] = ["oauth", "keymaster", "login5"];
const TAKEN: ReadonlySet<RouteReason> = new Set(["grant-covers", "mints", "no-scopes"]);

/** Decides where a token is to come from, and says why. */
export class Router {
  readonly #situation: Situation;

  constructor(situation: Situation) {
    this.#situation = situation;
  }

  explain(scopes: readonly string[], clientId: string, choice: SourceChoice): Explanation {
    const sources: SourceVerdict[] = [];
    let source: TokenSourceName | undefined;
    for (const name of ORDER) {
      const verdict: Verdict =
        choice !== "auto" && choice !== name
          ? { reason: "not-chosen" }
          : this.#judge(name, scopes, clientId, choice === "auto");
      const stands = TAKEN.has(verdict.reason);
      if (stands && source !== undefined) sources.push({ source: name, taken: false, reason: "not-needed" });
      else sources.push({ source: name, taken: stands, ...verdict });
      if (stands) source ??= name;
    }
    const app = this.#situation.appFor(scopes);
    const webApi = source && this.#situation.webApiRefusal(source, clientId);
    return {
      clientId,
      scopes: [...scopes],
      source,
      audience: source && (webApi ? "spotify-internal" : "web-api"),
      webApi,
      sources,
      otherApp: app === clientId || scopes.length === 0 ? undefined : app,
    };
  }

  #judge(name: TokenSourceName, scopes: readonly string[], clientId: string, auto: boolean): Verdict {
    if (name === "oauth") return this.#judgeGrant(scopes, clientId);
    if (name === "keymaster" && scopes.length === 0) return { reason: "needs-scopes" };
    if (name === "login5" && scopes.length > 0) return { reason: "has-scopes" };
    const obstacle = this.#situation.obstacle();
    if (obstacle === "NOT_SIGNED_IN") return { reason: "not-signed-in" };
    if (obstacle !== undefined) return { reason: "session-over", code: obstacle };
    const refusal =
      name === "keymaster"
        ? this.#situation.keymasterRefusal(clientId, scopes)
        : this.#situation.login5Refusal(clientId);
    if (refusal) return refused(refusal, scopes);
    if (name === "login5") return { reason: "no-scopes" };
    const doubtful = auto ? reportedlyRefused(clientId, scopes) : [];
    return { reason: "mints", ...(doubtful.length > 0 && { scopes: doubtful }) };
  }

  #judgeGrant(scopes: readonly string[], clientId: string): Verdict {
    const grant = this.#situation.grant(clientId);
    if (!grant) return { reason: "no-grant" };
    if (grant.endedAt !== undefined) return { reason: "grant-ended", since: grant.endedAt };
    const lacking = scopes.filter((scope) => !grant.scopes.includes(scope));
    if (lacking.length > 0) return { reason: "grant-lacks", scopes: lacking };
    const refusal = this.#situation.appRefusal(clientId);
    return refusal ? { reason: "owner-not-premium", ...refusal } : { reason: "grant-covers" };
  }
}

function refused({ of, since, until }: KnownRefusal, scopes: readonly string[]): Verdict {
  const reason = `refused-${of}` as const;
  return { reason, since, until, ...(of === "scopes" && { scopes: [...scopes] }) };
}
