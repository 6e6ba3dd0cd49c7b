import { SpotifyError } from "../core/errors";
import { CLIENT_IDS } from "../core/knowledge";

/** What is known of whether keymaster serves an account, as it is kept over a restart. */
export interface KeymasterState {
  serves: boolean;
  /** Since when, ms since the epoch. */
  since: number;
}

/** After this a refused account asks again, ms: Spotify switched keymaster off account by account, and on again for some. */
export const REFUSED_ACCOUNT_FOR = 24 * 60 * 60_000;

/**
 * Whether keymaster still serves this account, learned from what real requests were answered, once in a session. One
 * refusal for the desktop client ID, on a fresh session too, is the account's: other client IDs do not help it.
 *
 * Source: librespot#1532.
 */
export class KeymasterProbe {
  readonly #keep: (state: KeymasterState | undefined) => void;
  #state: KeymasterState | undefined;
  /** Whether keymaster has given a token in this session: a refusal after that is not the account's. */
  #served = false;

  /** @param keep is given what to remember, whenever it changes */
  constructor(keep: (state: KeymasterState | undefined) => void) {
    this.#keep = keep;
  }

  /** Takes what was remembered. What comes from a clock that ran ahead is not believed. */
  restore(state: KeymasterState | undefined): void {
    if (state && state.since <= Date.now()) this.#state ??= state;
  }

  /** Keymaster gave a token. */
  served(): void {
    this.#served = true;
    if (this.#state?.serves !== true) this.#learn(true);
  }

  /** Keymaster refused a request (403, code 4) for this client ID. */
  refused(clientId: string): void {
    if (!this.#served && clientId === CLIENT_IDS.keymaster) this.#learn(false);
  }

  /** Since when this account is refused, and until when it is not asked again; undefined where it may ask. */
  refusal(): { since: number; until: number } | undefined {
    if (this.#state?.serves !== false) return undefined;
    const { since } = this.#state;
    const until = since + REFUSED_ACCOUNT_FOR;
    const now = Date.now();
    // A clock that was set back must not lock anybody out for years.
    return now >= since - REFUSED_ACCOUNT_FOR && now < until ? { since, until } : undefined;
  }

  /** Who is signed in has changed: all may be otherwise. */
  forget(): void {
    this.#served = false;
    if (!this.#state) return;
    this.#state = undefined;
    this.#keep(undefined);
  }

  #learn(serves: boolean): void {
    this.#state = { serves, since: Date.now() };
    this.#keep(this.#state);
  }
}

/** What keymaster refuses an account, in words. @param until ms since the epoch, where it is not asked before that */
export function refusedAccount(
  clientId: string,
  scopes: readonly string[],
  since: number,
  until: number,
): SpotifyError {
  return new SpotifyError(
    "REQUEST_REFUSED",
    `Spotify refuses this account tokens from keymaster (since ${new Date(since).toISOString()}), as it has for more and ` +
      "more accounts since August 2025. Other scopes or another public client ID will not help: sign in with your own " +
      "Spotify app in the account's dialog.",
    { clientId, scopes: [...scopes], retryAfter: Math.max(1, Math.ceil((until - Date.now()) / 1000)) },
  );
}
