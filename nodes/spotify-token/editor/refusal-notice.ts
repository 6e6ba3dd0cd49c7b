/** The box that says which scopes will probably be refused, with a button for each way out. */
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { clientIdKey } from "../../shared/editor/client-id";
import { create, icon } from "../../shared/editor/dom";
import type { Translate } from "../../shared/editor/translate";
import type { Verdict } from "./refusal";
import type { ScopeWords } from "../../shared/editor/scopes/scope-words";

export interface RefusalNotice {
  show(verdict: Verdict): void;
}

/** @param choose sets the node's property `clientId`. */
export function refusalNotice(
  box: HTMLElement,
  translate: Translate,
  words: ScopeWords,
  choose: (clientId: string) => void,
): RefusalNotice {
  let shown = "";

  const wayOut = (text: string, clientId: string): HTMLElement => {
    const button = create("button", { type: "button", class: "red-ui-button spotify-button" }, text);
    button.addEventListener("click", () => choose(clientId));
    return button;
  };

  const list = (scopes: readonly string[]): HTMLElement =>
    create("p", { class: "spotify-notice-scopes" }, scopes.map((scope) => words.label(scope)).join(" · "));

  const refused = ({ clientId, marked, remedy, bestHelps, sources }: Verdict): Node[] => {
    const name = translate(`clientId.name.${clientIdKey(clientId ?? "")}`);
    const onlyDesktop = ![...marked.values()].includes("refused");
    const nodes: Node[] = [
      create(
        "strong",
        {},
        icon("exclamation-triangle"),
        " ",
        translate(`refusal.${onlyDesktop ? "desktopOnly" : "title"}`, { name }),
      ),
      list([...marked.keys()]),
      create("p", {}, translate("refusal.consequence")),
    ];
    const buttons: Node[] = [];
    if (remedy !== undefined) {
      buttons.push(wayOut(translate("refusal.use", { name: translate(`clientId.name.${remedy}`) }), remedy));
    }
    if (bestHelps) buttons.push(wayOut(translate("refusal.useBest"), "best"));
    nodes.push(create("div", { class: "spotify-notice-buttons" }, ...buttons));
    if (sources.length > 0) {
      nodes.push(create("small", {}, translate("refusal.source", { source: sources.join(", ") })));
    }
    return nodes;
  };

  const atRisk = ({ clientId, atRisk: scopes }: Verdict): Node[] => [
    create("strong", {}, icon("info-circle"), " ", translate("refusal.mayChange")),
    create(
      "p",
      {},
      translate("refusal.mayChangeText", {
        name: translate(`clientId.name.${clientIdKey(clientId ?? "")}`),
        android: translate(`clientId.name.${clientIdKey(CLIENT_IDS.android)}`),
      }),
    ),
    list(scopes),
    create("div", { class: "spotify-notice-buttons" }, wayOut(translate("refusal.useBest"), "best")),
  ];

  return {
    show(verdict) {
      const fingerprint = JSON.stringify([verdict, [...verdict.marked]]);
      if (fingerprint === shown) return;
      shown = fingerprint;
      const kind = verdict.marked.size > 0 ? "refused" : verdict.atRisk.length > 0 ? "risk" : "none";
      box.dataset["kind"] = kind;
      box.replaceChildren(
        ...(kind === "refused" ? refused(verdict) : kind === "risk" ? atRisk(verdict) : []),
      );
    },
  };
}
