import { Backoff } from "../async/backoff";

/**
 * Requests in all, if the Web API refuses a valid token: a moment later it takes it. Seen since 2026-07-21.
 * Source: thlucas1/homeassistantcomponent_spotifyplus#237.
 */
export const MAX_TRIES = 3;

const FIRST = 300;
const MOST = 1_200;

/** The waits between these requests, ms. */
export function repeatBackoff(): Backoff {
  return new Backoff(FIRST, MOST);
}
