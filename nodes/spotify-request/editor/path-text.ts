/** What the text in the field of the path means. Pure. */
import type { Call } from "../../../src/web-api/calls";
import { WEB_API } from "../../shared/editor/known-call";

/** A call as it stands in the list of suggestions: `PUT /me/library`. */
export function suggestionText({ method, path }: Pick<Call, "method" | "path">): string {
  return `${method} ${path}`;
}

/** The two parts of a suggestion, or of a text that a person has written like one; undefined for any other text. */
export function readSuggestion(text: string): { method: string; path: string } | undefined {
  const match = /^\s*(GET|POST|PUT|DELETE)\s+(\S.*)$/i.exec(text);
  if (!match) return undefined;
  const [, method = "", path = ""] = match;
  return { method: method.toUpperCase(), path: path.trim() };
}

/** The properties of the message that stand in braces in the path, as `playlist_id` or `payload.id`. */
export function namesIn(text: string): string[] {
  const found = text.matchAll(/(\$?)\{{1,3}\s*([^{}\s]+)\s*\}{1,3}/g);
  // `${NAME}` is an environment variable.
  const names = [...found].flatMap(([, dollar, name = ""]) => (dollar === "" ? [name] : []));
  return [...new Set(names.map((name) => name.replace(/^msg\./, "")))];
}

/** Whether a request may go there: a path, or an address on the Web API. The runtime checks it again. */
export function isPathSetting(text: unknown): boolean {
  if (typeof text !== "string") return false;
  const path = text.trim();
  if (path === "" || /\\|^\/\//.test(path)) return false;
  const isAddress = /^[a-z][a-z0-9+.-]*:/i.test(path);
  return !isAddress || `${path}/`.startsWith(`${WEB_API}/`);
}
