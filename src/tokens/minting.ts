import { AtMost } from "../async/at-most";
import { withDeadline } from "../async/deadline";
import { SingleFlight } from "../async/single-flight";
import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import { scopesKey } from "../core/scopes";
import type { TokenSourceName } from "../core/token";
import { CachedToken, MINIMUM_LEFT, newestToken } from "./cached-token";
import type { SourceRequest, TokenRequest } from "./decide";
import type { Decisions } from "./decisions";
import type { TokenAccount, TokenSources } from "./pool-options";
import type { RefusalMemory } from "./refusal-memory";
import type { RefusedTokens } from "./refused-tokens";
import { InvalidScopeError, UnexpectedAnswer } from "./token-errors";

/** How often a token is requested in all if it arrives too late to be used. */
const MAX_TRIES = 2;
/** How many requests each source is sent at once: keymaster's line takes 4,096, and one server is not to be flooded. */
const MOST_AT_ONCE = 64;
/** A source refuses what it was asked for: another may give it, or have an error that says what the user can do. */
const REFUSING: ReadonlySet<SpotifyErrorCode> = new Set(["INVALID_SCOPE", "REQUEST_REFUSED"]);

export interface MintingOptions {
  account: TokenAccount;
  sources: TokenSources;
  decisions: Decisions;
  refusals: RefusalMemory;
  refused: RefusedTokens;
  /** As `TokenMemory.inTurn`. */
  inTurn<T>(name: string, signal: AbortSignal, mint: () => Promise<T>): Promise<T>;
  /** Takes what other sessions have minted, and what they were refused. */
  adopt(): void;
  /** A token that this session has, that serves, and whose number is higher than `after`. */
  find(request: SourceRequest, after: number): CachedToken | undefined;
  /** A token was minted. Resolves when storing it was tried. */
  minted(token: CachedToken): Promise<void>;
}

/** Gets tokens from the sources: one request for all who ask for the same, and its refusal is remembered. */
export class Minting {
  readonly #options: MintingOptions;
  readonly #requests = new SingleFlight<SourceRequest, CachedToken>({ name: nameOf, serves });
  readonly #lines = {
    keymaster: new AtMost(MOST_AT_ONCE),
    login5: new AtMost(MOST_AT_ONCE),
    oauth: new AtMost(MOST_AT_ONCE),
  };

  constructor(options: MintingOptions) {
    this.#options = options;
  }

  /**
   * A fresh token. If keymaster refuses it, and was asked only because the sign-in with an app does not serve, the error
   * says what is wrong with that sign-in: the user can mend that.
   *
   * @param timeout ms
   * @param since when its time began, ms of the monotonic clock
   */
  async fetch(request: TokenRequest, timeout: number, since = performance.now()): Promise<CachedToken> {
    const { decisions } = this.#options;
    const { source } = decisions.decide(request);
    try {
      return await this.#fetchFrom(source, request, timeout, since);
    } catch (error) {
      if (!isRefusing(error)) throw error;
      const other = decisions.decide(request).source;
      if (other === source) throw error;
      return this.#fetchFrom(other, request, timeout, since);
    }
  }

  /** Ends all requests. */
  abort(reason: SpotifyError): void {
    this.#requests.close(reason);
  }

  async #fetchFrom(
    source: TokenSourceName,
    asked: TokenRequest,
    timeout: number,
    since: number,
  ): Promise<CachedToken> {
    const { account, decisions, refused } = this.#options;
    const { clientId } = asked;
    const request = { source, clientId, scopes: refused.scopesFor(source, clientId, asked.scopes) };
    const { error } = decisions.decide(request);
    if (error) throw error;
    if (source === "keymaster") account.open();
    const token = await this.#shared(request, timeout, since);
    // Another of those who waited for this token has already said that a server refused it.
    return token.isRefused ? this.#fetchFrom(source, asked, timeout, since) : token;
  }

  /** A fresh token for these scopes, or for more if a request for more is under way. */
  async #shared(request: SourceRequest, timeout: number, since: number): Promise<CachedToken> {
    for (;;) {
      const underWay = this.#requests.underWay(request) ?? request;
      const left = Math.max(0, timeout - (performance.now() - since));
      try {
        return await withDeadline(
          left,
          () => this.#late(request, timeout),
          (signal) => this.#requests.join(request, signal, (either) => this.#forAll(request, either)),
        );
      } catch (error) {
        // If it was refused for scopes that only another request has, this one is sent by itself.
        const isOthers = error instanceof InvalidScopeError && underWay.scopes.length > request.scopes.length;
        if (!isOthers) throw error;
      }
    }
  }

  /** One request for all sessions that share the account: what was minted since, here or there, is taken. */
  #forAll(request: SourceRequest, signal: AbortSignal): Promise<CachedToken> {
    const { inTurn, adopt, find, decisions } = this.#options;
    const before = newestToken();
    const mint = async (): Promise<CachedToken> => {
      const newer = find(request, before);
      if (newer) return newer;
      const { error } = decisions.decide(request);
      if (error) throw error;
      return this.#mint(request, signal);
    };
    return this.#lines[request.source].run(signal, () => {
      // OAuth takes turns itself, because a refresh goes on when its waiters have left.
      if (request.source === "oauth") return mint();
      return inTurn(nameOf(request), signal, () => {
        adopt();
        return mint();
      });
    });
  }

  async #mint(request: SourceRequest, signal: AbortSignal): Promise<CachedToken> {
    const { sources, refusals, refused, minted: onMinted } = this.#options;
    const { source, scopes, clientId } = request;
    const details = { clientId, scopes: [...scopes] };
    try {
      for (let tries = 1; ; tries++) {
        const askedAt = Date.now();
        const minted = await sources[source].mint(scopes, clientId, signal);
        const since = Math.min(minted.askedAt ?? askedAt, Date.now());
        const token = CachedToken.minted(minted, clientId, scopes, since);
        // If the machine slept while it waited for the answer, the token may have expired.
        if (token.left() < MINIMUM_LEFT) {
          if (tries < MAX_TRIES) continue;
          throw new SpotifyError("TIMEOUT", "Spotify's token came too late to be used.", details);
        }
        if (refused.has(token.accessToken)) {
          const message = "Spotify gave the same token again, which a server has refused.";
          throw new UnexpectedAnswer(message, details);
        }
        refusals.served(request);
        refused.replaced(source, clientId, token.granted);
        await onMinted(token);
        return token;
      }
    } catch (error) {
      if (isRefusing(error)) refused.replaced(source, clientId, scopes);
      throw refusals.learn(error, request);
    }
  }

  #late({ source, scopes, clientId }: SourceRequest, timeout: number): SpotifyError {
    const trouble = source === "keymaster" ? this.#options.account.trouble() : undefined;
    const details = { clientId, scopes: [...scopes], cause: trouble };
    if (trouble) return new SpotifyError(trouble.code, trouble.message, details);
    return new SpotifyError("TIMEOUT", `Spotify gave no token within ${timeout / 1000} s.`, details);
  }
}

function isRefusing(error: unknown): boolean {
  return error instanceof SpotifyError && REFUSING.has(error.code);
}

function nameOf({ source, clientId, scopes }: SourceRequest): string {
  return `${source} ${clientId} ${scopesKey(scopes)}`;
}

/** Whether the answer to a request under way also serves another: same source and client ID, and no scope is missing. */
function serves(underWay: SourceRequest, wanted: SourceRequest): boolean {
  if (underWay.source !== wanted.source || underWay.clientId !== wanted.clientId) return false;
  return wanted.scopes.every((scope) => underWay.scopes.includes(scope));
}
