/** The line in which a way of signing in says how it went. */
import { create, icon } from "../../../shared/editor/dom";
import { failureText } from "../failure-text";
import type { Translate } from "../../../shared/editor/translate";
import type { Failure } from "./answers";

export interface Message {
  clear(): void;
  say(kind: "busy" | "good" | "bad" | "info", text: string): void;
  fail(failure: Failure): void;
}

const ICONS = {
  busy: "circle-o-notch",
  good: "check-circle",
  bad: "exclamation-triangle",
  info: "info-circle",
} as const;

export function message(box: HTMLElement, translate: Translate): Message {
  const say = (kind: keyof typeof ICONS, text: string, ...more: Node[]): void => {
    box.dataset["kind"] = kind;
    box.replaceChildren(icon(ICONS[kind]), create("span", {}, text, ...more));
  };
  return {
    clear() {
      box.dataset["kind"] = "none";
      box.replaceChildren();
    },
    say,
    fail(failure) {
      const { kind, code, message: title } = failure;
      if (kind !== "refused") return say("bad", translate(`failure.${kind}`));
      const text = failureText(failure, translate);
      if (code === "") say("bad", text);
      else say("bad", `${text} `, create("code", { title }, code));
    },
  };
}
