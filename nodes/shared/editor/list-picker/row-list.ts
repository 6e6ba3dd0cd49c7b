/** The rows of a picker as a list box: one of them is chosen, and the keyboard moves through them. */
import { create } from "../dom";
import { arrowKeys } from "../scopes/arrow-keys";
import type { PickerRow } from "./picker-row";

export interface RowList {
  readonly element: HTMLElement;
  /** Shows these in the place of others. What has the focus keeps it, and the list stays where it was scrolled to. */
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
  /** The Tab key comes to one row: to the one where the person was, else to the chosen one. */
  const reach = (): void => {
    const rows = all();
    if (rows.some(({ tabIndex }) => tabIndex === 0)) return;
    const stop = rows.find(isChosen) ?? rows[0];
    if (stop) stop.tabIndex = 0;
  };

  const entryOf = (row: PickerRow): HTMLElement => {
    const entry = create(
      "li",
      { role: "option", tabindex: "-1", "data-value": row.value },
      create("span", { class: "spotify-picker-picture" }, pictureOf(row)),
      create("span", { class: "spotify-picker-title", title: row.title }, row.title),
      create("span", { class: "spotify-picker-about" }, row.about.join(" · ")),
      create("i", { class: "fa fa-check spotify-picker-chosen", "aria-hidden": "true" }),
    );
    const pick = (): void => {
      current = row.value;
      mark();
      onPick(row);
    };
    entry.addEventListener("click", () => {
      entry.focus();
      pick();
    });
    entry.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      pick();
    });
    return entry;
  };

  return {
    element,
    show(rows) {
      const before = all();
      const focused = before.findIndex((entry) => entry === document.activeElement);
      const { scrollTop } = element;
      const known = entries;
      entries = new Map(
        rows
          .map((row) => [JSON.stringify(row), row] as const)
          .map(([key, row]) => [key, known.get(key) ?? entryOf(row)]),
      );
      const shown = [...entries.values()];
      const isSame = shown.length === before.length && shown.every((entry, index) => entry === before[index]);
      if (!isSame) {
        const value = before[focused]?.dataset["value"];
        element.replaceChildren(...shown);
        element.scrollTop = scrollTop;
        if (value !== undefined) {
          const stop =
            shown.find((entry) => entry.dataset["value"] === value) ??
            shown[Math.min(focused, shown.length - 1)];
          if (stop) stop.focus({ preventScroll: true });
          else leave();
        }
      }
      mark();
      reach();
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
