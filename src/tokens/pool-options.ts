import type { CurrentClientId } from "../core/client-id";
import type { SpotifyError } from "../core/errors";
import type { TokenSource } from "../core/token";
import type { StoredToken } from "./cached-token";
import type { GrantSource } from "./grant-source";
import type { KeymasterState } from "./refusal-memory";
import type { WebApiCheck } from "./web-api-access";

/** The ways to a token. */
export interface TokenSources {
  readonly keymaster: TokenSource;
  readonly login5: TokenSource;
  readonly oauth: GrantSource;
}

/** The account that the tokens belong to, and its connection. */
export interface TokenAccount {
  /** Why keymaster and login5 cannot be asked: no account is signed in, or what ended the session. */
  whyNoToken(): SpotifyError | undefined;
  /** Connects to an access point, if that is not done or under way. */
  open(): void;
  /** What keeps the connection from being ready: why a request had no answer in time. */
  trouble(): SpotifyError | undefined;
}

/** What is remembered of tokens over a restart. Each list is checked when it is read. */
export interface RememberedTokens {
  tokens: readonly unknown[];
  keymaster: KeymasterState | undefined;
  webApi: readonly unknown[];
}

/** Remembers tokens over a restart. */
export interface TokenMemory {
  /** Resolves with what was kept for the account that is signed in. Never rejects. */
  restore(): Promise<RememberedTokens>;
  /** Keeps what has changed. */
  keep(changed: { tokens?: StoredToken[]; keymaster?: KeymasterState; webApi?: WebApiCheck[] }): void;
}

/** What the pool needs of the session it belongs to. */
export interface TokenPoolOptions {
  /** The session's client ID. */
  current: CurrentClientId;
  sources: TokenSources;
  account: TokenAccount;
  memory: TokenMemory;
  /** Asks the Web API once whether it takes a token. @returns undefined if the answer says neither */
  askWebApi(accessToken: string, signal: AbortSignal): Promise<boolean | undefined>;
  /** ms a request waits for its answer, unless it says otherwise. */
  timeout: number;
}
