/** Who is signed in and by which ways, each with a button that ends it. */
import { create, icon } from "../../shared/editor/dom";
import { lineText } from "./line";
import type { ScopeWords } from "../../shared/editor/scopes/scope-words";
import type { Ask } from "./sign-in/api";
import type { Message } from "./sign-in/message";
import { dayText, type SignIn, type SignInView, signInViews } from "./sign-ins";
import type { Translate } from "../../shared/editor/translate";

export interface SignInList {
  show(signIns: readonly SignIn[]): void;
}

export interface SignInListOptions {
  /** Hidden while the account is not signed in. */
  section: HTMLElement;
  list: HTMLElement;
  all: HTMLElement;
  said: Message;
  ask: Ask;
  translate: Translate;
  words: ScopeWords;
  /** The editor's language, for dates. */
  locale: string;
  /**
   * Node-RED has forgotten a sign-in; `all` if it has forgotten every one.
   * @returns whether only the next deploy makes that complete
   */
  signedOut(which: SignInView["way"] | "all"): boolean;
  /** The user wants to do one again that has ended, or soon will. */
  again(view: SignInView): void;
}

const ICONS = { configured: "key", stored: "link", app: "id-badge" } as const;

export function signInList(options: SignInListOptions): SignInList {
  const { section, list, all, said, ask, translate, words, locale } = options;
  let shown = "";

  const button = (text: string, act: () => void, kind = ""): HTMLButtonElement => {
    const made = create("button", { type: "button", class: `red-ui-button spotify-button ${kind}` }, text);
    made.addEventListener("click", act);
    return made;
  };

  /** A button that asks once before it acts, in its own place. */
  const asking = (place: HTMLElement, text: string, question: string, act: () => Promise<void>): void => {
    const first = button(text, () => {
      const keep = button(translate("signOut.keep"), () => {
        place.replaceChildren(first);
        first.focus();
      });
      const really = button(
        text,
        () => {
          really.disabled = true;
          keep.disabled = true;
          void act().finally(() => place.replaceChildren(first));
        },
        "spotify-danger",
      );
      place.replaceChildren(create("span", { class: "spotify-question" }, question), really, keep);
      keep.focus();
    });
    place.replaceChildren(first);
  };

  const signOut = async (body: object, which: SignInView["way"] | "all"): Promise<void> => {
    const result = await ask("POST", "sign-out", body);
    if (!result.ok) return said.fail(result.failure);
    const needsDeploy = options.signedOut(which);
    const done = translate(which === "all" ? "signOut.doneAll" : "signOut.done");
    said.say("info", needsDeploy ? `${done} ${translate("signOut.deploy")}` : done);
  };

  const scopesOf = (scopes: readonly string[]): HTMLElement =>
    create(
      "details",
      { class: "spotify-sign-in-detail" },
      create("summary", {}, translate("signIns.scopes", { number: scopes.length })),
      scopes.map((scope) => words.label(scope)).join(" · "),
    );

  const row = (view: SignInView): HTMLElement => {
    const title = lineText(translate, view.title);
    const actions = create("div", { class: "spotify-sign-in-actions" });
    asking(actions, translate("signOut.one"), translate(`signOut.question.${view.way}`), () =>
      signOut({ id: view.id }, view.way),
    );
    actions.querySelector("button")?.setAttribute("aria-label", `${translate("signOut.one")}: ${title}`);
    const details = view.details.map((detail) => lineText(translate, detail)).join(" · ");
    return create(
      "li",
      { "data-tone": view.tone },
      icon(ICONS[view.way]),
      create(
        "div",
        { class: "spotify-sign-in-text" },
        create(
          "div",
          { class: "spotify-sign-in-title" },
          title,
          ...(view.clientId === undefined ? [] : [" ", create("code", {}, view.clientId)]),
        ),
        create("div", { class: "spotify-sign-in-detail" }, details),
        ...(view.scopes.length === 0 ? [] : [scopesOf(view.scopes)]),
        ...(view.again === undefined
          ? []
          : [button(translate("signIns.again"), () => options.again(view), "spotify-again")]),
      ),
      actions,
    );
  };

  asking(all, translate("signOut.all"), translate("signOut.question.all"), () =>
    signOut({ all: true }, "all"),
  );

  return {
    show(signIns) {
      const views = signInViews(signIns, Date.now(), (time) => dayText(time, locale));
      // Does not replace a row that the user is reading or answering.
      const fingerprint = JSON.stringify(views);
      if (fingerprint === shown) return;
      shown = fingerprint;
      section.hidden = views.length === 0;
      list.replaceChildren(...views.map(row));
    },
  };
}
