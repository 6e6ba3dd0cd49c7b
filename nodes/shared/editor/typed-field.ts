/** A field of Node-RED's typed inputs, whose kind is stored beside it. */

/** The name of one of Node-RED's kinds, or a kind of one's own. */
export type Kind = string | TypedKind;

export interface TypedKind {
  value: string;
  label: string;
  hasValue?: boolean;
  icon?: string;
  /** @returns what may be meant; `label` is shown */
  autoComplete?(text: string): { value: string; label: string | JQuery }[];
}

export interface TypedField {
  value(): string;
  kind(): string;
  set(kind: string, value: string): void;
  onChange(listener: () => void): void;
  /** Node-RED tells of a change only when the field is left. */
  onKey(listener: (key: string | undefined) => void): void;
  onLeave(listener: () => void): void;
}

/**
 * Makes a typed input of `#node-input-<name>`, whose kind is in the hidden `#node-input-<name>Type`.
 *
 * @param stored the node's property with the kind, in today's form
 */
export function typedField(
  name: string,
  kinds: readonly Kind[],
  stored: unknown,
  fallback: string,
): TypedField {
  const input = $(`#node-input-${name}`);
  input.typedInput({
    default: fallback,
    types: kinds as never,
    typeField: $(`#node-input-${name}Type`),
  });
  input.typedInput("type", typeof stored === "string" && stored !== "" ? stored : fallback);
  const shown = nameTyped(name).filter(".red-ui-typedInput-input");
  return {
    value: () => input.typedInput("value"),
    kind: () => input.typedInput("type"),
    set(kind, value) {
      input.typedInput("type", kind);
      input.typedInput("value", value);
    },
    onChange: (listener) => void input.on("change", listener),
    onKey: (listener) => void shown.on("keyup", ({ key }) => listener(key)),
    onLeave: (listener) => void shown.on("focusout", listener),
  };
}

/**
 * Gives the parts of a typed input the name of their row. Node-RED hides the input that the label is for, and shows others.
 * @returns the parts: a button for the kind, the field, and perhaps more buttons
 */
export function nameTyped(name: string): JQuery {
  const label = $(`label[for="node-input-${name}"]`);
  if (label.attr("id") === undefined) label.attr("id", `node-input-${name}-label`);
  const parts = $(`#node-input-${name}`)
    .next(".red-ui-typedInput-container")
    .find("button, .red-ui-typedInput-input");
  return parts.attr("aria-labelledby", label.attr("id") ?? "");
}
