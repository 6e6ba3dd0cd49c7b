import { CALLS, type Call } from "./calls";

/** So many suggestions are enough to choose from. */
const MOST = 12;

/**
 * The calls that a person may mean who types a path. Pure, and the editor bundles it.
 *
 * @param typed words, or a part of a path: "playlist items", "/me/pl", "put library"
 * @param method the method that is chosen, whose calls come first; undefined if none is
 * @returns at most 12: paths that begin with the text first, calls that are gone last
 */
export function suggestedCalls(typed: string, method?: string): Call[] {
  const text = typed
    .trim()
    .toLowerCase()
    .replace(/^\/?v1(?=\/)/, "")
    .slice(0, 100);
  const words = text.split(/[\s/{}_-]+/).filter((word) => word !== "");
  const rank = (call: Call): number => {
    const path = call.path.toLowerCase();
    const searched = `${call.method.toLowerCase()} ${path}`;
    if (!words.every((word) => searched.includes(word))) return -1;
    // A word alone may mean any part of a path: the order of the list then says what is meant most often.
    const begins = text.includes("/") && path.startsWith(text.startsWith("/") ? text : `/${text}`);
    return (begins ? 4 : 0) + (call.method === method ? 2 : 0) + (call.gone ? 0 : 8);
  };
  const ranked = CALLS.map((call) => ({ call, rank: rank(call) })).filter((one) => one.rank >= 0);
  ranked.sort((a, b) => b.rank - a.rank);
  return ranked.slice(0, MOST).map(({ call }) => call);
}
