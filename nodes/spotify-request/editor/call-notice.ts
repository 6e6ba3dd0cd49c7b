/** Says below the path what is known of the call: what it needs, what the message has to hold, and whether it is gone. */
import type { Call } from "../../../src/web-api/calls";
import { byId, create, icon } from "../../shared/editor/dom";
import type { Translate } from "../../shared/editor/translate";
import { readSuggestion } from "./path-text";

export interface ShownCall {
  /** undefined if it is not known here. */
  call: Call | undefined;
  /** undefined if the path comes from elsewhere. */
  path: string | undefined;
  names: readonly string[];
  /** Whether the node names the scopes itself. */
  hasScopes: boolean;
}

export interface CallNoticeOptions {
  translate: Translate;
  /** What a scope is called. */
  label(scope: string): string;
  locale: string;
  /** Replaces the call. */
  choose(method: string, path: string): void;
}

export function callNotice({ translate, label, locale, choose }: CallNoticeOptions) {
  const lines = byId("spotify-call", HTMLElement);
  const gone = byId("spotify-call-gone", HTMLElement);
  const query = byId("spotify-query-hint", HTMLElement);
  let shown = "";

  const quoted = (scopes: readonly string[]): string =>
    scopes.map((scope) => translate("call.quoted", { name: label(scope) })).join(", ");

  const need = ({ call, path, hasScopes }: ShownCall): string => {
    if (hasScopes) return translate("call.ownScopes");
    if (path === undefined) return translate("call.later");
    if (path.trim() === "") return translate("call.begin");
    if (call === undefined) return translate("call.unknown");
    return call.scopes.length === 0
      ? translate("call.needsNothing")
      : translate("call.needs", { scopes: quoted(call.scopes) });
  };

  const sentences = (what: ShownCall): string[] => {
    const { call, names, hasScopes } = what;
    const all = [need(what)];
    const forSome = hasScopes ? undefined : call?.scopesForSome;
    if (forSome !== undefined) all.push(translate("call.needsForSome", { scopes: quoted(forSome) }));
    if (names.length > 0) {
      all.push(translate("call.fromMessage", { names: names.map((name) => `msg.${name}`).join(", ") }));
    }
    return all;
  };

  const showGone = (call: Call | undefined): void => {
    gone.dataset["kind"] = call?.gone ? "gone" : "none";
    if (!call?.gone) return gone.replaceChildren();
    const { since, instead } = call.gone;
    const text = translate(since < "2026" ? "call.goneNewApps" : "call.gone", {
      since: dayText(since, locale),
    });
    const replacement = instead === undefined ? undefined : readSuggestion(instead);
    const button = create("button", { type: "button", class: "red-ui-button spotify-button" });
    if (replacement) {
      button.textContent = translate("call.useInstead", { call: instead! });
      button.addEventListener("click", () => choose(replacement.method, replacement.path));
    }
    gone.replaceChildren(
      create("div", {}, icon("exclamation-triangle"), " ", text),
      ...(replacement ? [create("div", { class: "spotify-notice-buttons" }, button)] : []),
    );
  };

  const parameter = (name: string, { longestPage }: Call): string => {
    if (name.startsWith("*")) return translate("query.required", { name: name.slice(1) });
    if (name === "limit" && longestPage !== undefined) {
      return translate("query.atMost", { name, number: longestPage });
    }
    return name;
  };

  return {
    show(what: ShownCall): void {
      // A screen reader reads out what changes.
      const fingerprint = JSON.stringify(what);
      if (fingerprint === shown) return;
      shown = fingerprint;
      const { call } = what;
      showGone(call);
      const texts = call?.gone ? [] : sentences(what);
      lines.replaceChildren(
        ...texts.map((text) => create("div", { class: "spotify-hint spotify-call-line" }, text)),
      );
      const names = call?.query?.map((name) => parameter(name, call)) ?? [];
      query.textContent =
        names.length > 0 ? translate("query.takes", { names: names.join(", ") }) : translate("query.example");
    },
  };
}

/** @param day `YYYY-MM-DD` */
function dayText(day: string, locale: string): string {
  return new Date(`${day}T12:00:00Z`).toLocaleDateString(locale, {
    year: "numeric",
    month: "long",
    day: "numeric",
    timeZone: "UTC",
  });
}
