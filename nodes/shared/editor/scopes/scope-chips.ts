/** The chosen scopes, each as a button that takes it out again. */
import { create, icon } from "../dom";
import type { Translate } from "../translate";
import type { ScopeMarks } from "./scope-marks";
import type { ScopeWords } from "./scope-words";

export interface ScopeChips {
  show(chosen: readonly string[], marks: ScopeMarks): void;
}

/** @param remove takes a scope out; the chips are shown anew before it returns. */
export function scopeChips(
  bar: HTMLElement,
  words: ScopeWords,
  translate: Translate,
  remove: (scope: string) => void,
  focusWhenEmpty: HTMLElement,
): ScopeChips {
  const createChip = (scope: string, at: number, { marks, clientIdName }: ScopeMarks): HTMLElement => {
    const mark = marks.get(scope);
    const why = mark === undefined ? "" : translate(`mark.${mark}`, { name: clientIdName });
    const chip = create(
      "button",
      {
        type: "button",
        class: why === "" ? "spotify-chip" : "spotify-chip spotify-chip-marked",
        title: why === "" ? scope : `${scope}: ${why}`,
        "aria-label": translate("scopes.remove", { scope: words.label(scope) }),
      },
      ...(why === "" ? [] : [icon("exclamation-triangle")]),
      create("span", {}, words.label(scope)),
      icon("times"),
    );
    chip.addEventListener("click", () => {
      remove(scope);
      const left = bar.querySelectorAll("button");
      (left[Math.min(at, left.length - 1)] ?? focusWhenEmpty).focus();
    });
    return create("li", {}, chip);
  };

  return {
    show(chosen, marks) {
      bar.replaceChildren(...chosen.map((scope, at) => createChip(scope, at, marks)));
    },
  };
}
