/**
 * Choosing scopes: what is chosen on top, a search field, and the list. What the list does not have can be typed
 * into the search field and added as it stands.
 */
import { create, icon } from "../dom";
import type { Translate } from "../translate";
import { arrowKeys } from "./arrow-keys";
import { scopeChips } from "./scope-chips";
import { scopeList } from "./scope-list";
import type { ScopeMarks } from "./scope-marks";
import type { ScopeWords } from "./scope-words";
import { addable, SCOPE_GROUPS, type ScopeGroup, toggled } from "./scopes";

export interface ScopePicker {
  chosen(): string[];
  /** Chooses these and no others. */
  choose(scopes: readonly string[]): void;
  mark(marks: ScopeMarks): void;
  /** What to say while nothing is chosen. */
  sayWhenEmpty(text: string, kind: "hint" | "warning"): void;
}

export interface ScopePickerElements {
  chips: HTMLElement;
  empty: HTMLElement;
  count: HTMLElement;
  search: HTMLInputElement;
  list: HTMLElement;
}

export function scopePicker(
  elements: ScopePickerElements,
  initially: readonly string[],
  words: ScopeWords,
  translate: Translate,
  changed: () => void,
  offered: readonly ScopeGroup[] = SCOPE_GROUPS,
): ScopePicker {
  const isOffered = (scope: string): boolean => offered.some((group) => group.scopes.includes(scope));
  const { empty, count, search } = elements;
  let chosen = [...initially];
  let marks: ScopeMarks = { marks: new Map(), clientIdName: "" };

  const nothing = create("div", { class: "spotify-scope-nothing" });
  const add = create("button", { type: "button", class: "red-ui-button spotify-button" });
  const addRow = create("div", { class: "spotify-scope-add" }, add);
  elements.list.replaceChildren(nothing, addRow);

  const toggle = (scope: string, on: boolean): void => choose(toggled(chosen, scope, on));
  const list = scopeList(elements.list, offered, words, translate, toggle);
  const chips = scopeChips(elements.chips, words, translate, (scope) => toggle(scope, false), search);
  const keys = arrowKeys(elements.list, "input, summary", () => search.focus());

  const display = (): void => {
    chips.show(chosen, marks);
    list.show(chosen, marks);
    empty.hidden = chosen.length > 0;
    count.textContent = chosen.length === 0 ? "" : translate("scopes.count", { number: chosen.length });
  };

  function choose(scopes: string[]): void {
    chosen = scopes;
    display();
    changed();
  }

  const filter = (): void => {
    const query = search.value.trim();
    list.filter(query);
    const unmatched = query !== "" && list.visible().length === 0;
    const names = unmatched ? addable(query, chosen, words.allowsVariables) : [];
    nothing.hidden = !unmatched || (names.length > 0 && names.every(isOffered));
    nothing.textContent = translate(names.length > 0 ? "scopes.notKnown" : "scopes.notFound", { query });
    addRow.hidden = names.length === 0;
    add.replaceChildren(icon("plus"), " ", translate("scopes.add", { scope: names.join(", ") }));
    keys.reset();
  };

  const clearSearch = (): void => {
    search.value = "";
    filter();
  };

  const addTyped = (): void => {
    const names = addable(search.value, chosen, words.allowsVariables);
    if (names.length === 0) return;
    choose([...chosen, ...names]);
    clearSearch();
    search.focus();
  };

  /** Enter takes the only scope left in the list, or the typed text if the list is empty. */
  const takeTyped = (): void => {
    const [only, ...others] = list.visible();
    if (only === undefined) addTyped();
    else if (others.length === 0) {
      toggle(only, !chosen.includes(only));
      search.select();
    }
  };

  add.addEventListener("click", addTyped);
  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      keys.enter();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      takeTyped();
    } else if (event.key === "Escape" && search.value !== "") {
      // Node-RED would close the dialog.
      event.stopPropagation();
      clearSearch();
    }
  });

  display();
  filter();

  return {
    chosen: () => chosen,
    choose: (scopes) => choose([...scopes]),
    mark(newMarks) {
      marks = newMarks;
      display();
    },
    sayWhenEmpty(text, kind) {
      empty.dataset["kind"] = kind;
      empty.textContent = text;
    },
  };
}
