import { CALLS, type Call } from "./calls";

interface Known {
  call: Call;
  parts: readonly string[];
}

/** By method and number of parts, those with fewer names in braces first: `/me/player` before `/{x}/player`. */
const KNOWN = new Map<string, Known[]>();
for (const call of CALLS) {
  const parts = call.path.split("/");
  const key = keyOf(call.method, parts);
  KNOWN.set(key, [...(KNOWN.get(key) ?? []), { call, parts }]);
}
for (const list of KNOWN.values()) list.sort((a, b) => names(a.parts) - names(b.parts));

/**
 * The call that a method and a path mean. Pure, and the editor bundles it.
 *
 * @param method in capital letters
 * @param path without `/v1` and without a query. A slash at its end does not matter, and names in braces may stand in it
 *   for what varies
 * @returns undefined if no known call has this form
 */
export function callOf(method: string, path: string): Call | undefined {
  const parts = path.replace(/\/$/, "").split("/");
  const candidates = KNOWN.get(keyOf(method, parts)) ?? [];
  return candidates.find(({ parts: known }) => known.every((part, i) => isName(part) || part === parts[i]))
    ?.call;
}

function keyOf(method: string, parts: readonly string[]): string {
  return `${method} ${parts.length}`;
}

function isName(part: string): boolean {
  return part.startsWith("{");
}

function names(parts: readonly string[]): number {
  return parts.filter(isName).length;
}
