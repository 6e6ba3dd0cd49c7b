/** Shows what the account can do, and a button for each sign-in that it lacks. */
import { abilities, type Ability } from "./complete-set";
import { byId, create, icon } from "../../shared/editor/dom";
import type { WayName } from "../../shared/editor/account-dialog";
import type { SignIn } from "./sign-ins";
import type { Translate } from "../../shared/editor/translate";

export interface CompleteSetList {
  show(signIns: readonly SignIn[]): void;
}

/** @param choose opens a way of signing in */
export function completeSetList(translate: Translate, choose: (way: WayName) => void): CompleteSetList {
  const list = byId("spotify-complete-set", HTMLElement);
  let shown = "";

  const row = ({ id, isThere, way }: Ability): HTMLElement => {
    const state = isThere ? "there" : "missing";
    const text = create(
      "div",
      {},
      create("strong", {}, translate(`set.${id}`)),
      " ",
      translate(`set.${id}-${state}`),
    );
    if (!isThere) {
      const button = create(
        "button",
        { type: "button", class: "red-ui-button spotify-button" },
        translate(`set.do-${way}`),
      );
      button.addEventListener("click", () => choose(way));
      text.append(create("div", {}, button));
    }
    return create("li", { "data-state": state }, icon(isThere ? "check" : "circle-o"), text);
  };

  return {
    show(signIns) {
      const found = abilities(signIns);
      // A screen reader reads the list when it changes, and a button may have the focus.
      const fingerprint = JSON.stringify(found);
      if (fingerprint === shown) return;
      shown = fingerprint;
      list.hidden = found.length === 0;
      list.replaceChildren(...found.map(row));
    },
  };
}
