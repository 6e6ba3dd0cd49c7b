import type { CurrentClientId } from "../core/client-id";
import type { SpotifyError } from "../core/errors";
import { isSpotifysOwn, reportedlyRefused } from "../core/knowledge";
import type { TokenSourceName } from "../core/token";
import { OAuthRefusal } from "../oauth/token-endpoint";
import type { RouteReason, SourceChoice, SourceVerdict } from "./explanation";
import type { AppGrant } from "./grant-source";
import {
  heldBack,
  login5HasNoScopes,
  needsScopes,
  noGrant,
  permissionMissing,
  refusedAccount,
  repeated,
} from "./token-errors";

/** What a token is asked for. */
export interface TokenRequest {
  scopes: readonly string[];
  /** 32 hex digits */
  clientId: string;
  source: SourceChoice;
}

/** A request to one source. */
export type SourceRequest = TokenRequest & { source: TokenSourceName };

/** What Spotify answered a while ago, and would answer again before `until`. Times in ms since the epoch. */
export interface Refusal {
  since: number;
  until: number;
  error: SpotifyError;
}

/** A refusal of the client ID or of the scopes; that of a whole account is remembered without its error. */
export type SourceRefusal =
  ({ of: "client" | "scopes" } & Refusal) | ({ of: "account" } & Omit<Refusal, "error">);

/** All that a decision depends on, for the client ID and the scopes of one request. */
export interface Situation {
  /** ms since the epoch */
  now: number;
  /** The session's client ID. */
  current: CurrentClientId;
  /** The sign-in with this client ID, even if it has ended. */
  grant: AppGrant | undefined;
  /** Whether that sign-in is not used here, so that the original of this copy keeps it. */
  isHeldBack: boolean;
  /** Why the app of this client ID may not be used. */
  appRefusal: Refusal | undefined;
  /** Why keymaster and login5 cannot be asked: no account is signed in, or what ended the session. */
  whyNoToken: SpotifyError | undefined;
  refusals: Partial<Record<TokenSourceName, SourceRefusal | undefined>>;
  /** Unexpected answers: the source can give the token, and is asked again after a pause. */
  pauses: Partial<Record<TokenSourceName, Refusal | undefined>>;
}

export interface Decision {
  /** The source to ask. If no source can give the token, the one whose error tells the user most. */
  source: TokenSourceName;
  /** Why `source` is not to be asked now. */
  error: SpotifyError | undefined;
  /** Each source, in the order in which they are considered; none is taken if no source can give the token. */
  verdicts: SourceVerdict[];
}

/** What one source can do, and the error if it cannot give the token. */
type Judgment = Omit<SourceVerdict, "source" | "taken"> & { error?: SpotifyError };

const ORDER: readonly TokenSourceName[] = ["oauth", "keymaster", "login5"];
const GIVES: ReadonlySet<RouteReason> = new Set(["grant-covers", "mints", "no-scopes"]);

/** Decides which source is asked for a token, and why the others are not. Asks nothing and remembers nothing. */
export function decide(situation: Situation, request: TokenRequest): Decision {
  const judgments = ORDER.map((source) => ({ source, ...judge(source, situation, request) }));
  const giver = judgments.find(({ reason }) => GIVES.has(reason))?.source;
  const source = giver ?? whichTellsMost(situation, request);
  const pause = situation.pauses[source];
  const why = judgments.find((judgment) => judgment.source === source)?.error;
  return {
    source,
    error: why ?? (pause && repeated(pause, request, situation.now)),
    verdicts: judgments.map(({ error: _error, ...verdict }) =>
      GIVES.has(verdict.reason) && verdict.source !== giver
        ? { source: verdict.source, taken: false, reason: "not-needed" }
        : { ...verdict, taken: verdict.source === giver },
    ),
  };
}

function judge(source: TokenSourceName, situation: Situation, request: TokenRequest): Judgment {
  const { scopes, clientId, source: choice } = request;
  if (choice !== "auto" && choice !== source) return { reason: "not-chosen" };
  if (source === "oauth") return judgeGrant(situation, request);
  if (source === "keymaster" && scopes.length === 0) return { reason: "needs-scopes", error: needsScopes() };
  if (source === "login5" && scopes.length > 0) {
    return { reason: "has-scopes", error: login5HasNoScopes(clientId, scopes) };
  }
  const { whyNoToken: error } = situation;
  if (error?.code === "NOT_SIGNED_IN") return { reason: "not-signed-in", error };
  if (error) return { reason: "session-over", code: error.code, error };
  const refusal = situation.refusals[source];
  if (refusal) return judgeRefusal(refusal, situation, request);
  if (source === "login5") return { reason: "no-scopes" };
  // Reports do not stop a request: Spotify may have changed its mind.
  const reported = choice === "auto" ? reportedlyRefused(clientId, scopes) : [];
  return { reason: "mints", ...(reported.length > 0 && { scopes: reported }) };
}

function judgeGrant({ grant, isHeldBack, appRefusal, now }: Situation, request: TokenRequest): Judgment {
  const { scopes, clientId } = request;
  if (!grant) return { reason: "no-grant", error: noGrant(clientId, scopes) };
  if (grant.endedAt !== undefined) {
    return {
      reason: "grant-ended",
      since: grant.endedAt,
      error: new OAuthRefusal("invalid_grant", clientId),
    };
  }
  if (isHeldBack) return { reason: "grant-held", error: heldBack(clientId, scopes) };
  const missing = scopes.filter((scope) => !grant.scopes.includes(scope));
  if (missing.length > 0) {
    return { reason: "grant-lacks", scopes: missing, error: permissionMissing(clientId, scopes, missing) };
  }
  if (!appRefusal) return { reason: "grant-covers" };
  const { since, until } = appRefusal;
  return { reason: "owner-not-premium", since, until, error: repeated(appRefusal, { clientId }, now) };
}

function judgeRefusal(refusal: SourceRefusal, situation: Situation, request: TokenRequest): Judgment {
  const { of, since, until } = refusal;
  const { now, current } = situation;
  const error =
    of === "account" ? refusedAccount(request, refusal, now) : repeated(refusal, request, now, current);
  return {
    reason: `refused-${of}`,
    since,
    until,
    ...(of === "scopes" && { scopes: [...request.scopes] }),
    error,
  };
}

function whichTellsMost(
  { grant, isHeldBack, whyNoToken }: Situation,
  request: TokenRequest,
): TokenSourceName {
  if (request.source !== "auto") return request.source;
  if (isHeldBack) return "oauth";
  // The user can mend a sign-in with an own app. Pairing asks for all scopes there are: pairing again helps only if no
  // account is signed in.
  if (grant && (!isSpotifysOwn(request.clientId) || whyNoToken?.code === "NOT_SIGNED_IN")) return "oauth";
  return request.scopes.length > 0 ? "keymaster" : "login5";
}
