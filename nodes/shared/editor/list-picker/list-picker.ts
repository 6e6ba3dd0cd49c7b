/** A button that opens a list of what an account has, from which a person picks by name. */
import { byId, create, icon } from "../dom";
import type { LiveFeed } from "../live-feed";
import { isRecord } from "../record";
import { askForList, type ListName } from "./ask-for-list";
import { liveAsking } from "./live-asking";
import type { PickerRow } from "./picker-row";
import { rowList } from "./row-list";

/** The texts of a picker. */
export interface PickerTexts {
  /** On the button that opens the list. */
  show: string;
  /** Of the button that asks once more. */
  refresh: string;
  /** Of the list. */
  title: string;
  asking: string;
  noAccount: string;
  notDeployed: string;
  /** If Node-RED does not answer. */
  failed: string;
  /** Below the list. @param count how many there are */
  note(count: number): string;
}

export interface PickerOptions {
  /** The ID of the element in dialog.html. The IDs of its parts begin with it. */
  id: string;
  /** The list that Node-RED is asked for. */
  path: ListName;
  texts: PickerTexts;
  /** The account that is chosen in the dialog; undefined if none is. */
  account: () => string | undefined;
  /** Each tells when the list may have changed. */
  feeds: readonly LiveFeed[];
  /** How often the list is asked for while it is open, ms. Default: only after a change. */
  every?: number;
  /** @param list what Node-RED has answered */
  rows: (list: readonly unknown[]) => PickerRow[];
  onPick: (row: PickerRow) => void;
}

export interface ListPicker {
  /** Shows that another value is in the field. */
  chosen(value: string): void;
  /** Another account is chosen: an open list is that of the new one. */
  accountChanged(): void;
  close(): void;
}

/** While the list is open, it is asked for again when the account has changed. */
export function listPicker(options: PickerOptions): ListPicker {
  const { id, path, texts, account, feeds, rows, onPick } = options;
  const show = create(
    "button",
    {
      type: "button",
      id: `${id}-show`,
      class: "red-ui-button spotify-button",
      "aria-expanded": "false",
      "aria-controls": `${id}-panel`,
    },
    icon("list"),
    " ",
    create("span", {}, texts.show),
  );
  const refresh = create(
    "button",
    {
      type: "button",
      id: `${id}-refresh`,
      class: "red-ui-button spotify-button",
      title: texts.refresh,
      "aria-label": texts.refresh,
      hidden: "",
    },
    icon("refresh"),
  );
  const list = rowList({ id: `${id}-list`, "aria-label": texts.title }, onPick, () => show.focus());
  const note = create("div", { id: `${id}-note`, class: "spotify-hint", "aria-live": "polite" });
  const panel = create("div", { id: `${id}-panel`, hidden: "" }, list.element, note);
  byId(id, HTMLElement).replaceChildren(show, " ", refresh, panel);
  let stopListening: (() => void)[] = [];

  const ask = async (signal: AbortSignal): Promise<boolean> => {
    const asked = account();
    if (asked === undefined) {
      list.show([]);
      note.textContent = texts.noAccount;
      return false;
    }
    try {
      const answer = await askForList(asked, path);
      if (signal.aborted) return false;
      const found = rows(answer);
      list.show(found);
      note.textContent = texts.note(found.length);
      return true;
    } catch (failure) {
      if (signal.aborted) return false;
      const { status, responseJSON } = failure as JQuery.jqXHR;
      const { error } = (isRecord(responseJSON) ? responseJSON : {}) as { error?: { message?: string } };
      // If Node-RED does not answer for a moment, a person goes on picking.
      if (status !== 0) list.show([]);
      note.textContent = status === 404 ? texts.notDeployed : (error?.message ?? texts.failed);
      // The feeds say when it makes sense to ask again.
      return false;
    }
  };
  const asking = liveAsking(ask, options.every);

  const begin = (): void => {
    note.textContent = texts.asking;
    asking.begin();
  };
  const open = (): void => {
    list.show([]);
    begin();
    stopListening = feeds.map((feed) => feed.listen(() => asking.changed()));
  };
  const shut = (): void => {
    asking.end();
    for (const stop of stopListening) stop();
    stopListening = [];
  };
  const toggle = (isOpen: boolean): void => {
    panel.hidden = !isOpen;
    refresh.hidden = !isOpen;
    show.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) open();
    else shut();
  };
  show.addEventListener("click", () => toggle(Boolean(panel.hidden)));
  show.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || panel.hidden) return;
    event.preventDefault();
    list.enter();
  });
  refresh.addEventListener("click", begin);
  byId(id, HTMLElement).addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    // The dialog stays open.
    event.stopPropagation();
    event.preventDefault();
    toggle(false);
    show.focus();
  });

  return {
    chosen: (value) => list.mark(value),
    accountChanged() {
      list.show([]);
      if (!panel.hidden) begin();
    },
    close: shut,
  };
}
