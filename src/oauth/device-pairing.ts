import { SpotifyError } from "../core/errors";
import { parseJson, type HttpClient } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import { raceAbort } from "../async/race-abort";
import { wait } from "../async/wait";
import { OAuthRefusal, type OAuthTokens, type TokenEndpoint } from "./token-endpoint";

const PATH = "/oauth2/device/authorize";
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";
const TIMEOUT = 20_000;
const MAX_ANSWER_BYTES = 16 * 1024;
/** If the answer gives no interval, s. RFC 8628, section 3.2. */
const DEFAULT_INTERVAL = 5;
/** Added to the interval after `slow_down`, s. RFC 8628, section 3.5. */
const SLOW_DOWN = 5;
const MIN_INTERVAL = 1;
/** Longer intervals are only kept if Spotify asks for them, s. */
const MAX_INTERVAL = 60;
/** Codes that claim a longer life are not polled for longer, s. */
const MAX_LIFE = 3600;

/** What the user needs to pair. */
export interface PairingCode {
  /** The user types it on `verificationUri`. */
  userCode: string;
  /** https://spotify.com/pair */
  verificationUri: string;
  /** The same address with the code in it, for a QR code; undefined if Spotify gives none. */
  verificationUriComplete: string | undefined;
  /** ms since the epoch */
  expiresAt: number;
}

/** What a pairing is made with. */
export interface PairingParts {
  http: HttpClient;
  guard: RateLimitGuard;
  endpoint: TokenEndpoint;
  /** Base URL of accounts.spotify.com. */
  accounts: string;
}

/**
 * Pairing: the user types a code on any device that has a browser. Spotify allows it to the desktop client ID, but not to
 * those of Android, iOS and users' own apps.
 *
 * Source: RFC 8628; go-librespot session/oauth2.go for Spotify's addresses.
 */
export class DevicePairing {
  readonly code: PairingCode;
  readonly clientId: string;
  readonly #deviceCode: string;
  readonly #endpoint: TokenEndpoint;
  #interval: number;
  #tokens: OAuthTokens | undefined;

  private constructor(clientId: string, endpoint: TokenEndpoint, answer: Record<string, unknown>) {
    const { device_code: deviceCode, user_code: userCode, verification_uri: uri } = answer;
    if (!isText(deviceCode) || !isText(userCode) || !isWebAddress(uri)) {
      throw new SpotifyError("PROTOCOL_ERROR", "Spotify's answer is not a pairing code.", {
        clientId,
      });
    }
    const complete = answer["verification_uri_complete"];
    this.clientId = clientId;
    this.#endpoint = endpoint;
    this.#deviceCode = deviceCode;
    this.#interval = Math.max(MIN_INTERVAL, bounded(answer["interval"], DEFAULT_INTERVAL, MAX_LIFE));
    this.code = {
      userCode,
      verificationUri: uri,
      verificationUriComplete: isWebAddress(complete) ? complete : undefined,
      expiresAt: Date.now() + bounded(answer["expires_in"], MAX_LIFE, MAX_LIFE) * 1000,
    };
  }

  /**
   * Asks for a code.
   * @throws OAuthRefusal INVALID_CLIENT if the client ID may not pair; SpotifyError RATE_LIMITED, UNREACHABLE,
   *   TIMEOUT, PROTOCOL_ERROR
   */
  static async begin(
    { http, guard, endpoint, accounts }: PairingParts,
    clientId: string,
    scopes: readonly string[],
    signal?: AbortSignal,
  ): Promise<DevicePairing> {
    const { host } = new URL(accounts);
    guard.check(clientId, host);
    const response = await http.request(accounts + PATH, {
      method: "POST",
      form: { client_id: clientId, scope: scopes.join(" ") },
      timeout: TIMEOUT,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    });
    guard.learn(clientId, host, response);
    if (response.status >= 500) {
      throw new SpotifyError("UNREACHABLE", `${host} has a problem (HTTP ${response.status}).`, { clientId });
    }
    const answer = parseJson(response.body) as Record<string, unknown> | null | undefined;
    if (response.status !== 200 || !answer) {
      const error = answer?.["error"];
      throw new OAuthRefusal(typeof error === "string" ? error : "unknown", clientId);
    }
    return new DevicePairing(clientId, endpoint, answer);
  }

  /**
   * Polls until the user has typed the code, as often as Spotify allows. After an abort it can be called again, with the
   * endpoint of another session: a code that was typed meanwhile is not lost.
   *
   * @throws OAuthRefusal `access_denied`, `expired_token`, `invalid_grant`, `unauthorized_client`; SpotifyError TIMEOUT
   *   when the code has expired; or the abort reason of `signal`
   */
  async wait(signal: AbortSignal, endpoint = this.#endpoint): Promise<OAuthTokens> {
    if (this.#tokens) return this.#tokens;
    for (let pause = this.#interval; ;) {
      // Not longer than the code lives, even if a 429 asks for more.
      await wait(Math.max(0, Math.min(pause * 1000, this.code.expiresAt - Date.now())), signal);
      if (Date.now() >= this.code.expiresAt) throw new OAuthRefusal("expired_token", this.clientId);
      try {
        return await raceAbort(signal, this.#ask(endpoint));
      } catch (error) {
        if (!this.#mayGoOn(error)) throw error;
        pause = Math.max(this.#interval, (error as SpotifyError).retryAfter ?? 0);
      }
    }
  }

  /** Runs to its end even after an abort, because Spotify gives the tokens only once. */
  async #ask(endpoint: TokenEndpoint): Promise<OAuthTokens> {
    const fields = { grant_type: GRANT_TYPE, device_code: this.#deviceCode };
    this.#tokens = await endpoint.ask(this.clientId, fields);
    return this.#tokens;
  }

  /** Whether to poll again. Also lengthens the interval. RFC 8628, section 3.5. */
  #mayGoOn(error: unknown): boolean {
    if (!(error instanceof SpotifyError)) return false;
    if (error instanceof OAuthRefusal) {
      if (error.error === "slow_down") this.#interval += SLOW_DOWN;
      return error.error === "slow_down" || error.error === "authorization_pending";
    }
    // RFC 8628 asks for a longer interval after each time-out. A 429 says how long to wait.
    if (error.code !== "RATE_LIMITED" && this.#interval < MAX_INTERVAL) {
      this.#interval = Math.min(this.#interval * 2, MAX_INTERVAL);
    }
    return error.code === "UNREACHABLE" || error.code === "TIMEOUT" || error.code === "RATE_LIMITED";
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 2048;
}

/** Whether a dialog can show it as a link. */
function isWebAddress(value: unknown): value is string {
  return isText(value) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function bounded(value: unknown, otherwise: number, most: number): number {
  return typeof value === "number" && value > 0 ? Math.min(value, most) : otherwise;
}
