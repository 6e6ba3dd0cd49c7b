import { SpotifyError } from "../core/errors";
import { percentDecoded } from "../core/percent-decoding";

/** Spotify's own address of the Web API, whichever address is configured. */
const WEB_API = "https://api.spotify.com";
const LONGEST = 2_000;

/** Where a request goes to, on the Web API. */
export interface ReadPath {
  /** Begins with `/v1/`, and has no query. */
  path: string;
  query: URLSearchParams;
}

/**
 * The place on the Web API that a text means: `/me/playlists`, with or without `/v1`, or a whole address on
 * api.spotify.com. Every other address is refused, because a token would go there.
 *
 * @param api base URL of the configured Web API, which is taken as an address, too
 * @throws SpotifyError INVALID_ARGUMENT; it does not quote the query
 */
export function readPath(text: unknown, api: string): ReadPath {
  if (typeof text !== "string" || text.trim() === "") {
    throw wrong("The path must be a text, such as /me/playlists.");
  }
  const given = text.trim();
  if (given.length > LONGEST) throw wrong(`The path has more than ${LONGEST} characters.`);
  if (/[\p{Cc}\\]/u.test(given)) throw wrong("The path has a character that no path may have.");
  const [beforeQuery = ""] = given.split("?");
  const name = /\{+[^{}]*\}*/.exec(beforeQuery)?.[0];
  if (name !== undefined) {
    throw wrong(`The path still has ${name.slice(0, 80)} in it: put an ID in its place.`);
  }
  if (given.includes("#")) throw wrong("The path has a #, which would end it: write it as %23.");
  if (beforeQuery.split("/").some(isMisleading)) {
    throw wrong("The path must lead to a call of the Web API: a part such as .. or %2F leads elsewhere.");
  }
  const isAddress = /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(given);
  const relative = isAddress ? pathOfAddress(given, api) : withSlash(given);
  const url = parse(WEB_API + (/^\/v1(\/|$|\?)/.test(relative) ? relative : `/v1${relative}`));
  if (url?.origin !== WEB_API || !url.pathname.startsWith("/v1/") || url.pathname === "/v1/") {
    throw wrong("The path must lead to a call of the Web API, such as /me/playlists.");
  }
  return { path: url.pathname, query: url.searchParams };
}

/** Whether a part of a path can mean another place, for us or for a server that decodes it. */
function isMisleading(part: string): boolean {
  const decoded = percentDecoded(part);
  return decoded === "." || decoded === ".." || /[/\\]/.test(decoded);
}

function pathOfAddress(address: string, api: string): string {
  const url = parse(address);
  if (url === undefined) throw wrong("The path is not an address on https://api.spotify.com.");
  if (url.username !== "" || url.password !== "")
    throw wrong("The address must not hold a name or a password.");
  if (url.origin !== WEB_API && url.origin !== new URL(api).origin) {
    throw wrong(
      `Only https://api.spotify.com is asked, not ${(url.host || "this address").slice(0, 80)}: a token must not go elsewhere.`,
    );
  }
  return url.pathname + url.search;
}

function withSlash(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}

function parse(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined;
}

function wrong(message: string): SpotifyError {
  return new SpotifyError("INVALID_ARGUMENT", message);
}
