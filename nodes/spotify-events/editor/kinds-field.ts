/** The kinds of events, each a box to tick. */
import { byId } from "../../shared/editor/dom";
import { tickList } from "../../shared/editor/tick-list";
import type { Translate } from "../../shared/editor/translate";
import { wordsToStore } from "../../shared/editor/words-to-store";
import { EVENT_KINDS, eventKinds } from "../kinds";

export interface KindsField {
  /** As they are to be stored. */
  chosen(): string[];
}

export function kindsField(translate: Translate, stored: unknown): KindsField {
  const list = byId("spotify-event-kinds", HTMLElement);
  const problem = byId("spotify-event-problem", HTMLElement);
  const ticks = tickList(list, eventKinds(stored), (ticked) => {
    const none = ticked.length === 0;
    list.setAttribute("aria-invalid", String(none));
    problem.textContent = none ? translate("validation.kinds") : "";
  });
  return { chosen: () => wordsToStore(EVENT_KINDS, ticks.ticked(), stored) };
}
