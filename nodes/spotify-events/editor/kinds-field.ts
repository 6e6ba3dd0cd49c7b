/** The kinds of events, each a box to tick. */
import { byId } from "../../shared/editor/dom";
import type { Translate } from "../../shared/editor/translate";
import { eventKinds } from "../kinds";
import { kindsToStore } from "./kinds";

export interface KindsField {
  /** As they are to be stored. */
  chosen(): string[];
}

export function kindsField(translate: Translate, stored: unknown): KindsField {
  const list = byId("spotify-event-kinds", HTMLElement);
  const problem = byId("spotify-event-problem", HTMLElement);
  const boxes = [...list.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
  const ticked = (): string[] => boxes.filter((box) => box.checked).map((box) => box.value);

  const display = (): void => {
    const none = ticked().length === 0;
    list.setAttribute("aria-invalid", String(none));
    problem.textContent = none ? translate("validation.kinds") : "";
  };

  const chosen: readonly string[] = eventKinds(stored);
  for (const box of boxes) {
    box.checked = chosen.includes(box.value);
    box.addEventListener("change", display);
  }
  display();
  return { chosen: () => kindsToStore(ticked(), stored) };
}
