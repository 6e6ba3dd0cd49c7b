/** A person who types finds a row by the beginning of its title. */

/** After this pause, ms, the next letter begins a new word. */
const PAUSE = 700;

/**
 * Finds the next row whose title begins with the typed text. If one letter was typed, the search begins after the current
 * row, so that the same letter moves from match to match.
 *
 * @param at index of the current row, or -1
 * @returns the index of the row, or -1
 */
export function nextMatch(titles: readonly string[], at: number, typed: string): number {
  const wanted = typed.toLocaleLowerCase();
  const first = at + (typed.length === 1 ? 1 : 0);
  for (let step = 0; step < titles.length; step++) {
    const number = (Math.max(first, 0) + step) % titles.length;
    if (titles.at(number)?.toLocaleLowerCase().startsWith(wanted)) return number;
  }
  return -1;
}

/** @returns a function that joins the letters of successive keys. It returns undefined for a key that is not a letter. */
export function typedWords(): (event: KeyboardEvent) => string | undefined {
  let typed = "";
  let last = -Infinity;
  return ({ key, ctrlKey, metaKey, altKey, timeStamp }) => {
    if (!/^.$/u.test(key) || ctrlKey || metaKey || altKey) return undefined;
    const isNew = timeStamp - last > PAUSE;
    if (isNew && key === " ") return undefined;
    last = timeStamp;
    typed = isNew || typed === key ? key : typed + key;
    return typed;
  };
}
