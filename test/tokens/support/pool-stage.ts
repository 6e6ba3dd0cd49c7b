import { CLIENT_IDS, type SpotifyError, type Token, type TokenSourceName } from "../../../src";
import type { CurrentClientId } from "../../../src/core/client-id";
import type { MintedToken } from "../../../src/core/token";
import type { Refusal, SourceRequest } from "../../../src/tokens/decide";
import type { AppGrant } from "../../../src/tokens/grant-source";
import { TokenPool } from "../../../src/tokens/pool";
import type { ListChange, RememberedTokens, TokenPoolOptions } from "../../../src/tokens/pool-options";

const HOUR = 3600;

/** What a source was asked for. */
type Asked = Pick<SourceRequest, "source" | "clientId" | "scopes">;

/** The answer of a source that never comes. */
export const never = (_request: unknown, signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));

/** A pool of tokens around which all is a plain object: its sources, its account, and what is kept of it. */
export class PoolStage {
  readonly pool: TokenPool;
  readonly asked: Asked[] = [];
  readonly grants = new Map<string, AppGrant>();
  readonly heldBack = new Set<string>();
  readonly refusedApps = new Map<string, Refusal>();
  /** The names that `inTurn` was called with. */
  readonly turns: string[] = [];
  readonly told: unknown[] = [];
  readonly current: CurrentClientId = { clientId: CLIENT_IDS.keymaster, reason: "configured", since: 0 };
  /** The stored lists, which another session may change. */
  kept: RememberedTokens = { tokens: [], keymaster: undefined, refusals: [], webApi: [] };
  isShared = false;
  whyNoToken: SpotifyError | undefined;
  trouble: SpotifyError | undefined;
  /** How often a connection was wanted. */
  opened = 0;
  webApi: boolean | undefined;
  readonly askedWebApi: string[] = [];
  /** Runs while this session has its turn, before it asks. */
  inTurn = (): void => undefined;
  restoring: Promise<void> = Promise.resolve();
  answer = (request: Asked, _signal: AbortSignal): Promise<MintedToken> =>
    Promise.resolve(this.token(request));
  #number = 0;

  /** @param name what its access tokens begin with */
  constructor(private readonly name = "token") {
    const options: TokenPoolOptions = {
      current: this.current,
      timeout: 30_000,
      account: {
        whyNoToken: () => this.whyNoToken,
        open: () => void this.opened++,
        trouble: () => this.trouble,
      },
      sources: {
        keymaster: this.#source("keymaster"),
        login5: this.#source("login5"),
        oauth: {
          ...this.#source("oauth"),
          grant: (clientId) => this.grants.get(clientId),
          isHeldBack: (clientId) => this.heldBack.has(clientId),
          refusal: (clientId) => this.refusedApps.get(clientId),
          appFor: (scopes, refused) =>
            [...this.grants].find(
              ([clientId, grant]) =>
                scopes.every((scope) => grant.scopes.includes(scope)) &&
                (refused === true || !this.refusedApps.has(clientId)),
            )?.[0],
          ownApp: () => [...this.grants.keys()].at(-1),
        },
      },
      memory: this.#memory(),
      askWebApi: (accessToken) => {
        this.askedWebApi.push(accessToken);
        return Promise.resolve(this.webApi);
      },
    };
    this.pool = new TokenPool(options);
    this.pool.events.on("token", (notice) => this.told.push(notice));
    this.pool.events.on("webApi", (notice) => this.told.push(notice));
  }

  /** The next token that a source gives. @param lifetime seconds */
  token({ source, scopes }: Asked, lifetime = HOUR): MintedToken {
    const accessToken = `${this.name} ${++this.#number}`;
    return { accessToken, lifetime, scopes: source === "login5" ? null : [...scopes], source };
  }

  /** A token for these scopes, which are separated by spaces. */
  get(scopes: string, clientId: string = CLIENT_IDS.keymaster, options?: TokenOptions): Promise<Token> {
    return this.pool.get(scopes.split(" ").filter(Boolean), clientId, options);
  }

  /** The source and the scopes of each request so far. */
  get requests(): string[] {
    return this.asked.map(({ source, scopes }) => [source, ...scopes].join(" "));
  }

  /** The access tokens that are kept, in their order. */
  get keptTokens(): unknown[] {
    return this.kept.tokens.map((token) => (token as Token | null)?.accessToken);
  }

  #source(name: TokenSourceName): Pick<TokenPoolOptions["sources"]["keymaster"], "name" | "mint"> {
    return {
      name,
      mint: (scopes, clientId, signal) => {
        const request = { source: name, scopes, clientId };
        this.asked.push(request);
        return this.answer(request, signal);
      },
    };
  }

  #memory(): TokenPoolOptions["memory"] {
    const isShared = (): boolean => this.isShared;
    const change =
      (list: "tokens" | "refusals" | "webApi") =>
      (next: ListChange): void => {
        this.kept = { ...this.kept, [list]: next(this.kept[list]) };
      };
    const keepTokens = change("tokens");
    return {
      get isShared() {
        return isShared();
      },
      restore: async () => {
        await this.restoring;
        return this.kept;
      },
      now: () => this.kept,
      keepTokens: (next) => Promise.resolve(keepTokens(next)),
      keepRefusals: change("refusals"),
      keepWebApi: change("webApi"),
      keepKeymaster: (keymaster) => (this.kept = { ...this.kept, keymaster }),
      inTurn: (name, _signal, mint) => {
        this.turns.push(name);
        this.inTurn();
        return mint();
      },
    };
  }
}

type TokenOptions = Parameters<TokenPool["get"]>[2];
