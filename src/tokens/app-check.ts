import { SpotifyError } from "../errors";
import type { Grant } from "../sign-in/grant";
import { Deadline } from "../time/deadline";
import { isSpotifysOwn } from "./knowledge";

/** How often it is looked whether an app may still be used, ms: its owner's Premium may end any day. */
const CHECK_EVERY = 24 * 60 * 60_000;
/** How long an app that may not be used is not asked again, ms. Spotify: "it can take a few hours". */
export const APP_REFUSED_FOR = 60 * 60_000;
/** A token must not wait longer for what is nearly always right, ms. */
const TIMEOUT = 5_000;

export interface AppCheckOptions {
  /** Uses an access token of the app. @throws SpotifyError PREMIUM_REQUIRED where its owner has no Premium */
  use(accessToken: string, clientId: string, signal: AbortSignal): Promise<unknown>;
  /** The app may be used, as of now. */
  checked(clientId: string, at: number): void;
}

/**
 * Whether the user's own apps may still be used. The token endpoint gives tokens to an app whose owner has lost Premium,
 * and the Web API refuses each of them: better no token than one that does not work.
 *
 * Source: the Web API's 403, "Active premium subscription required for the owner of the app".
 */
export class AppCheck {
  readonly #options: AppCheckOptions;
  readonly #refused = new Map<string, { error: SpotifyError; since: number }>();

  constructor(options: AppCheckOptions) {
    this.#options = options;
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

  /** Looks with a fresh token, once a day. @throws SpotifyError PREMIUM_REQUIRED */
  async look(
    { clientId, checkedAt = 0 }: Pick<Grant, "clientId" | "checkedAt">,
    accessToken: string,
    signal: AbortSignal,
  ): Promise<void> {
    const age = Date.now() - checkedAt;
    if (isSpotifysOwn(clientId) || (age >= 0 && age < CHECK_EVERY)) return;
    const late = new Deadline(TIMEOUT, () => new SpotifyError("TIMEOUT", "The Web API does not answer."));
    try {
      await this.#options.use(accessToken, clientId, AbortSignal.any([signal, late.signal]));
      this.#options.checked(clientId, Date.now());
    } catch (error) {
      // Whatever else goes wrong says nothing about the app.
      if (!(error instanceof SpotifyError) || error.code !== "PREMIUM_REQUIRED") return;
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
