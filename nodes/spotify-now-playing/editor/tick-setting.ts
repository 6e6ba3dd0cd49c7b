/** What the property `tick` may hold. Pure. */
import { isEnvReference } from "../../shared/editor/env";
import { isTick } from "../tick";

/** What to store for what the user has typed: a number if it is one. Nothing typed means never. */
export function tickToStore(typed: string): number | string {
  const text = typed.trim();
  if (text === "") return 0;
  const seconds = Number(text.replace(",", "."));
  return Number.isFinite(seconds) ? seconds : text;
}

/** Whether a node can work with it. */
export function isTickSetting(stored: unknown): boolean {
  if (stored === undefined || stored === "" || isEnvReference(stored)) return true;
  return (typeof stored === "number" || typeof stored === "string") && isTick(Number(stored));
}
