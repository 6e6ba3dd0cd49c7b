import { SpotifyError } from "../core/errors";
import type { Grant } from "../account/grant";
import { Deadline } from "../async/deadline";
import { isSpotifysOwn } from "../core/knowledge";

/** How often it is looked whether an app may still be used, ms: its owner's Premium may end any day. */
const CHECK_EVERY = 24 * 60 * 60_000;
/** How long an app that may not be used is not asked again, ms. Spotify: "it can take a few hours". */
export const APP_REFUSED_FOR = 60 * 60_000;
/** A token must not wait longer for what is nearly always right, ms. */
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
 * Whether the user's own apps may still be used. The token endpoint gives tokens to an app whose owner has lost Premium,
 * and the Web API refuses each of them: better no token than one that does not work.
 *
 * Source: the Web API's 403, "Active premium subscription required for the owner of the app".
 */
export class AppCheck {
  readonly #use: AppUse;
  readonly #owner: AppOwner;
  readonly #refused = new Map<string, { error: SpotifyError; since: number }>();

  constructor(use: AppUse, owner: AppOwner) {
    this.#use = use;
    this.#owner = owner;
  }

  /** Since when, and until when, an app is not asked; undefined where it may be. ms since the epoch */
  refusal(clientId: string): { since: number; until: number } | undefined {
    const refused = this.#refused.get(clientId);
    if (!refused) return undefined;
    const { since } = refused;
    const age = Date.now() - since;
    if (age >= 0 && age < APP_REFUSED_FOR) return { since, until: since + APP_REFUSED_FOR };
    this.#refused.delete(clientId);
    return undefined;
  }

  /** @throws SpotifyError PREMIUM_REQUIRED where the app was refused a short while ago */
  throwIfRefused(clientId: string): void {
    const refusal = this.refusal(clientId);
    if (!refusal) return;
    const { code, message } = this.#refused.get(clientId)!.error;
    const retryAfter = Math.max(1, Math.ceil((refusal.until - Date.now()) / 1000));
    throw new SpotifyError(code, message, { clientId, retryAfter });
  }

  /**
   * Looks with a fresh token, once a day; always while it is not known whose account the token is of, because accounts
   * must not mix.
   * @throws SpotifyError PREMIUM_REQUIRED; while the account is not known, also what asking for it fails with
   */
  async look(
    { clientId, checkedAt = 0, username }: Pick<Grant, "clientId" | "checkedAt" | "username">,
    accessToken: string,
    signal: AbortSignal,
  ): Promise<void> {
    const age = Date.now() - checkedAt;
    const isNamed = username !== undefined;
    if (isNamed && (isSpotifysOwn(clientId) || (age >= 0 && age < CHECK_EVERY))) return;
    const late = new Deadline(TIMEOUT, () => new SpotifyError("TIMEOUT", "The Web API does not answer."));
    try {
      const name = await this.#use.usernameOf(clientId, accessToken, AbortSignal.any([signal, late.signal]));
      await this.#owner.checked(clientId, Date.now(), name);
    } catch (error) {
      // Whatever else goes wrong says nothing about the app.
      if (!(error instanceof SpotifyError) || error.code !== "PREMIUM_REQUIRED") {
        if (isNamed) return;
        throw error;
      }
      this.#refused.set(clientId, { error, since: Date.now() });
      this.throwIfRefused(clientId);
    } finally {
      late.clear();
    }
  }

  /** A new sign-in: all may be otherwise. */
  forget(clientId: string): void {
    this.#refused.delete(clientId);
  }
}
