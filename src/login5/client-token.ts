import { SpotifyError } from "../core/errors";
import type { HttpClient } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import { ClientTokenResponseSchema, type ClientTokenResponse } from "../proto/gen/clienttoken_pb";
import type { Slice } from "../store/slice";
import { Backoff } from "../async/backoff";
import { retry } from "../async/retry";
import { displayClientId } from "../core/client-id";
import { CLIENT_IDS } from "../core/knowledge";
import { challengeAnswersRequest, clientDataRequest, readGrantedToken } from "./client-token-messages";
import { Exchange, isPassing } from "./exchange";
import { HeldClientToken, type ClientTokenState } from "./held-client-token";
import { SingleFlight } from "../async/single-flight";

const PATH = "/v1/clienttoken";
/** Requests in all if something goes wrong. Source: librespot core/src/spclient.rs, MAX_TRIES. */
const MAX_TRIES = 3;
/** How often challenges are answered in all. */
const MAX_ROUNDS = 3;
/** After a failed refresh of a token that is still valid, ms until the next one. */
const REFRESH_AGAIN_AFTER = 60_000;

/** What a client token is made for, and where it is kept. */
export interface ClientTokenOptions {
  http: HttpClient;
  guard: RateLimitGuard;
  /** Base URL of the service that gives client tokens. */
  endpoint: string;
  deviceId(): string;
  /** 32 hex digits. Default: KEYMASTER, which works on every platform. Source: librespot core/src/spclient.rs. */
  clientId?: string;
  /** Keeps the token over a restart. */
  kept: Pick<Slice<ClientTokenState | undefined>, "value" | "set">;
  /** Resolves when the kept token is known. Never rejects. */
  loaded(): Promise<unknown>;
}

/**
 * The client token of a device, which Spotify's own services want beside the user's token. It belongs to no user and lives
 * for weeks. It is requested once at a time, and refreshed when Spotify says. If a refresh fails, the old token is used
 * until it expires.
 *
 * Source: librespot core/src/spclient.rs, client_token.
 */
export class ClientToken {
  readonly #options: ClientTokenOptions;
  readonly #clientId: string;
  readonly #exchange: Exchange;
  readonly #asking = new SingleFlight<"token", string>();
  #held: HeldClientToken | undefined;
  #restored = false;
  /** `performance.now()` of the last refresh that failed. */
  #failedAt = -Infinity;

  constructor(options: ClientTokenOptions) {
    this.#options = options;
    this.#clientId = options.clientId ?? CLIENT_IDS.keymaster;
    this.#exchange = new Exchange(options.http, options.guard, options.endpoint + PATH);
  }

  /**
   * A valid client token.
   * @throws SpotifyError INVALID_CLIENT for a client ID that may not have one; RATE_LIMITED, UNREACHABLE, TIMEOUT,
   *   PROTOCOL_ERROR; CLOSED; or the abort reason of `signal`
   */
  get(signal: AbortSignal): Promise<string> {
    return this.#asking.join("token", signal, (either) => this.#current(either));
  }

  /** Forgets a token that Spotify refused. A newer one stays. */
  refused(token: string): void {
    if (this.#held?.state.token !== token) return;
    this.#held = undefined;
    void this.#options.kept.set(undefined);
  }

  close(): void {
    this.#asking.close();
  }

  async #current(signal: AbortSignal): Promise<string> {
    if (!this.#restored) {
      await this.#options.loaded();
      const kept = this.#options.kept.value;
      if (kept) this.#held = new HeldClientToken(kept);
      this.#restored = true;
    }
    const { clientId, deviceId } = this.#held?.state ?? {};
    // A token of another device, or of an earlier client ID of this session, is not used.
    if (clientId !== this.#clientId || deviceId !== this.#options.deviceId()) this.#held = undefined;
    if (this.#held?.isFresh) return this.#held.state.token;
    const held = this.#held?.isGood ? this.#held : undefined;
    if (held && performance.now() - this.#failedAt < REFRESH_AGAIN_AFTER) return held.state.token;
    try {
      const state = await this.#ask(signal);
      this.#held = new HeldClientToken(state);
      void this.#options.kept.set(state);
      return state.token;
    } catch (error) {
      if (!held || signal.aborted) throw error;
      this.#failedAt = performance.now();
      return held.state.token;
    }
  }

  async #ask(signal: AbortSignal): Promise<ClientTokenState> {
    const deviceId = this.#options.deviceId();
    const first = clientDataRequest(this.#clientId, deviceId);
    let rounds = 0;
    const ask = async (): Promise<ClientTokenState> => {
      for (let request = first; ;) {
        const askedAt = Date.now();
        const { response } = await this.#post(request, request !== first, signal);
        if (response.case === "grantedToken") {
          return readGrantedToken(response.value, this.#clientId, deviceId, askedAt);
        }
        if (response.case === undefined) throw this.#error("Spotify answered without a client token.");
        if (++rounds > MAX_ROUNDS) throw this.#error("Spotify asks for one proof of work after another.");
        request = await challengeAnswersRequest(response.value, signal);
      }
    };
    return retry(ask, { tries: MAX_TRIES, backoff: new Backoff(500, 4_000), signal, mayHelp: isPassing });
  }

  async #post(request: Uint8Array, isAnswer: boolean, signal: AbortSignal): Promise<ClientTokenResponse> {
    const response = await this.#exchange.post(request, this.#clientId, signal);
    if (response.status === 400) throw isAnswer ? this.#notTaken() : this.#notForThisClient();
    return this.#exchange.read(ClientTokenResponseSchema, response, this.#clientId);
  }

  /** The answer to a challenge was late or wrong. Another try may get another challenge. */
  #notTaken(): SpotifyError {
    return new SpotifyError("TIMEOUT", "Spotify did not take the proof of work: it may have come too late.", {
      clientId: this.#clientId,
    });
  }

  /** Source: go-librespot#167, where the client ID of a user's own app was refused like this. */
  #notForThisClient(): SpotifyError {
    const clientId = this.#clientId;
    const message =
      clientId === CLIENT_IDS.keymaster
        ? "Spotify no longer gives this kind of client a client token. Look for a newer version of this package."
        : `Spotify gives the client ID ${displayClientId(clientId)} no client token: users' own apps have none. Use keymaster.`;
    return new SpotifyError("INVALID_CLIENT", message, { clientId });
  }

  #error(message: string): SpotifyError {
    return new SpotifyError("PROTOCOL_ERROR", message, { clientId: this.#clientId });
  }
}
