/** Every known scope, in groups, as a checkbox with what it gives its user; and those the user has added. */
import { create, icon } from "../dom";
import type { Translate } from "../translate";
import type { ScopeMarks } from "./scope-marks";
import type { ScopeWords } from "./scope-words";
import { isKnownScope, matches, type ScopeGroup } from "./scopes";

export interface ScopeList {
  /** Ticks what is chosen and marks what will probably be refused; adds a row for what has none. */
  show(chosen: readonly string[], marks: ScopeMarks): void;
  /** Leaves only what matches. */
  filter(query: string): void;
  /** The scopes that the filter has left. */
  visible(): string[];
}

interface Row {
  element: HTMLElement;
  box: HTMLInputElement;
  warning: HTMLElement;
}

export function scopeList(
  list: HTMLElement,
  offered: readonly ScopeGroup[],
  words: ScopeWords,
  translate: Translate,
  toggle: (scope: string, on: boolean) => void,
): ScopeList {
  const rows = new Map<string, Row>();

  const createRow = (scope: string): HTMLElement => {
    // The dialogs of both nodes may be open, one on top of the other.
    const id = `${list.id}-${rows.size}`;
    const box = create("input", { type: "checkbox", id, tabindex: "-1", "aria-describedby": `${id}-text` });
    const warning = create("span", { class: "spotify-scope-warning" });
    const element = create(
      "label",
      { class: "spotify-scope", for: id },
      box,
      create(
        "span",
        { class: "spotify-scope-words" },
        create("span", { class: "spotify-scope-label" }, words.label(scope)),
        ...(isKnownScope(scope) ? [create("code", { class: "spotify-scope-name" }, scope)] : []),
        create("span", { class: "spotify-scope-text", id: `${id}-text` }, words.text(scope), warning),
      ),
    );
    box.addEventListener("change", () => toggle(scope, box.checked));
    rows.set(scope, { element, box, warning });
    return element;
  };

  const createGroup = ({ id, scopes, folded }: ScopeGroup): HTMLElement => {
    const title = translate(`group.${id}`);
    const content = scopes.map(createRow);
    if (!folded) {
      const heading = create("div", { class: "spotify-scope-heading" }, title);
      return create("div", { role: "group", "aria-label": title }, heading, ...content);
    }
    const summary = create("summary", { class: "spotify-scope-heading", tabindex: "-1" }, title);
    const hint = create("div", { class: "spotify-scope-hint" }, translate(`groupHint.${id}`));
    return create("details", {}, summary, hint, ...content);
  };

  const added = create(
    "div",
    {},
    create("div", { class: "spotify-scope-heading" }, translate("group.added")),
  );
  const groups = [added, ...offered.map(createGroup)];
  list.prepend(...groups);

  return {
    show(chosen, { marks, clientIdName }) {
      for (const scope of chosen) if (!rows.has(scope)) added.append(createRow(scope));
      for (const [scope, { element, box, warning }] of rows) {
        const mark = marks.get(scope);
        box.checked = chosen.includes(scope);
        element.classList.toggle("spotify-scope-chosen", box.checked);
        warning.replaceChildren();
        if (mark !== undefined) {
          warning.append(
            icon("exclamation-triangle"),
            " ",
            translate(`mark.${mark}`, { name: clientIdName }),
          );
        }
      }
    },
    filter(query) {
      for (const [scope, { element }] of rows) {
        element.hidden = query !== "" && !matches(query, [scope, words.label(scope), words.text(scope)]);
      }
      for (const group of groups) {
        const inside = [...group.querySelectorAll<HTMLElement>("label")];
        group.hidden = inside.every((row) => row.hidden);
        if (group instanceof HTMLDetailsElement) {
          group.open = query !== "" || group.querySelector(".spotify-scope-chosen") !== null;
        }
      }
    },
    visible: () => [...rows].filter(([, { element }]) => !element.hidden).map(([scope]) => scope),
  };
}
