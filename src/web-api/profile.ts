import { SpotifyError } from "../core/errors";
import { parseJson, type HttpClient, type HttpResponse } from "../net/client";
import type { RateLimitGuard } from "../net/rate-limit-guard";
import { Backoff } from "../async/backoff";
import { retry } from "../async/retry";

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

/**
 * Asks the Web API once whether it takes a token of one of Spotify's own client IDs. A 429 means no, because that is how
 * Spotify has blocked them since December 2025.
 *
 * @param api base URL of api.spotify.com
 * @returns undefined if the answer says neither
 * @throws SpotifyError UNREACHABLE; TIMEOUT; PROTOCOL_ERROR; CLOSED
 */
export async function takesToken(
  http: HttpClient,
  api: string,
  accessToken: string,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const request = { headers, timeout: TIMEOUT, maxBytes: MAX_ANSWER_BYTES, signal };
  const { status } = await http.request(api + PATH, request);
  if (status === 200) return true;
  return status === 429 ? false : undefined;
}

/**
 * The canonical username of the account that an access token belongs to. Needs no scope.
 *
 * Source: Spotify's Web API reference, "Get Current User's Profile".
 *
 * @param api base URL of api.spotify.com
 * @throws SpotifyError PREMIUM_REQUIRED if the app's owner has no Premium; REQUEST_REFUSED if the account is not among the
 *   app's users, or the Web API always refuses the client ID; RATE_LIMITED; UNREACHABLE; TIMEOUT; PROTOCOL_ERROR
 */
export async function usernameOf(
  { http, guard, api }: { http: HttpClient; guard: RateLimitGuard; api: string },
  clientId: string,
  accessToken: string,
  signal?: AbortSignal,
): Promise<string> {
  const { host } = new URL(api);
  const headers = { authorization: `Bearer ${accessToken}` };
  const request = { headers, timeout: TIMEOUT, maxBytes: MAX_ANSWER_BYTES, signal };
  const ask = async (): Promise<HttpResponse> => {
    guard.check(clientId, host);
    const answer = await http.request(api + PATH, request);
    guard.learn(clientId, host, answer);
    return answer;
  };
  const response = await retry(ask, {
    tries: MAX_TRIES,
    backoff: new Backoff(TRY_AGAIN_FIRST, TRY_AGAIN_MOST),
    signal,
    mayHelp: () => false,
    mayImprove: ({ status }) => status >= 400,
  });
  const document = parseJson(response.body) as
    { id?: unknown; error?: { message?: unknown } } | null | undefined;
  if (response.status === 200 && typeof document?.id === "string" && document.id !== "") return document.id;
  const details = { clientId };
  if (response.status >= 500) {
    throw new SpotifyError("UNREACHABLE", `${host} has a problem (HTTP ${response.status}).`, details);
  }
  if (response.status === 403) {
    if (/premium/i.test(response.body.toString("utf8"))) {
      const message = "The owner of this app needs Spotify Premium. After a change it can take a few hours.";
      throw new SpotifyError("PREMIUM_REQUIRED", message, details);
    }
    const message =
      "Spotify does not let this account use the app: add it to the app's users on developer.spotify.com.";
    throw new SpotifyError("REQUEST_REFUSED", message, details);
  }
  throw new SpotifyError(
    "PROTOCOL_ERROR",
    `${host} did not say whose account it is (HTTP ${response.status}).`,
    details,
  );
}

/** The account's profile, as the Web API shows it to a token. */
export class Profile {
  readonly #parts: { http: HttpClient; guard: RateLimitGuard; api: string };

  /** @param api base URL of api.spotify.com */
  constructor(http: HttpClient, guard: RateLimitGuard, api: string) {
    this.#parts = { http, guard, api };
  }

  /** As the function `usernameOf`. */
  usernameOf(clientId: string, accessToken: string, signal?: AbortSignal): Promise<string> {
    return usernameOf(this.#parts, clientId, accessToken, signal);
  }

  /** As the function `takesToken`. */
  takesToken(accessToken: string, signal: AbortSignal): Promise<boolean | undefined> {
    return takesToken(this.#parts.http, this.#parts.api, accessToken, signal);
  }
}
