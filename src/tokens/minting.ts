import { withDeadline } from "../async/deadline";
import { SingleFlight } from "../async/single-flight";
import { SpotifyError, type SpotifyErrorCode } from "../core/errors";
import { CachedToken, MINIMUM_LEFT } from "./cached-token";
import { InvalidScopeError } from "./invalid-scope";
import type { KnownRefusals } from "./known-refusals";
import type { RefusedTokens } from "./refused-tokens";
import type { Routes } from "./routes";
import { serves, type Ask } from "./under-way";
import { UnexpectedAnswer } from "./unexpected-answer";

/** How often a token is asked for in all where it comes too late to be used. */
const MAX_TRIES = 2;
/** With these a source refuses what it is asked for, and another may serve, or say what the user can do. */
const REFUSING: ReadonlySet<SpotifyErrorCode> = new Set(["INVALID_SCOPE", "REQUEST_REFUSED"]);

export interface MintingOptions {
  routes: Routes;
  refusals: KnownRefusals;
  refused: RefusedTokens;
  /** A token is here. */
  minted(token: CachedToken): void;
  /** Why a request may have found no answer in time. */
  trouble(): SpotifyError | undefined;
}

/** Gets tokens from the sources: one request for all who ask for the same, and what it is answered with is remembered. */
export class Minting {
  readonly #options: MintingOptions;
  readonly #requests = new SingleFlight<Ask, CachedToken>({ serves });

  constructor(options: MintingOptions) {
    this.#options = options;
  }

  /**
   * A fresh token. Where keymaster refuses it because it was asked in place of an app's sign-in that does not serve, the
   * error says what is wrong with that sign-in: the user can mend that.
   *
   * @param timeout ms
   */
  async fetchFromAny(ask: Ask, timeout: number): Promise<CachedToken> {
    try {
      return await this.fetch(ask, timeout);
    } catch (error) {
      if (!isRefusing(error)) throw error;
      const source = this.#options.routes.sourceFor(ask.scopes, ask.clientId, "auto");
      if (source === ask.source) throw error;
      return this.fetch({ ...ask, source }, timeout);
    }
  }

  /** A fresh token from this source. @param timeout ms */
  async fetch(ask: Ask, timeout: number): Promise<CachedToken> {
    const { refused, routes } = this.#options;
    const scopes = refused.scopesFor(ask.source.name, ask.clientId, ask.scopes);
    const wider = { ...ask, scopes };
    routes.throwIfHopeless(wider);
    const token = await this.#shared(wider, timeout);
    // The first of those who waited for it has told already that a server refused it.
    return token.isRefused ? this.fetch(ask, timeout) : token;
  }

  /** Gives all requests up. */
  abort(reason: SpotifyError): void {
    this.#requests.close(reason);
  }

  /** A fresh token for these scopes, or for more: a request for more may be under way. */
  async #shared(ask: Ask, timeout: number): Promise<CachedToken> {
    const asked = performance.now();
    for (;;) {
      const underWay = this.#requests.underWay(ask) ?? ask;
      const left = Math.max(0, timeout - (performance.now() - asked));
      try {
        return await withDeadline(
          left,
          () => this.#late(ask, timeout),
          (signal) => this.#requests.join(ask, signal, (either) => this.#mint(ask, either)),
        );
      } catch (error) {
        // Refused for scopes that another asker wanted and this one does not: ask for one's own.
        const others = error instanceof InvalidScopeError && underWay.scopes.length > ask.scopes.length;
        if (!others) throw error;
      }
    }
  }

  async #mint({ source, scopes, clientId }: Ask, signal: AbortSignal): Promise<CachedToken> {
    const { refusals, refused, minted: onMinted } = this.#options;
    try {
      for (let tries = 1; ; tries++) {
        const askedAt = Date.now();
        const minted = await source.mint(scopes, clientId, signal);
        const since = Math.min(minted.askedAt ?? askedAt, askedAt, Date.now());
        const token = CachedToken.minted(minted, clientId, scopes, since);
        // The machine slept while the answer was on its way: the age of that token is not known.
        if (token.left() < MINIMUM_LEFT) {
          if (tries < MAX_TRIES) continue;
          const message = "Spotify's token came too late to be used.";
          throw new SpotifyError("TIMEOUT", message, { clientId, scopes });
        }
        if (refused.has(token.accessToken)) {
          const message = "Spotify gave the same token again, which a server has refused.";
          throw new UnexpectedAnswer(message, { clientId, scopes });
        }
        refusals.served(source.name, clientId, scopes);
        refused.replaced(source.name, clientId, token.granted);
        onMinted(token);
        return token;
      }
    } catch (error) {
      if (isRefusing(error)) refused.replaced(source.name, clientId, scopes);
      throw refusals.learn(source.name, error, clientId, scopes);
    }
  }

  #late({ source, scopes, clientId }: Ask, timeout: number): SpotifyError {
    const trouble = source.name === "keymaster" ? this.#options.trouble() : undefined;
    const details = { clientId, scopes: [...scopes], cause: trouble };
    if (trouble) return new SpotifyError(trouble.code, trouble.message, details);
    return new SpotifyError("TIMEOUT", `Spotify gave no token within ${timeout / 1000} s.`, details);
  }
}

function isRefusing(error: unknown): boolean {
  return error instanceof SpotifyError && REFUSING.has(error.code);
}
