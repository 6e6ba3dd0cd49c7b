import { SpotifyError } from "../core/errors";
import type { Grant } from "../account/grant";
import { withDeadline } from "../async/deadline";
import { isSpotifysOwn } from "../core/knowledge";
import type { Refusal } from "./decide";
import { repeated } from "./token-errors";

/** How often an app is checked, ms: its owner's Premium may end any day. */
const CHECK_EVERY = 24 * 60 * 60_000;
/** How long an app that Spotify refused is not tried again, ms. Spotify: "it can take a few hours". */
const APP_REFUSED_FOR = 60 * 60_000;
/** How long a token waits for the check, which nearly always succeeds, ms. */
const TIMEOUT = 5_000;

/** The Web API, used with a token of the app. */
interface AppUse {
  /**
   * @returns whose account it is
   * @throws SpotifyError PREMIUM_REQUIRED if the app's owner has no Premium
   */
  usernameOf(clientId: string, accessToken: string, signal: AbortSignal): Promise<string>;
}

/** Is told that an app may be used. */
interface AppOwner {
  /** @throws SpotifyError INVALID_ARGUMENT if it turns out to be another account's */
  checked(clientId: string, at: number, username: string): Promise<void>;
}

/**
 * Whether the user's own apps may still be used. If an app's owner has lost Premium, the token endpoint still gives it
 * tokens, and the Web API refuses each of them. Such a token is not handed out.
 *
 * Source: the Web API's 403, "Active premium subscription required for the owner of the app".
 */
export class AppCheck {
  /** By client ID. */
  readonly #refused = new Map<string, Refusal>();

  constructor(
    private readonly use: AppUse,
    private readonly owner: AppOwner,
  ) {}

  /** Why the app of this client ID is not used now. */
  refusal(clientId: string): Refusal | undefined {
    const refusal = this.#refused.get(clientId);
    const age = refusal ? Date.now() - refusal.since : 0;
    if (age >= 0 && age < APP_REFUSED_FOR) return refusal;
    this.#refused.delete(clientId);
    return undefined;
  }

  /**
   * Tries a fresh token on the Web API, once a day; always while the account of the token is not known, because accounts
   * must not mix.
   * @throws SpotifyError PREMIUM_REQUIRED; while the account is not known, also the error of the request
   */
  async check(grant: Grant, accessToken: string, signal: AbortSignal): Promise<void> {
    const { clientId, checkedAt = 0, username } = grant;
    const age = Date.now() - checkedAt;
    const isNamed = username !== undefined;
    if (isNamed && (isSpotifysOwn(clientId) || (age >= 0 && age < CHECK_EVERY))) return;
    const late = (): SpotifyError => new SpotifyError("TIMEOUT", "The Web API does not answer.");
    try {
      const ask = (either: AbortSignal) => this.use.usernameOf(clientId, accessToken, either);
      const name = await withDeadline(TIMEOUT, late, ask, signal);
      await this.owner.checked(clientId, Date.now(), name);
    } catch (error) {
      // Any other error says nothing about the app.
      if (!(error instanceof SpotifyError) || error.code !== "PREMIUM_REQUIRED") {
        if (isNamed) return;
        throw error;
      }
      const now = Date.now();
      const refusal = { error, since: now, until: now + APP_REFUSED_FOR };
      this.#refused.set(clientId, refusal);
      throw repeated(refusal, { clientId }, now);
    }
  }

  /** After a new sign-in, the app may be allowed. */
  forget(clientId: string): void {
    this.#refused.delete(clientId);
  }
}
