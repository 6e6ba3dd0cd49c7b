import { retry } from "../async/retry";
import { SpotifyError } from "../core/errors";
import { parseJson, type HttpClient, type HttpResponse } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import { webApiRefusal } from "./refusal";
import { MAX_TRIES, repeatBackoff } from "./repeats";

const PATH = "/v1/me";
const TIMEOUT = 15_000;
const MAX_ANSWER_BYTES = 64 * 1024;

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
      backoff: repeatBackoff(),
      signal,
      mayHelp: () => false,
      // The sign-in that gave the token cannot be repeated.
      mayImprove: ({ status }) => status >= 400,
    });
    const document = parseJson(response.body) as { id?: unknown } | null | undefined;
    if (response.status === 200 && typeof document?.id === "string" && document.id !== "") return document.id;
    if (response.status !== 200) throw webApiRefusal(host, clientId, response);
    throw new SpotifyError("PROTOCOL_ERROR", `${host} did not say whose account it is.`, { clientId });
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
