import { SpotifyError } from "../core/errors";
import type { StoredToken } from "./cached-token";
import type { KeymasterState } from "./keymaster-probe";
import type { RoutesOptions } from "./routes";
import type { SourceChoice } from "./routing";
import type { TokenSourceName } from "../core/token";
import type { WebApiAccessOptions, WebApiAnswer, WebApiCheck } from "./web-api-access";

const SOURCES: ReadonlySet<string> = new Set(["auto", "keymaster", "login5", "oauth"]);

export interface TokenRequestOptions {
  /** `auto` unless told. */
  source?: SourceChoice;
  /** ms until there must be an answer; the provider's own unless told. */
  timeout?: number;
}

/** Says that a token was minted, without the token: ask for it. */
export interface TokenNotice {
  clientId: string;
  scopes: string[] | null;
  source: TokenSourceName;
  /** ms since the epoch */
  expiresAt: number;
}

export interface TokenEvents {
  token: [TokenNotice];
  webApi: [WebApiAnswer & { clientId: string }];
}

/** What is remembered of tokens over a restart. */
export interface RememberedTokens {
  tokens: readonly unknown[];
  keymaster: KeymasterState | undefined;
  webApi: readonly unknown[];
}

/** What the provider needs of the session it belongs to. */
export interface TokenProviderOptions extends RoutesOptions {
  /** ms a request waits for its answer. */
  timeout: number;
  /** Resolves with what was remembered. Never rejects. */
  restore(): Promise<RememberedTokens>;
  /** Keeps tokens over a restart. */
  keep(tokens: StoredToken[]): void;
  /** Keeps whether keymaster serves the account. */
  keepKeymaster(keymaster: KeymasterState | undefined): void;
  /** Keeps what the Web API said to Spotify's own client IDs. */
  keepWebApi(checks: WebApiCheck[]): void;
  /** Asks the Web API once whether it takes a token; undefined: it did not say. */
  askWebApi: WebApiAccessOptions["ask"];
  /** Why a request may have found no answer in time. */
  trouble(): SpotifyError | undefined;
}

/** @throws SpotifyError INVALID_ARGUMENT if it is not a source */
export function checkSource(source: unknown): void {
  if (typeof source === "string" && SOURCES.has(source)) return;
  throw new SpotifyError(
    "INVALID_ARGUMENT",
    "A token comes from the source auto, keymaster, login5 or oauth.",
  );
}
