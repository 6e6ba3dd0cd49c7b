/** The panel that says where the node's tokens will come from: a sentence, what to do, and each source with its why. */
import { create, icon } from "../../../spotify-session/editor/dom";
import type { Translate } from "../../../spotify-session/editor/translate";
import { clientText, type ExplanationWords, type Remedy } from "./words";

export interface ExplanationPanel {
  /** @param note a sentence below the headline; "" for none */
  show(words: ExplanationWords | undefined, note: string): void;
  /** What is shown is of what was chosen before: the answer is on its way. */
  wait(): void;
}

export interface ExplanationPanelOptions {
  box: HTMLElement;
  translate: Translate;
  /** Sets the node's property `clientId`. */
  choose(clientId: string): void;
  /** Opens the account's dialog. */
  openAccount(): void;
}

const ICONS = { good: "check-circle", mind: "info-circle", none: "exclamation-triangle" } as const;

export function explanationPanel(options: ExplanationPanelOptions): ExplanationPanel {
  const { box, translate, choose, openAccount } = options;
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
    if (account) made.push(button(translate("explain.openAccount"), openAccount));
    return made.length === 0 ? [] : [create("div", { class: "spotify-notice-buttons" }, ...made)];
  };

  return {
    show(words, note) {
      delete box.dataset["waits"];
      // A screen reader reads out what changes: it is left alone when nothing did, and stays unfolded.
      const fingerprint = JSON.stringify([words, note]);
      if (fingerprint === shown) return;
      shown = fingerprint;
      box.hidden = words === undefined;
      if (words === undefined) return;
      box.dataset["tone"] = words.tone;
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
      box.dataset["waits"] = "true";
    },
  };
}
