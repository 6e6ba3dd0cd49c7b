/**
 * Makes a long list one stop for the Tab key: arrow keys, Home and End move through it, and Tab comes back to
 * where one was.
 */

export interface ArrowKeys {
  /** Moves the focus to the first visible stop. */
  enter(): void;
  /** Makes the first visible stop the one Tab comes to. */
  reset(): void;
}

/**
 * @param selector finds the stops; each starts with tabindex -1
 * @param leave is called where ArrowUp leaves the list at its top
 */
export function arrowKeys(list: HTMLElement, selector: string, leave: () => void): ArrowKeys {
  const stops = (): HTMLElement[] =>
    [...list.querySelectorAll<HTMLElement>(selector)].filter((stop) => stop.offsetParent !== null);

  const reach = (stop: HTMLElement | undefined): void => {
    if (stop === undefined) return;
    for (const other of list.querySelectorAll<HTMLElement>(selector)) other.tabIndex = -1;
    stop.tabIndex = 0;
  };

  const moveTo = (stop: HTMLElement | undefined): void => {
    reach(stop);
    stop?.focus();
    (stop?.closest("label") ?? stop)?.scrollIntoView({ block: "nearest" });
  };

  list.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement && target.matches(selector)) reach(target);
  });
  list.addEventListener("keydown", (event) => {
    const all = stops();
    const at = all.findIndex((stop) => stop === document.activeElement);
    if (at < 0) return;
    const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    if (goal < 0) leave();
    else moveTo(all[Math.min(goal, all.length - 1)]);
  });

  return {
    enter: () => moveTo(stops()[0]),
    reset: () => reach(stops()[0]),
  };
}
