/** Signing in by a tap: the user picks the account in a Spotify app on the same network. */
import { byId } from "../../../shared/editor/dom";
import { lineText } from "../line";
import type { Found } from "../status";
import type { Translate } from "../../../shared/editor/translate";
import { message } from "./message";
import { tapView } from "./tap-view";

export interface Tap {
  /** @param isTicked whether the dialog, as it is now, would have the session visible */
  show(found: Found, isTicked: boolean): void;
}

/** @param turnOn has the session visible, from the next deploy on */
export function tap(translate: Translate, turnOn: () => void): Tap {
  const begin = byId("spotify-tap-begin", HTMLButtonElement);
  const said = message(byId("spotify-tap-message", HTMLElement), translate);
  let shown = "";

  begin.addEventListener("click", turnOn);

  return {
    show(found, isTicked) {
      const view = tapView(found, isTicked);
      // Leaves alone what a screen reader is reading.
      const fingerprint = JSON.stringify(view);
      if (fingerprint === shown) return;
      shown = fingerprint;
      begin.hidden = !view.isOff;
      if (view.kind === "none") said.clear();
      else said.say(view.kind, lineText(translate, view.line));
    },
  };
}
