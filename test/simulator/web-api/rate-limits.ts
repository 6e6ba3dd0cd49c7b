/** The 429 that all of Spotify's services share since 2026-07-23: the quota of the developer's account is used up. */
import type { HttpAnswer } from "../http";

/** @param retryAfter seconds; 0: the answer does not say */
export function quotaExceeded(retryAfter: number): HttpAnswer {
  return {
    status: 429,
    body: { error: { status: 429, message: "Too many requests", reason: "QUOTA_EXCEEDED" } },
    ...(retryAfter > 0 && { headers: { "retry-after": String(retryAfter) } }),
  };
}
