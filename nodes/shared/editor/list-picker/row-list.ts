/** The rows of a picker as a list box: one of them is chosen, and the keyboard moves through them. */
import { create } from "../dom";
import { arrowKeys } from "../scopes/arrow-keys";
import type { PickerRow } from "./picker-row";
import { nextMatch, typedWords } from "./type-ahead";

export interface RowList {
  readonly element: HTMLElement;
  /** Replaces the rows. The row with the focus keeps it, and stays at its place on the screen. */
  show(rows: readonly PickerRow[]): void;
  /** Marks the row with this value, and no other. */
  mark(value: string): void;
  /** Moves the focus into the list, to the row that is chosen or else to the first. */
  enter(): void;
}

/**
 * @param attributes of the list
 * @param leave is called when ArrowUp leaves the list at its top
 */
export function rowList(
  attributes: Record<string, string>,
  onPick: (row: PickerRow) => void,
  leave: () => void,
): RowList {
  const element = create("ul", { class: "spotify-picker-list", role: "listbox", ...attributes });
  /** By what they show. */
  let entries = new Map<string, HTMLElement>();
  let current = "";
  arrowKeys(element, "[role=option]", leave);

  const all = (): HTMLElement[] => [...element.querySelectorAll<HTMLElement>("[role=option]")];
  const isChosen = (entry: HTMLElement): boolean => entry.dataset["value"] === current;
  const mark = (): void => {
    for (const entry of all()) entry.setAttribute("aria-selected", String(isChosen(entry)));
  };
  /** The Tab key reaches one row only: the last one that had the focus, else the chosen one. */
  const reach = (): void => {
    const rows = all();
    if (rows.some(({ tabIndex }) => tabIndex === 0)) return;
    const stop = rows.find(isChosen) ?? rows[0];
    if (stop) stop.tabIndex = 0;
  };
  /** The distance of a row from the top of the visible part, in pixels. */
  const placeOf = (entry: HTMLElement): number =>
    entry.getBoundingClientRect().top - element.getBoundingClientRect().top;

  const words = typedWords();
  const pick = (entry: HTMLElement, row: PickerRow): void => {
    current = row.value;
    mark();
    entry.focus();
    onPick(row);
  };
  const entryOf = (row: PickerRow): HTMLElement => {
    const entry = rowElement(row);
    entry.addEventListener("click", () => pick(entry, row));
    entry.addEventListener("keydown", (event) => {
      const typed = words(event);
      if (event.key === "Enter" || (event.key === " " && typed === undefined)) pick(entry, row);
      else if (typed !== undefined) {
        const rows = all();
        const titles = rows.map((one) => one.querySelector(".spotify-picker-title")?.textContent ?? "");
        rows[nextMatch(titles, rows.indexOf(entry), typed)]?.focus();
      } else return;
      event.preventDefault();
    });
    return entry;
  };

  const replace = (shown: readonly HTMLElement[]): void => {
    const before = all();
    const isSame = shown.length === before.length && shown.every((entry, index) => entry === before[index]);
    if (isSame) return;
    const focused = before.find((entry) => entry === document.activeElement);
    // At the top of the list, a person sees what comes in there.
    const anchor =
      focused ?? (element.scrollTop > 0 ? before.find((entry) => placeOf(entry) >= 0) : undefined);
    const place = anchor && placeOf(anchor);
    const again = (old: HTMLElement): HTMLElement | undefined =>
      shown.find((entry) => entry.dataset["value"] === old.dataset["value"]);
    element.replaceChildren(...shown);
    const kept = anchor && again(anchor);
    if (kept && place !== undefined) element.scrollTop += placeOf(kept) - place;
    if (!focused) return;
    const next = kept ?? shown[Math.min(before.indexOf(focused), shown.length - 1)];
    if (next) next.focus({ preventScroll: true });
    else leave();
  };

  return {
    element,
    show(rows) {
      const wasEmpty = entries.size === 0;
      const known = entries;
      entries = new Map();
      for (const row of rows) {
        const key = JSON.stringify(row);
        entries.set(key, known.get(key) ?? entryOf(row));
      }
      replace([...entries.values()]);
      mark();
      reach();
      const chosen = wasEmpty ? all().find(isChosen) : undefined;
      if (chosen) element.scrollTop += placeOf(chosen) - (element.clientHeight - chosen.offsetHeight) / 2;
    },
    mark(value) {
      current = value;
      mark();
    },
    enter() {
      const rows = all();
      (rows.find(isChosen) ?? rows[0])?.focus();
    },
  };
}

function rowElement(row: PickerRow): HTMLElement {
  return create(
    "li",
    { role: "option", tabindex: "-1", "data-value": row.value },
    create("span", { class: "spotify-picker-picture" }, pictureOf(row)),
    create("span", { class: "spotify-picker-title", title: row.title }, row.title),
    create("span", { class: "spotify-picker-about" }, row.about.join(" · ")),
    create("i", { class: "fa fa-check spotify-picker-chosen", "aria-hidden": "true" }),
  );
}

function pictureOf({ icon, image }: PickerRow): HTMLElement {
  const sign = create("i", { class: `fa ${icon}`, "aria-hidden": "true" });
  if (image === undefined || image === null) return sign;
  const picture = create("img", {
    alt: "",
    loading: "lazy",
    decoding: "async",
    referrerpolicy: "no-referrer",
    src: image,
  });
  picture.addEventListener("error", () => picture.replaceWith(sign));
  return picture;
}
