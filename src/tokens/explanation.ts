import type { SpotifyErrorCode } from "../core/errors";
import type { Audience, TokenSourceName } from "../core/token";
import type { WebApiRefusal } from "./web-api-access";

/** Which source a token may come from; `auto` leaves the choice to the provider. */
export type SourceChoice = "auto" | TokenSourceName;

/**
 * Why a source can or cannot give a token:
 *
 * - `grant-covers`: a sign-in with this client ID covers the scopes
 * - `mints`: keymaster makes tokens for any client ID that Spotify allows the scopes
 * - `no-scopes`: login5 gives tokens without scopes, and none were asked for
 * - `not-needed`: an earlier source is taken; `not-chosen`: the request named another source
 * - `no-grant`, `grant-ended`, `grant-lacks`: no sign-in has this client ID, it has ended, it does not cover `scopes`
 * - `grant-held`: it is that of another user directory, of which this is a copy, and is not used here
 * - `owner-not-premium`: Spotify refuses the app because its owner has no Premium
 * - `not-signed-in`, `session-over`: no account is signed in, or Spotify does not let it in (`code`)
 * - `needs-scopes`, `has-scopes`: keymaster needs at least one scope, login5 allows none
 * - `refused-account`, `refused-client`, `refused-scopes`: the source refused the account, the client ID, the scopes
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
  | "grant-held"
  | "owner-not-premium"
  | "not-signed-in"
  | "session-over"
  | "needs-scopes"
  | "has-scopes"
  | "refused-account"
  | "refused-client"
  | "refused-scopes";

/** What one source can do for a request. */
export interface SourceVerdict {
  source: TokenSourceName;
  taken: boolean;
  reason: RouteReason;
  /** The scopes that the source cannot give; with `mints`, those that Spotify is reported to refuse this client ID. */
  scopes?: string[];
  /** When the refusal began, and when the source is asked again; ms since the epoch. */
  since?: number;
  until?: number;
  code?: SpotifyErrorCode;
}

/** Where a token would come from, decided without asking Spotify. */
export interface Explanation {
  /** 32 hex digits */
  clientId: string;
  scopes: string[];
  /** Undefined if no source can give the token. */
  source: TokenSourceName | undefined;
  /** Where the token would work; undefined if no source can give it. */
  audience: Audience | undefined;
  /** Why the Web API would refuse the token; undefined if it would not, or if no source can give the token. */
  webApi: WebApiRefusal | undefined;
  /** Each source, in the order in which they are considered. */
  sources: SourceVerdict[];
  /** The client ID of the user's own app whose sign-in covers the scopes, if it is not the one asked for. */
  otherApp: string | undefined;
}
