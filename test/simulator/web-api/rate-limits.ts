/** The two kinds of 429. */
import type { HttpAnswer } from "../http";
import { refusal } from "./refusal";

/**
 * One app has sent too many requests.
 * @param retryAfter seconds; 0: the answer does not say
 */
export function rateLimited(retryAfter: number): HttpAnswer {
  const headers = { "retry-after": String(retryAfter) };
  return { ...refusal(429, "API rate limit exceeded"), ...(retryAfter > 0 && { headers }) };
}

/**
 * The quota of the developer's account is used up, which all of Spotify's services say since 2026-07-23.
 * @param retryAfter seconds; 0: the answer does not say
 */
export function quotaExceeded(retryAfter: number): HttpAnswer {
  return {
    status: 429,
    body: { error: { status: 429, message: "Too many requests", reason: "QUOTA_EXCEEDED" } },
    ...(retryAfter > 0 && { headers: { "retry-after": String(retryAfter) } }),
  };
}
