/** The dialog as a whole: what is judged anew whenever the account, the client ID or the scopes change. */
import type { RED as EditorRED } from "@node-red/editor-client";
import { clientIdKey } from "../../spotify-session/editor/client-id";
import { clientIdField } from "../../spotify-session/editor/client-id-field";
import { byId } from "../../spotify-session/editor/dom";
import type { Translate } from "../../spotify-session/editor/translate";
import { explanationView } from "./explanation";
import { judge, marksIfChosen, type SessionSetting } from "./refusal";
import { refusalNotice } from "./refusal-notice";
import { scopePicker } from "../../spotify-session/editor/scopes/scope-picker";
import { scopeWords } from "../../spotify-session/editor/scopes/scope-words";
import { SCOPE_GROUPS } from "../../spotify-session/editor/scopes/scopes";

declare const RED: EditorRED;

export interface TokenDialog {
  /** The scopes chosen now. */
  scopes(): string[];
  close(): void;
}

function sessionSetting(id: string): SessionSetting | undefined {
  const session = RED.nodes.node(id) as Partial<SessionSetting> | null | undefined;
  if (session === null || session === undefined) return undefined;
  return { clientId: session.clientId ?? "", followClientId: session.followClientId ?? true };
}

/** Keeps a value that this version does not offer, such as one from a later version, instead of losing it. */
function keepUnoffered(select: HTMLSelectElement, value: string | undefined): void {
  if (value === undefined || value === "") return;
  if (![...select.options].some((option) => option.value === value)) select.add(new Option(value, value));
  select.value = value;
}

/** Fills the dialog in; Node-RED has already filled the plain inputs. */
export function openDialog(
  translate: Translate,
  scopes: readonly string[],
  source: string | undefined,
): TokenDialog {
  const session = byId("node-input-session", HTMLSelectElement);
  const emit = byId("node-input-emit", HTMLSelectElement);
  const sourceSelect = byId("node-input-source", HTMLSelectElement);
  keepUnoffered(sourceSelect, source);

  const noticeBox = byId("spotify-refusal", HTMLElement);
  const currentSession = (): SessionSetting | undefined => sessionSetting(session.value);
  const nameOf = (id: string): string => translate(`clientId.name.${clientIdKey(id)}`);

  const words = scopeWords(translate);
  const picker = scopePicker(
    {
      chips: byId("spotify-scope-chips", HTMLElement),
      empty: byId("spotify-scope-empty", HTMLElement),
      count: byId("spotify-scope-count", HTMLElement),
      search: byId("spotify-scope-search", HTMLInputElement),
      list: byId("spotify-scope-list", HTMLElement),
    },
    scopes,
    words,
    translate,
    () => refresh(),
  );
  const clientId = clientIdField({
    prefix: "node-input",
    translate,
    hint(choice) {
      if (choice !== "") return translate(`clientId.hint.${choice}`);
      const verdict = judge("", currentSession(), []);
      if (verdict.clientId === undefined) return translate("clientId.hint.session");
      const name = nameOf(verdict.clientId);
      return translate(`clientId.hint.${currentSession()?.followClientId ? "sessionNow" : "sessionPinned"}`, {
        name,
      });
    },
    changed() {
      refresh();
      noticeBox.scrollIntoView({ block: "nearest" });
    },
  });
  const choose = (chosen: string): void => clientId.choose(chosen);
  const notice = refusalNotice(noticeBox, translate, words, choose);
  const explanation = explanationView({
    box: byId("spotify-explanation", HTMLElement),
    translate,
    label: (scope) => words.label(scope),
    locale: RED.i18n.lang(),
    choose,
    openAccount: () => document.getElementById("node-input-btn-session-edit")?.click(),
  });

  function refresh(again = false): void {
    const chosen = picker.chosen();
    // Login5 is asked for no scope, and so refuses none.
    const asked = sourceSelect.value === "login5" ? [] : chosen;
    const verdict = judge(clientId.value(), currentSession(), asked);
    const offered = [...SCOPE_GROUPS.flatMap((group) => group.scopes), ...chosen];
    picker.mark({
      marks: marksIfChosen(clientId.value(), currentSession(), chosen, offered),
      clientIdName: nameOf(verdict.clientId ?? ""),
    });
    if (sourceSelect.value === "login5") picker.sayWhenEmpty(translate("scopes.emptyLogin5"), "hint");
    else if (emit.value === "auto") picker.sayWhenEmpty(translate("scopes.emptyAuto"), "warning");
    else picker.sayWhenEmpty(translate("scopes.empty"), "hint");
    notice.show(verdict);
    clientId.refreshHint();
    explanation.show(
      {
        session: session.value,
        scopes: chosen,
        clientId: clientId.value(),
        source: sourceSelect.value,
        emit: emit.value,
        warned: verdict.marked.size > 0,
      },
      again,
    );
  }

  // The session's own dialog may be opened on top of this one and change what was judged here.
  const sessionChanged = (changed: { id?: string }): void => {
    if (changed.id === session.value) refresh();
  };
  // It has been closed: somebody may have signed in there.
  const onTop = (): void => refresh(true);
  RED.events.on("nodes:change", sessionChanged);
  RED.events.on("editor:change", onTop);
  for (const select of [session, emit, sourceSelect]) $(select).on("change", () => refresh());
  refresh();
  return {
    scopes: () => picker.chosen(),
    close() {
      RED.events.off("nodes:change", sessionChanged);
      RED.events.off("editor:change", onTop);
      explanation.close();
    },
  };
}
