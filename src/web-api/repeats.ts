import { Backoff } from "../async/backoff";

/**
 * How many times a request is sent if the Web API refuses a valid token. It may take the token a moment later. Seen since
 * 2026-07-21.
 * Source: thlucas1/homeassistantcomponent_spotifyplus#237.
 */
export const MAX_TRIES = 3;

const FIRST_WAIT = 300;
const LONGEST_WAIT = 1_200;

/** The waits between these requests, ms. */
export function repeatBackoff(): Backoff {
  return new Backoff(FIRST_WAIT, LONGEST_WAIT);
}
