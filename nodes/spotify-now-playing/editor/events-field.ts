/** What the node sends a message for: each change is a box to tick. */
import { PLAYBACK_CHANGES } from "../../../src/player/playback-state";
import { byId } from "../../shared/editor/dom";
import { tickList } from "../../shared/editor/tick-list";
import type { Translate } from "../../shared/editor/translate";
import { wordsToStore } from "../../shared/editor/words-to-store";
import { chosenChanges } from "../changes";

export interface EventsField {
  /** As they are to be stored. */
  chosen(): string[];
}

export function eventsField(translate: Translate, stored: unknown): EventsField {
  const more = byId("spotify-more-changes", HTMLDetailsElement);
  const hint = byId("spotify-change-hint", HTMLElement);
  const chosen = Array.isArray(stored) ? chosenChanges(stored) : [];
  const ticks = tickList(byId("spotify-changes", HTMLElement), chosen, (ticked) => {
    hint.textContent = ticked.length === 0 ? translate("hint.noEvents") : "";
  });
  more.open = more.querySelector("input:checked") !== null;
  return { chosen: () => wordsToStore(PLAYBACK_CHANGES, ticks.ticked(), stored) };
}
