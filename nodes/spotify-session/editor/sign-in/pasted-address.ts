/** Judges the address that a user copied from the browser after agreeing. Pure. */

/**
 * - `notAddress`: no address at all;
 * - `spotify`: still Spotify's own page, where the user has not agreed yet;
 * - `other`: an address of something else;
 * - `incomplete`: the right page without what Spotify adds to it.
 */
export type PastedAddress = "empty" | "notAddress" | "spotify" | "other" | "incomplete" | "good";

export function checkPastedAddress(text: string, redirectUri: string): PastedAddress {
  const trimmed = text.trim();
  if (trimmed === "") return "empty";
  const address = parse(trimmed);
  const expected = parse(redirectUri);
  if (address === undefined || expected === undefined) return "notAddress";
  if (address.hostname === "spotify.com" || address.hostname.endsWith(".spotify.com")) return "spotify";
  if (address.origin !== expected.origin || address.pathname !== expected.pathname) return "other";
  const query = address.searchParams;
  // A refusal is an answer, too: Node-RED says what it means.
  const isAnswer = query.has("state") && (query.has("code") || query.has("error"));
  return isAnswer ? "good" : "incomplete";
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
