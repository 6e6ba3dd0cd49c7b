/** What the text in the field of the path means. Pure. */
import { callOf } from "../../../src/web-api/call-of";
import type { Call } from "../../../src/web-api/calls";
import { isEnvReference } from "../../shared/editor/env";

const WEB_API = "https://api.spotify.com";

/** A call as it stands in the list of suggestions: `PUT /me/library`. */
export function suggestionText({ method, path }: Pick<Call, "method" | "path">): string {
  return `${method} ${path}`;
}

/** The two parts of a suggestion, or of a text that a person has written like one; undefined for any other text. */
export function readSuggestion(text: string): { method: string; path: string } | undefined {
  const match = /^\s*(GET|POST|PUT|DELETE)\s+(\S.*)$/i.exec(text);
  return match ? { method: match[1].toUpperCase(), path: match[2].trim() } : undefined;
}

/** The known call that a method and the text mean; undefined if there is none, or if the message names the method. */
export function knownCall(method: string, text: string): Call | undefined {
  return callOf(method, pathIn(text));
}

/** The properties of the message that stand in braces in the path, as `playlist_id` or `payload.id`. */
export function namesIn(text: string): string[] {
  const names = [...text.matchAll(/\{{1,3}\s*([^{}\s]+)\s*\}{1,3}/g)].map((match) => match[1]);
  return isEnvReference(text) ? [] : [...new Set(names.map((name) => name.replace(/^msg\./, "")))];
}

/** Whether a request may go there: a path, or an address on the Web API. The runtime checks it again. */
export function isPathSetting(text: unknown): boolean {
  if (typeof text !== "string") return false;
  const path = text.trim();
  if (path === "" || /\\|^\/\//.test(path)) return false;
  const isAddress = /^[a-z][a-z0-9+.-]*:/i.test(path);
  return !isAddress || `${path}/`.startsWith(`${WEB_API}/`);
}

/** Without the host, `/v1` and the query. */
function pathIn(text: string): string {
  const [path = ""] = text.trim().split(/[?#]/);
  const relative = path.startsWith(WEB_API) ? path.slice(WEB_API.length) : path;
  const absolute = relative.startsWith("/") ? relative : `/${relative}`;
  return absolute.replace(/^\/v1(?=\/)/, "");
}
