/**
 * The permissions of a node: chosen in a list, or taken from elsewhere. The texts are those of spotify-token, and its
 * dialog and that of spotify-request have this field.
 */
import { create, icon } from "../dom";
import type { EnvTexts } from "../env-layers";
import { textsOf } from "../translate";
import { typedField } from "../typed-field";
import { scopePicker, type ScopePicker } from "./scope-picker";
import { scopeWords, type ScopeWords } from "./scope-words";

/** The kind that means the list. */
export const LISTED = "list";
const KINDS = ["msg", "flow", "global", "env", "jsonata"] as const;

export interface ScopesField {
  picker: ScopePicker;
  words: ScopeWords;
  /** Whether the list holds; else the permissions come from elsewhere, and are not known here. */
  isListed(): boolean;
  /** The value to store in `scopes`. */
  value(): string[] | string;
}

/**
 * @param mount takes the field
 * @param stored the node's properties in today's form
 */
export function scopesField(
  mount: HTMLElement,
  stored: { scopes: unknown; scopesType: unknown },
  env: EnvTexts,
  changed: () => void,
): ScopesField {
  const translate = textsOf("spotify-token");
  const elements = {
    chips: create("ul", {
      id: "spotify-scope-chips",
      class: "spotify-scope-chips",
      "aria-label": translate("scopes.chosen"),
    }),
    empty: create("div", { id: "spotify-scope-empty", class: "spotify-scope-empty", "aria-live": "polite" }),
    count: create("span", { id: "spotify-scope-count", class: "spotify-scope-count", "aria-live": "polite" }),
    search: create("input", {
      type: "text",
      id: "spotify-scope-search",
      "aria-controls": "spotify-scope-list",
      spellcheck: "false",
      placeholder: translate("scopes.search"),
    }),
    list: create("div", {
      id: "spotify-scope-list",
      class: "spotify-scope-list",
      role: "group",
      "aria-label": translate("field.scopes"),
    }),
  };
  const from = create(
    "div",
    { class: "form-row" },
    create(
      "label",
      { for: "node-input-scopesFrom" },
      icon("unlock-alt"),
      " ",
      create("span", {}, translate("scopesFrom.label")),
    ),
    // As between the label and the field of every other row.
    " ",
    create("input", { type: "text", id: "node-input-scopesFrom", style: "width: 70%" }),
    create("input", { type: "hidden", id: "node-input-scopesFromType" }),
  );
  const chosen = create(
    "div",
    { class: "form-row spotify-scopes" },
    create(
      "div",
      { class: "spotify-scopes-head" },
      create("label", { for: "spotify-scope-search" }, translate("scopesFrom.chosen")),
      elements.count,
    ),
    elements.chips,
    elements.empty,
    create("div", { class: "spotify-scope-search" }, icon("search"), elements.search),
    elements.list,
  );
  mount.replaceChildren(from, chosen);

  const list = Array.isArray(stored.scopes) ? (stored.scopes as string[]) : [];
  const words = scopeWords(translate, env);
  const picker = scopePicker(elements, list, words, translate, () => changed());
  const listed = { value: LISTED, label: translate("scopesFrom.list"), hasValue: false };
  $("#node-input-scopesFrom").val(typeof stored.scopes === "string" ? stored.scopes : "scopes");
  const typed = typedField("scopesFrom", [listed, ...KINDS], stored.scopesType, LISTED);
  const isListed = (): boolean => typed.kind() === LISTED;
  const kind = document.getElementById("node-input-scopesType");
  const display = (): void => {
    chosen.hidden = !isListed();
    // Node-RED stores what is in this input.
    if (kind instanceof HTMLInputElement) kind.value = typed.kind();
  };
  typed.onChange(() => {
    display();
    changed();
  });
  display();
  return { picker, words, isListed, value: () => (isListed() ? picker.chosen() : typed.value()) };
}
