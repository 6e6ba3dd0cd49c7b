/** A list of words, each a box to tick. */

export interface TickList {
  /** The words that are ticked now, in the order of the list. */
  ticked(): string[];
}

/** @param list has a checkbox for each word, with the word as its value; @param changed is called now and after each change */
export function tickList(
  list: HTMLElement,
  chosen: readonly string[],
  changed: (ticked: string[]) => void,
): TickList {
  const boxes = [...list.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
  const ticked = (): string[] => boxes.filter((box) => box.checked).map((box) => box.value);
  for (const box of boxes) {
    box.checked = chosen.includes(box.value);
    box.addEventListener("change", () => changed(ticked()));
  }
  changed(ticked());
  return { ticked };
}
