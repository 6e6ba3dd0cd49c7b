import { SpotifyError } from "../core/errors";
import type { HttpClient } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import { ClientTokenResponseSchema, type ClientTokenResponse } from "../proto/gen/clienttoken_pb";
import type { Slice } from "../store/slice";
import { Backoff } from "../async/backoff";
import { wait } from "../async/wait";
import { displayClientId } from "../core/client-id";
import { CLIENT_IDS } from "../core/knowledge";
import { challengeAnswersRequest, clientDataRequest, readGrantedToken } from "./client-token-messages";
import { Exchange, isPassing } from "./exchange";
import { HeldClientToken, type ClientTokenState } from "./held-client-token";
import { SingleFlight } from "../async/single-flight";

const PATH = "/v1/clienttoken";
/** How often it is asked for in all where something goes wrong. Source: librespot core/src/spclient.rs, MAX_TRIES. */
const MAX_TRIES = 3;
/** How often challenges are answered in all. */
const MAX_ROUNDS = 3;
/** Where another could not be had in place of one that is still good, not asked again for this, ms. */
const REFRESH_AGAIN_AFTER = 60_000;

/** What a client token is made of. */
export interface ClientTokenOptions {
  http: HttpClient;
  guard: RateLimitGuard;
  /** Base URL of the service that gives them. */
  endpoint: string;
  deviceId(): string;
  /** 32 hex digits; absent: KEYMASTER, the one that works on every platform. Source: librespot core/src/spclient.rs. */
  clientId?: string;
  /** Keeps one over a restart. */
  kept: Pick<Slice<ClientTokenState | undefined>, "value" | "set">;
  /** Resolves when the kept one is known. Never rejects. */
  loaded(): Promise<unknown>;
}

/**
 * The client token of a device: what it shows Spotify's own services beside the user's token. It is not the user's, and
 * lives for weeks. One request at a time; another is asked for when Spotify wants it to be, and where that fails the one
 * there is goes on until its end.
 *
 * Source: librespot core/src/spclient.rs, client_token.
 */
export class ClientToken {
  readonly #options: ClientTokenOptions;
  readonly #clientId: string;
  readonly #exchange: Exchange;
  readonly #asking = new SingleFlight<string>();
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
   * A client token that is good now.
   * @throws SpotifyError INVALID_CLIENT for a client ID that may have none; RATE_LIMITED, UNREACHABLE, TIMEOUT,
   *   PROTOCOL_ERROR; CLOSED; or the abort reason of `signal`
   */
  get(signal: AbortSignal): Promise<string> {
    return this.#asking.join("", signal, (either) => this.#current(either));
  }

  /** Spotify refused this one: it is not used any more. Another that has taken its place stays. */
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
    // It belongs to another device, or was made when this session was another client.
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
    const backoff = new Backoff(500, 4_000);
    let request = first;
    for (let tries = 1, rounds = 0; ;) {
      try {
        const askedAt = Date.now();
        const { response } = await this.#post(request, request !== first, signal);
        if (response.case === "grantedToken") {
          return readGrantedToken(response.value, this.#clientId, deviceId, askedAt);
        }
        if (response.case === undefined) throw this.#error("Spotify answered without a client token.");
        if (++rounds > MAX_ROUNDS) throw this.#error("Spotify asks for one proof of work after the other.");
        request = await challengeAnswersRequest(response.value, signal);
      } catch (error) {
        if (!isPassing(error) || tries === MAX_TRIES) throw error;
        tries++;
        request = first;
        await wait(backoff.next(), signal);
      }
    }
  }

  async #post(request: Uint8Array, isAnswer: boolean, signal: AbortSignal): Promise<ClientTokenResponse> {
    const response = await this.#exchange.post(request, this.#clientId, signal);
    if (response.status === 400) throw isAnswer ? this.#notTaken() : this.#notForThisClient();
    return this.#exchange.read(ClientTokenResponseSchema, response, this.#clientId);
  }

  /** An answer to a challenge that came too late, or was wrong: there may be another challenge. */
  #notTaken(): SpotifyError {
    return new SpotifyError("TIMEOUT", "Spotify did not take the proof of work: it may have come too late.", {
      clientId: this.#clientId,
    });
  }

  /** Source: go-librespot#167, where an own app's client ID was refused so. */
  #notForThisClient(): SpotifyError {
    const clientId = this.#clientId;
    const message =
      clientId === CLIENT_IDS.keymaster
        ? "Spotify gives this kind of client no client token any more. Look for a newer version of this package."
        : `Spotify gives the client ID ${displayClientId(clientId)} no client token: apps of one's own have none. Use keymaster.`;
    return new SpotifyError("INVALID_CLIENT", message, { clientId });
  }

  #error(message: string): SpotifyError {
    return new SpotifyError("PROTOCOL_ERROR", message, { clientId: this.#clientId });
  }
}
