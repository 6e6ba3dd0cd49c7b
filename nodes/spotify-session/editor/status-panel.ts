/** The panel that shows how the deployed session is. */
import { create } from "../../shared/editor/dom";
import { failureText } from "./failure-text";
import { lineText } from "./line";
import { type Found, viewOf } from "./status";
import { timeText } from "../../shared/editor/time-text";
import type { Translate } from "../../shared/editor/translate";

export interface StatusPanel {
  show(found: Found): void;
}

/**
 * @param locale the editor's language, for times
 * @param useHere the user wants to use here what the original of a copy has
 */
export function statusPanel(
  panel: HTMLElement,
  translate: Translate,
  locale: string,
  useHere: () => Promise<void>,
): StatusPanel {
  let shown = "";

  const useHereButton = (): HTMLButtonElement => {
    const kind = "red-ui-button spotify-button spotify-use-here";
    const button = create("button", { type: "button", class: kind }, translate("useHere.button"));
    button.addEventListener("click", () => {
      button.disabled = true;
      void useHere().finally(() => (button.disabled = false));
    });
    return button;
  };

  return {
    show(found) {
      const view = viewOf(found, (time) => timeText(time, Date.now(), locale));
      // A screen reader reads the panel out whenever it changes: leave it alone when nothing did.
      const fingerprint = JSON.stringify(view);
      if (fingerprint === shown) return;
      shown = fingerprint;
      panel.dataset["light"] = view.light;
      panel.replaceChildren(
        create("span", { class: "spotify-status-light", "aria-hidden": "true" }),
        create(
          "div",
          { class: "spotify-status-text" },
          create("div", { class: "spotify-status-title" }, lineText(translate, view.title)),
          ...view.details.map((detail) =>
            create("div", { class: "spotify-status-detail" }, lineText(translate, detail)),
          ),
          ...(view.offersUseHere ? [useHereButton()] : []),
        ),
      );
      if (view.error !== null) {
        const { code, message: title } = view.error;
        const text = failureText(view.error, translate);
        panel.lastElementChild?.append(
          create("div", { class: "spotify-status-error" }, text, " ", create("code", { title }, code)),
        );
      }
    },
  };
}
