/**
 * The client ID as a select, with a text field for an own app. The value that Node-RED stores is in a hidden
 * input, so that Node-RED fills it, saves it and sees it change as any other.
 */
import { isOwnAppId, OWN_APP, choiceFor, storedFor } from "./client-id";
import { byId } from "./dom";
import { isEnvReference } from "./env";
import type { EnvTexts } from "./env-layers";
import type { Translate } from "./translate";

export interface ClientIdField {
  /** The value as it would be stored now. */
  value(): string;
  /** Chooses a value as if the user had, and takes the focus there. */
  choose(value: string): void;
  /** Asks for the hint again, after something else that it depends on has changed. */
  refreshHint(): void;
}

export interface ClientIdFieldOptions {
  /** `node-input` or `node-config-input`. */
  prefix: string;
  translate: Translate;
  /** What an environment variable in it stands for. */
  env: EnvTexts;
  /** The sentence below the select for what is chosen there. */
  hint(choice: string): string;
  changed(): void;
}

export function clientIdField(options: ClientIdFieldOptions): ClientIdField {
  const { prefix, translate } = options;
  const stored = byId(`${prefix}-clientId`, HTMLInputElement);
  const select = byId(`${prefix}-clientId-choice`, HTMLSelectElement);
  const ownRow = byId(`${prefix}-clientId-own-row`, HTMLElement);
  const own = byId(`${prefix}-clientId-own`, HTMLInputElement);
  const problem = byId(`${prefix}-clientId-problem`, HTMLElement);
  const hint = byId(`${prefix}-clientId-hint`, HTMLElement);
  const offered = [...select.options].map((option) => option.value).filter((value) => value !== OWN_APP);

  const display = (): void => {
    const isOwn = select.value === OWN_APP;
    ownRow.hidden = !isOwn;
    const text = own.value.trim();
    const isVariable = isOwn && isEnvReference(text);
    const wrong = isOwn && text !== "" && !isVariable && !isOwnAppId(text);
    own.setAttribute("aria-invalid", String(wrong));
    problem.textContent = wrong ? translate("clientId.problem", { length: text.length }) : "";
    hint.textContent = isVariable ? options.env.explain(text) : options.hint(select.value);
  };
  const show = (value: string): void => {
    select.value = choiceFor(value, offered);
    own.value = select.value === OWN_APP && value !== OWN_APP ? value : "";
    display();
  };
  const store = (): void => {
    stored.value = storedFor(select.value, own.value);
    display();
    $(stored).trigger("change");
    options.changed();
  };

  select.addEventListener("change", () => {
    store();
    if (select.value === OWN_APP) own.focus();
  });
  own.addEventListener("input", store);
  show(stored.value);

  return {
    value: () => stored.value,
    choose(value) {
      show(value);
      store();
      select.focus();
    },
    refreshHint: display,
  };
}
