/** The call of the Web API that a method and a written path mean. Pure. */
import { callOf } from "../../../src/web-api/call-of";
import type { Call } from "../../../src/web-api/calls";

export const WEB_API = "https://api.spotify.com";

/**
 * @param method empty if the message names it
 * @param text a path or an address, with or without a query
 * @returns undefined if no call is known
 */
export function knownCall(method: string, text: string): Call | undefined {
  const [path = ""] = text.trim().split(/[?#]/);
  const relative = path.startsWith(WEB_API) ? path.slice(WEB_API.length) : path;
  const absolute = relative.startsWith("/") ? relative : `/${relative}`;
  return callOf(method, absolute.replace(/^\/v1(?=\/)/, ""));
}

/** A request needs a token even if the call needs no scope, and Spotify grants no sign-in without one. */
const LEAST = ["user-read-private"];

/** What a sign-in should cover for the call, also for what it needs for some things only. */
export function scopesToGrant(call: Call | undefined): readonly string[] {
  const needed = [...(call?.scopes ?? []), ...(call?.scopesForSome ?? [])];
  return needed.length > 0 ? needed : LEAST;
}
