/** The panel that says where the node's tokens will come from: a sentence, what to do, and each source with its reason. */
import { create, icon } from "../dom";
import type { Translate } from "../translate";
import type { WayName } from "../account-dialog";
import { clientText, type ExplanationWords, type Remedy } from "./words";

export interface ExplanationPanel {
  /** @param note a sentence below the headline; "" for none */
  show(words: ExplanationWords | undefined, note: string): void;
  /** Marks what is shown as outdated until the answer arrives. */
  wait(): void;
}

export interface ExplanationPanelOptions {
  box: HTMLElement;
  /** Takes the sentence and the buttons, if they matter to every user. */
  outside: HTMLElement;
  translate: Translate;
  /** Sets the node's property `clientId`. */
  choose(clientId: string): void;
  /** Opens the account's dialog. @param way of signing in that it is to begin with */
  openAccount(way: WayName | undefined): void;
}

const ICONS = { good: "check-circle", mind: "info-circle", none: "exclamation-triangle" } as const;

export function explanationPanel(options: ExplanationPanelOptions): ExplanationPanel {
  const { box, outside, translate, choose, openAccount } = options;
  const said = create("div", { role: "status" });
  const list = create("ul", { class: "spotify-sources" });
  const summary = create("summary", {}, translate("explain.sources"));
  const details = create("details", { class: "spotify-hint" }, summary, list);
  box.replaceChildren(said, details);
  let shown = "";

  const button = (text: string, act: () => void): HTMLElement => {
    const made = create("button", { type: "button", class: "red-ui-button spotify-button" }, text);
    made.addEventListener("click", act);
    return made;
  };

  const buttons = ({ best, app, account }: Remedy): HTMLElement[] => {
    const made: HTMLElement[] = [];
    if (best) made.push(button(translate("refusal.useBest"), () => choose("best")));
    if (app !== undefined) {
      const name = clientText(app, translate);
      made.push(button(translate("refusal.use", { name }), () => choose(app)));
    }
    if (account === "own-app") {
      made.push(button(translate("explain.signInWithOwnApp"), () => openAccount("own-app")));
    } else if (account === "any") {
      made.push(button(translate("explain.openAccount"), () => openAccount(undefined)));
    }
    return made.length === 0 ? [] : [create("div", { class: "spotify-notice-buttons" }, ...made)];
  };

  return {
    show(words, note) {
      for (const place of [box, outside]) delete place.dataset["waits"];
      // A screen reader reads out what changes: it is left alone when nothing did, and stays unfolded.
      const fingerprint = JSON.stringify([words, note]);
      if (fingerprint === shown) return;
      shown = fingerprint;
      const isOutside = words?.matters === true;
      outside.hidden = !isOutside;
      box.hidden = words === undefined || (isOutside && words.sources.length === 0);
      if (words === undefined) return;
      if (isOutside) outside.replaceChildren(said);
      else box.prepend(said);
      for (const place of [box, outside]) place.dataset["tone"] = words.tone;
      said.replaceChildren(
        create(
          "div",
          { class: "spotify-headline" },
          icon(ICONS[words.tone]),
          create("strong", {}, words.headline),
        ),
        ...(note === "" ? [] : [create("div", { class: "spotify-hint" }, note)]),
        ...buttons(words.remedy),
      );
      details.hidden = words.sources.length === 0;
      list.replaceChildren(
        ...words.sources.map(({ taken, name, text }) =>
          create(
            "li",
            { "data-taken": String(taken) },
            icon(taken ? "check" : "minus"),
            create("span", {}, create("strong", {}, `${name}:`), " ", text),
          ),
        ),
      );
    },
    wait() {
      for (const place of [box, outside]) place.dataset["waits"] = "true";
    },
  };
}
