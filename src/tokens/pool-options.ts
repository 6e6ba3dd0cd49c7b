import type { CurrentClientId } from "../core/client-id";
import type { SpotifyError } from "../core/errors";
import type { TokenSource } from "../core/token";
import type { GrantSource } from "./grant-source";
import type { KeymasterState } from "./refusal-memory";

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
  /** Of sources that refused something: only if other sessions share the account. */
  refusals: readonly unknown[];
  webApi: readonly unknown[];
}

/** Makes the next list of what is stored. It may be called again, if another session has stored something meanwhile. */
export type ListChange = (stored: readonly unknown[]) => readonly unknown[];

/** Remembers tokens over a restart, and shares them with the other sessions of the account. */
export interface TokenMemory {
  /** Resolves with what was kept for the account that is signed in. Never rejects. */
  restore(): Promise<RememberedTokens>;
  /** What is kept now, by this session and by others. */
  now(): RememberedTokens;
  /** Whether other processes keep what they have learned there, too. */
  readonly isShared: boolean;
  /** Keeps what has changed. Resolves when other processes can read it, as far as that is possible. Never rejects. */
  keepTokens(change: ListChange): Promise<void>;
  keepRefusals(change: ListChange): void;
  keepWebApi(change: ListChange): void;
  keepKeymaster(state: KeymasterState | undefined): void;
  /**
   * Runs `mint` while no other session does so under the same name, with what is kept now. If the other sessions cannot be
   * asked, it runs nevertheless: more than one request does no harm.
   */
  inTurn<T>(name: string, signal: AbortSignal, mint: () => Promise<T>): Promise<T>;
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
