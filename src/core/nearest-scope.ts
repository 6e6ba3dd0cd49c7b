import { DESKTOP_ONLY_SCOPES, WEB_API_SCOPES } from "./knowledge";

const KNOWN: readonly string[] = [...WEB_API_SCOPES, ...DESKTOP_ONLY_SCOPES];
/** Letters that may be wrong, missing or too many. */
const MOST_ERRORS = 3;
/** Longer texts are no misspelt scope, and would take long to compare. */
const MAX_LENGTH = 80;

/** The known scope that is meant by a misspelt one; undefined for a known one, and if none is near. */
export function nearestScope(text: string): string | undefined {
  if (text.length > MAX_LENGTH || KNOWN.includes(text)) return undefined;
  const plain = text
    .toLowerCase()
    .replaceAll(/[\u00ad\u200b-\u200d\u2060\ufeff"'\u2018-\u201e]/g, "")
    .replaceAll(/[\u2010-\u2015\u2212_.:]/g, "-");
  let nearest: string | undefined;
  let fewest = Math.min(MOST_ERRORS, plain.length / 2);
  for (const scope of KNOWN) {
    const errors = distance(plain, scope);
    if (errors > fewest || (errors === fewest && nearest !== undefined)) continue;
    nearest = scope;
    fewest = errors;
  }
  return nearest;
}

/** ` Did you mean …?` for those of `scopes` that are misspelt, or an empty text. */
export function didYouMean(scopes: readonly string[]): string {
  const meant = scopes.map(nearestScope).filter((scope) => scope !== undefined);
  return meant.length > 0 ? ` Did you mean ${meant.join(", ")}?` : "";
}

/** How many letters must be put in, taken out or replaced to make one of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
