/** How often the node sends the position, in seconds. */
import { byId } from "../../shared/editor/dom";
import type { EnvTexts } from "../../shared/editor/env-layers";
import type { Translate } from "../../shared/editor/translate";
import { isTickSetting, tickToStore } from "./tick-setting";

export interface TickField {
  /** As it is to be stored. */
  value(): number | string;
}

export function tickField(translate: Translate, env: EnvTexts, stored: unknown): TickField {
  const input = byId("spotify-tick", HTMLInputElement);
  const hint = byId("spotify-tick-hint", HTMLElement);
  const problem = byId("spotify-tick-problem", HTMLElement);
  const display = (): void => {
    const isGood = isTickSetting(tickToStore(input.value));
    input.setAttribute("aria-invalid", String(!isGood));
    problem.textContent = isGood ? "" : translate("validation.tick");
    hint.textContent = env.explain(input.value.trim()) || translate("hint.tick");
  };
  input.value = typeof stored === "string" || typeof stored === "number" ? String(stored) : "0";
  input.addEventListener("input", display);
  display();
  return { value: () => tickToStore(input.value) };
}
