/** The method and the path of a request. As a person types, the calls of the Web API that may be meant are offered. */
import { suggestedCalls } from "../../../src/web-api/suggested-calls";
import { byId, create } from "../../shared/editor/dom";
import { keepUnoffered } from "../../shared/editor/select";
import type { Translate } from "../../shared/editor/translate";
import { typedField } from "../../shared/editor/typed-field";
import { readSuggestion, suggestionText } from "./path-text";

const KINDS = ["msg", "flow", "global", "env", "jsonata"] as const;

export interface PathField {
  /** Empty: the message names it. */
  method(): string;
  /** The path as it stands there; undefined if it comes from elsewhere. */
  path(): string | undefined;
  choose(method: string, path: string): void;
}

/** @param stored the node's properties in today's form */
export function pathField(
  stored: { method: unknown; pathType: unknown },
  translate: Translate,
  changed: () => void,
): PathField {
  const method = byId("node-input-method", HTMLSelectElement);
  // Node-RED leaves the box empty for a value that is no text of an option.
  method.value = typeof stored.method === "string" ? stored.method : "GET";
  keepUnoffered(method, stored.method);

  const suggest = (text: string): { value: string; label: JQuery }[] =>
    suggestedCalls(text, method.value || undefined).map((call) => ({
      value: suggestionText(call),
      // Node-RED takes a jQuery object.
      label: $(
        create(
          "div",
          { class: "spotify-suggestion" },
          create("b", {}, call.method),
          create("span", {}, call.path),
          ...(call.gone ? [create("small", {}, translate("call.goneShort"))] : []),
        ),
      ),
    }));
  const text = {
    value: "str",
    label: translate("pathKind"),
    icon: "red/images/typedInput/az.svg",
    autoComplete: suggest,
  };
  const field = typedField("path", [text, ...KINDS], stored.pathType, "str");
  const isText = (): boolean => field.kind() === "str";

  const choose = (chosenMethod: string, path: string): void => {
    method.value = chosenMethod;
    field.set("str", path);
    changed();
  };
  /** Takes a suggestion apart, as soon as it stands in the field. */
  const take = (): void => {
    const suggestion = isText() ? readSuggestion(field.value()) : undefined;
    if (suggestion) choose(suggestion.method, suggestion.path);
    else changed();
  };
  method.addEventListener("change", changed);
  field.onChange(take);
  // Node-RED does not tell that Enter or Tab has taken the first suggestion.
  field.onLeave(take);
  field.onKey((key) => (key === "Enter" ? take() : changed()));

  return {
    method: () => method.value,
    path: () => (isText() ? field.value() : undefined),
    choose,
  };
}
