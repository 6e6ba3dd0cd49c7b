/**
 * The client ID as a select, with a text field for an own app. The value that Node-RED stores is in a hidden
 * input, so that Node-RED fills it, saves it and sees it change as any other.
 */
import { isOwnAppId, OWN_APP, choiceFor, storedFor } from "./client-id";
import { byId } from "./dom";
import { isEnvReference } from "./env";
import type { EnvTexts } from "./env-layers";
import type { Translate } from "./translate";
import { typedField, type TypedField } from "./typed-field";

/** The select's entry for a value from elsewhere. */
const TYPED = "typed";
/** The kind of what the select itself holds. */
const PLAIN = "str";
/** So much of a client ID tells two apps apart. */
const SHOWN_OF_ID = 8;
const KINDS = ["msg", "flow", "global", "env", "jsonata"] as const;

export interface ClientIdField {
  /** The value as it would be stored now. */
  value(): string;
  /** Whether the value comes from elsewhere, so that it is not known here. */
  isTyped(): boolean;
  /** Chooses a value as if the user had, and takes the focus there. */
  choose(value: string): void;
  /** Offers the apps that are signed in, beside the others. */
  offerApps(clientIds: readonly string[]): void;
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
  const typed = typedPart(prefix, stored.value, () => store());
  const offered = (): string[] =>
    [...select.options].map((option) => option.value).filter((value) => value !== OWN_APP && value !== TYPED);
  const isTyped = (): boolean => select.value === TYPED;

  const display = (): void => {
    const isOwn = select.value === OWN_APP;
    ownRow.hidden = !isOwn;
    if (typed) typed.row.hidden = !isTyped();
    const text = own.value.trim();
    const isVariable = isOwn && isEnvReference(text);
    const wrong = isOwn && text !== "" && !isVariable && !isOwnAppId(text);
    own.setAttribute("aria-invalid", String(wrong));
    problem.textContent = wrong ? translate("clientId.problem", { length: text.length }) : "";
    const choice = isOwnAppId(select.value) ? OWN_APP : select.value;
    hint.textContent = isVariable ? options.env.explain(text) : options.hint(choice);
  };
  const show = (value: string): void => {
    select.value = choiceFor(value, offered());
    own.value = select.value === OWN_APP && value !== OWN_APP ? value : "";
    display();
  };
  function store(): void {
    stored.value = isTyped() && typed ? typed.field.value() : storedFor(select.value, own.value);
    if (typed) typed.kind.value = isTyped() ? typed.field.kind() : PLAIN;
    display();
    $(stored).trigger("change");
    options.changed();
  }

  select.addEventListener("change", () => {
    store();
    if (select.value === OWN_APP) own.focus();
  });
  own.addEventListener("input", store);
  if (typed && typed.kind.value !== "" && typed.kind.value !== PLAIN) {
    select.value = TYPED;
    display();
  } else {
    show(stored.value);
  }

  return {
    value: () => stored.value,
    isTyped,
    choose(value) {
      show(value);
      store();
      select.focus();
    },
    offerApps(clientIds) {
      const others = offered().filter((value) => isOwnAppId(value));
      if (others.join() === clientIds.join()) return;
      // The user is typing a client ID, which may become one of these.
      const isTyping = document.activeElement === own;
      const old = [...select.options].filter(({ value }) => others.includes(value));
      for (const option of old) option.remove();
      const last = [...select.options].find(({ value }) => value === OWN_APP) ?? null;
      for (const clientId of clientIds) {
        const text = translate("clientId.app", { id: `${clientId.slice(0, SHOWN_OF_ID)}…` });
        select.add(new Option(text, clientId), last);
      }
      if (!isTyped() && !isTyping) show(stored.value);
    },
    refreshHint: display,
  };
}

interface TypedPart {
  row: HTMLElement;
  field: TypedField;
  /** The input of the node's property `clientIdType`. */
  kind: HTMLInputElement;
}

/** The part for a value from elsewhere; undefined in a dialog that does not have it. */
function typedPart(prefix: string, value: string, changed: () => void): TypedPart | undefined {
  const row = document.getElementById(`${prefix}-clientId-typed-row`);
  const kind = document.getElementById(`${prefix}-clientIdType`);
  if (row === null || !(kind instanceof HTMLInputElement)) return undefined;
  const isPlain = kind.value === "" || kind.value === PLAIN;
  $(`#${prefix}-clientIdFrom`).val(isPlain ? "clientId" : value);
  const field = typedField("clientIdFrom", KINDS, isPlain ? "msg" : kind.value, "msg");
  field.onChange(() => {
    if (!row.hidden) changed();
  });
  return { row, field, kind };
}
