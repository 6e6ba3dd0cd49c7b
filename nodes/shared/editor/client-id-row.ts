/**
 * The row with the client ID, as the dialogs of spotify-token and spotify-request have it: best, the account's, a public
 * one, an app that is signed in, another app, or a value from elsewhere. The texts are those of spotify-token.
 */
import { create, icon } from "./dom";
import { textsOf } from "./translate";

/** The words that a node's property `clientId` may hold. */
export const OFFERED_CLIENT_IDS = ["best", "", "keymaster", "android", "ios"] as const;

/** @param mount takes the row */
export function clientIdRow(mount: HTMLElement): void {
  const translate = textsOf("spotify-token");
  const text = (value: string): string => {
    if (value === "best" || value === "own" || value === "typed") return translate(`clientId.${value}`);
    return translate(value === "" ? "clientId.session" : `clientId.name.${value}`);
  };
  const select = create("select", {
    class: "spotify-select",
    id: "node-input-clientId-choice",
    "aria-describedby": "node-input-clientId-hint",
  });
  for (const value of [...OFFERED_CLIENT_IDS, "own", "typed"]) select.add(new Option(text(value), value));
  const own = create(
    "div",
    { id: "node-input-clientId-own-row", class: "spotify-below", hidden: "" },
    create("input", {
      type: "text",
      class: "spotify-checked",
      id: "node-input-clientId-own",
      maxlength: "64",
      spellcheck: "false",
      "aria-describedby": "node-input-clientId-problem",
      placeholder: translate("clientId.placeholder"),
      "aria-label": translate("clientId.placeholder"),
    }),
    create("div", { id: "node-input-clientId-problem", class: "spotify-problem", "aria-live": "polite" }),
  );
  const typed = create(
    "div",
    { id: "node-input-clientId-typed-row", class: "spotify-below", hidden: "" },
    create("input", { type: "text", id: "node-input-clientIdFrom", style: "width: 100%" }),
    create("input", { type: "hidden", id: "node-input-clientIdFromType" }),
  );
  mount.replaceChildren(
    create(
      "label",
      { for: "node-input-clientId-choice" },
      icon("id-badge"),
      " ",
      create("span", {}, translate("field.clientId")),
    ),
    // As between the label and the field of every other row.
    " ",
    select,
    own,
    typed,
    create("div", { id: "node-input-clientId-hint", class: "spotify-below spotify-hint" }),
  );
}
