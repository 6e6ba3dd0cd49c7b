import { CALLS, type Call } from "./calls";

/** So many suggestions are enough to choose from. */
const MOST = 12;

/**
 * The calls that a person may mean who types a path. Pure, and the editor bundles it.
 *
 * @param typed words, or a part of a path: "playlist items", "/me/pl", "put library"
 * @param method the method that is chosen, whose calls come first; undefined if none is
 * @returns at most 12: paths that begin with what is typed first, calls that are gone last
 */
export function suggestedCalls(typed: string, method?: string): Call[] {
  const text = typed
    .trim()
    .toLowerCase()
    .replace(/^\/?v1(?=\/)/, "")
    .slice(0, 100);
  const words = text.split(/[\s/{}_-]+/).filter((word) => word !== "");
  const start = text.startsWith("/") ? text : `/${text}`;
  const rank = (call: Call): number => {
    const path = call.path.toLowerCase();
    const searched = `${call.method.toLowerCase()} ${path}`;
    if (!words.every((word) => searched.includes(word))) return -1;
    // A word alone is more often the end of a path than its beginning: "playlists" means /me/playlists.
    const begins = text.includes("/") && path.startsWith(start);
    const ends = path === start || path.endsWith(`/${words.at(-1) ?? ""}`);
    return (call.gone ? 0 : 8) + (begins ? 4 : 0) + (call.method === method ? 2 : 0) + (ends ? 1 : 0);
  };
  const ranked = CALLS.map((call) => ({ call, rank: rank(call) })).filter((one) => one.rank >= 0);
  ranked.sort((a, b) => b.rank - a.rank);
  return ranked.slice(0, MOST).map(({ call }) => call);
}
