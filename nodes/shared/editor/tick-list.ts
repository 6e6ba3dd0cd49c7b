/** A list of words, each a box to tick. */

export interface TickList {
  /** The words that are ticked now, in the order of the list. */
  ticked(): string[];
}

/** @param list holds a checkbox for each word, which is its value; @param changed is called after each tick */
export function tickList(list: HTMLElement, chosen: readonly string[], changed: () => void): TickList {
  const boxes = [...list.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
  for (const box of boxes) {
    box.checked = chosen.includes(box.value);
    box.addEventListener("change", changed);
  }
  return { ticked: () => boxes.filter((box) => box.checked).map((box) => box.value) };
}
