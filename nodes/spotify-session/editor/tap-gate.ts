/** Whom a tap may sign in, and the button that lets in another account. */
import { byId } from "../../shared/editor/dom";
import { timeText } from "../../shared/editor/time-text";
import type { Translate } from "../../shared/editor/translate";
import { lineText } from "./line";
import type { Ask } from "./sign-in/api";
import { message } from "./sign-in/message";
import type { Found } from "./status";
import { tapGateView } from "./tap-gate-view";

export interface TapGate {
  show(found: Found): void;
}

export interface TapGateOptions {
  ask: Ask;
  translate: Translate;
  /** The editor's language, for times. */
  locale: string;
  /** It was opened or closed. */
  changed: () => void;
}

export function tapGate({ ask, translate, locale, changed }: TapGateOptions): TapGate {
  const row = byId("spotify-tap-gate", HTMLElement);
  const text = byId("spotify-tap-gate-text", HTMLElement);
  const button = byId("spotify-tap-gate-button", HTMLButtonElement);
  const said = message(byId("spotify-tap-gate-message", HTMLElement), translate);
  let isOpen = false;
  let shown = "";

  const toggle = async (): Promise<void> => {
    button.disabled = true;
    said.clear();
    const result = await ask("POST", "let-others-tap", { allowed: !isOpen });
    button.disabled = false;
    if (!result.ok) said.fail(result.failure);
    changed();
  };
  button.addEventListener("click", () => void toggle());

  return {
    show(found) {
      const view = tapGateView(found, (time) => timeText(time, Date.now(), locale));
      // Leaves alone what a screen reader is reading.
      const fingerprint = JSON.stringify(view ?? null);
      if (fingerprint === shown) return;
      shown = fingerprint;
      row.hidden = view === undefined;
      if (view === undefined) return;
      isOpen = view.isOpen;
      row.dataset["open"] = String(isOpen);
      text.textContent = lineText(translate, view.line);
      button.textContent = translate(isOpen ? "tapGate.stop" : "tapGate.allow");
    },
  };
}
