/** A person who types finds a row by the beginning of its title. */

/** After this pause, ms, the next letter begins a new word. */
const PAUSE = 700;

/**
 * The number of the next row whose title begins with what was typed; -1 if none does. One letter goes on from the row after
 * the current one, so that the same letter goes through all of them.
 *
 * @param at the number of the current row; -1 if there is none
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

/** @returns puts the letters of keys that follow each other together; undefined for a key that is no letter */
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
