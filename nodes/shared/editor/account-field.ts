/**
 * The account that a node uses. Node-RED's own select box holds accounts only; this lets it hold an environment
 * variable, `${NAME}`, whose value is the ID of an account.
 */
import type { RED as EditorRED } from "@node-red/editor-client";
import { byId, create } from "./dom";
import { isEnvReference } from "./env";
import type { EnvTexts } from "./env-layers";
import { textsOf } from "./translate";

declare const RED: EditorRED;

export interface AccountField {
  select: HTMLSelectElement;
  /** The ID of the account, or undefined if none is chosen or the editor cannot know which it is. */
  accountId(): string | undefined;
}

/** To be called after Node-RED has made its select box. @param stored the node's property `session` */
export function accountField(stored: unknown, env: EnvTexts): AccountField {
  const translate = textsOf("spotify-session");
  const select = byId("node-input-session", HTMLSelectElement);
  const text = create("input", {
    type: "text",
    id: "node-input-session-env",
    class: "spotify-checked",
    spellcheck: "false",
    "aria-label": translate("account.variable"),
    "aria-describedby": "node-input-session-env-hint",
    placeholder: "${SPOTIFY_ACCOUNT}",
  });
  const hint = create("div", { id: "node-input-session-env-hint", class: "spotify-hint" });
  const row = create("div", { class: "spotify-below", hidden: "" }, text, hint);
  select.closest(".form-row")?.append(row);
  const option = create("option", {}, translate("account.fromVariable"));
  const variable = typeof stored === "string" && isEnvReference(stored) ? stored : undefined;
  let written = variable ?? "${}";

  const offer = (): void => {
    // It was the last to be removed, which made it the one that is chosen: that is Node-RED's choice now.
    option.selected = false;
    select.append(option);
    // Node-RED disables the pencil for an option that it takes for a variable of a subflow.
    $(option).data("env", {});
  };

  const meaning = (): string => {
    const id = env.valueOf(written);
    const account = id === undefined ? undefined : accountNode(id);
    if (account !== undefined) {
      return translate("account.standsFor", { name: account.name || translate("label.unnamed") });
    }
    return id === undefined ? env.explain(written) : translate("account.noSuch", { value: id });
  };

  const display = (): void => {
    option.value = written;
    // Node-RED makes all options anew after an account's dialog was closed.
    if (option.parentElement !== select) offer();
    const isChosen = select.selectedOptions[0] === option;
    row.hidden = !isChosen;
    if (!isChosen) return;
    const isGood = isEnvReference(written);
    text.setAttribute("aria-invalid", String(!isGood));
    hint.textContent = isGood ? meaning() : translate("account.variableForm");
  };

  text.value = variable ?? "";
  text.addEventListener("input", () => {
    const typed = text.value.trim();
    written = /^[^\s${}]+$/.test(typed) ? `\${${typed}}` : typed || "${}";
    display();
    option.selected = true;
    $(select).trigger("change");
  });
  const isOffered = [...select.options].some(({ value }) => value === stored);
  offer();
  option.value = written;
  if (variable !== undefined && !isOffered) option.selected = true;
  $(select).on("change", display);
  display();

  return {
    select,
    accountId() {
      const id = env.valueOf(select.value);
      return id !== undefined && accountNode(id) !== undefined ? id : undefined;
    },
  };
}

function accountNode(id: string): { name?: string } | undefined {
  const node = RED.nodes.node(id) as { type?: string; name?: string } | null | undefined;
  return node?.type === "spotify-session" ? node : undefined;
}
