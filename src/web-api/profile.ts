import { Backoff } from "../async/backoff";
import { retry } from "../async/retry";
import { SpotifyError } from "../core/errors";
import { parseJson, type HttpClient, type HttpResponse } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";

const PATH = "/v1/me";
const TIMEOUT = 15_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/**
 * Requests in all. The Web API sometimes refuses a valid token (401, 403), and the sign-in that gave the token cannot be
 * repeated.
 */
const MAX_TRIES = 3;
const TRY_AGAIN_FIRST = 300;
const TRY_AGAIN_MOST = 1_200;

/** The profile of an account, which the Web API shows to each token. Needs no scope. */
export class Profile {
  readonly #http: HttpClient;
  readonly #guard: RateLimitGuard;
  readonly #url: URL;

  /** @param api base URL of api.spotify.com */
  constructor(http: HttpClient, guard: RateLimitGuard, api: string) {
    this.#http = http;
    this.#guard = guard;
    this.#url = new URL(api + PATH);
  }

  /**
   * Asks the Web API once whether it takes a token of one of Spotify's own client IDs. A 429 means no, because that is how
   * Spotify has blocked them since December 2025.
   *
   * @returns undefined if the answer says neither
   * @throws SpotifyError UNREACHABLE; TIMEOUT; PROTOCOL_ERROR; CLOSED
   */
  async takesToken(accessToken: string, signal: AbortSignal): Promise<boolean | undefined> {
    const { status } = await this.#request(accessToken, signal);
    if (status === 200) return true;
    return status === 429 ? false : undefined;
  }

  /**
   * The canonical username of the account that an access token belongs to.
   *
   * Source: Spotify's Web API reference, "Get Current User's Profile".
   *
   * @throws SpotifyError PREMIUM_REQUIRED if the app's owner has no Premium; REQUEST_REFUSED if the account is not among
   *   the app's users, or the Web API always refuses the client ID; RATE_LIMITED; UNREACHABLE; TIMEOUT; PROTOCOL_ERROR
   */
  async usernameOf(clientId: string, accessToken: string, signal?: AbortSignal): Promise<string> {
    const { host } = this.#url;
    const ask = async (): Promise<HttpResponse> => {
      this.#guard.check(clientId, host);
      const answer = await this.#request(accessToken, signal);
      this.#guard.learn(clientId, host, answer);
      return answer;
    };
    const response = await retry(ask, {
      tries: MAX_TRIES,
      backoff: new Backoff(TRY_AGAIN_FIRST, TRY_AGAIN_MOST),
      signal,
      mayHelp: () => false,
      mayImprove: ({ status }) => status >= 400,
    });
    const document = parseJson(response.body) as { id?: unknown } | null | undefined;
    if (response.status === 200 && typeof document?.id === "string" && document.id !== "") return document.id;
    throw refusal(host, clientId, response);
  }

  #request(accessToken: string, signal: AbortSignal | undefined): Promise<HttpResponse> {
    const headers = { authorization: `Bearer ${accessToken}` };
    return this.#http.request(this.#url.href, {
      headers,
      timeout: TIMEOUT,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    });
  }
}

function refusal(host: string, clientId: string, { status, body }: HttpResponse): SpotifyError {
  if (status >= 500) {
    return new SpotifyError("UNREACHABLE", `${host} has a problem (HTTP ${status}).`, { clientId });
  }
  if (status !== 403) {
    const message = `${host} did not say whose account it is (HTTP ${status}).`;
    return new SpotifyError("PROTOCOL_ERROR", message, { clientId });
  }
  if (/premium/i.test(body.toString("utf8"))) {
    const message = "The owner of this app needs Spotify Premium. After a change it can take a few hours.";
    return new SpotifyError("PREMIUM_REQUIRED", message, { clientId });
  }
  const message =
    "Spotify does not let this account use the app: add it to the app's users on developer.spotify.com.";
  return new SpotifyError("REQUEST_REFUSED", message, { clientId });
}
