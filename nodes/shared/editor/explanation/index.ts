/** Says, as the user chooses, where the node's tokens will come from. */
import type { RED as EditorRED } from "@node-red/editor-client";
import type { Explanation, SourceChoice } from "../../../../src/tokens/explanation";
import { isValidSetting } from "../client-id";
import { OFFERED_CLIENT_IDS } from "../client-id-row";
import { isScopeList } from "../scopes/scopes";
import { explanationFeed, type Question } from "./feed";
import { momentText, monthText } from "./moment";
import { type ExplanationPanelOptions, explanationPanel } from "./panel";
import { wordsWithoutAsking } from "./without-asking";
import { type ExplanationWords, explanationWords, type Wording } from "./words";

declare const RED: EditorRED & { user?: { hasPermission?(permission: string): boolean } };

/** What the dialog has now. */
export interface Chosen {
  /** ID of the config node; undefined if none is chosen or it is not known here. */
  session: string | undefined;
  /** Undefined if an environment variable holds some that are not known here. */
  scopes: readonly string[] | undefined;
  /** Whether no scope is chosen, and no environment variable for scopes. */
  isEmpty: boolean;
  /** The node's property; undefined if it is an environment variable that is not known here. */
  clientId: string | undefined;
  /** The node's property, or what an environment variable in it stands for. */
  source: string;
  emit: string;
  /** Whether it is said already that Spotify is reported to refuse this client ID these scopes. */
  warned: boolean;
}

export interface ExplanationView {
  /** @param again asks though nothing was chosen anew: something else may have changed */
  show(chosen: Chosen, again?: boolean): void;
  close(): void;
}

export function explanationView(
  options: ExplanationPanelOptions &
    Pick<Wording, "label"> & {
      locale: string;
      /** Node-RED has told which client ID the account has at the moment. */
      learned(clientId: string): void;
    },
): ExplanationView {
  const { translate, label, locale } = options;
  const panel = explanationPanel(options);
  const wording: Wording = {
    translate,
    label,
    when: (time) => momentText(time, Date.now(), locale),
    month: (date) => monthText(date, locale),
  };
  let latest: Chosen;
  /** The last answer; undefined if there was no answer. */
  let known: Explanation | undefined;

  const say = (words: ExplanationWords | undefined): void => {
    // What a message may say, the sentence does not know.
    const isOpen = latest.isEmpty && latest.source !== "login5" && latest.emit !== "auto";
    panel.show(words, isOpen ? translate("explain.messages") : "");
  };
  const sayUnasked = (): void => say(wordsWithoutAsking(latest, wording));
  const sayKnown = (): void => {
    if (known === undefined) return sayUnasked();
    const { clientId = "", warned } = latest;
    say(explanationWords(known, { source: latest.source as SourceChoice, clientId, warned }, wording));
  };

  const feed = explanationFeed((explanation) => {
    known = explanation;
    sayKnown();
    if (explanation !== undefined && latest.clientId === "") options.learned(explanation.clientId);
  });

  return {
    show(chosen, again = false) {
      latest = chosen;
      const question = questionOf(chosen);
      const isCertain = chosen.source === "login5" && !chosen.isEmpty;
      if (isCertain || question === undefined) {
        feed.cancel();
        sayUnasked();
      } else if (feed.ask(question, again)) {
        panel.wait();
      } else {
        sayKnown();
      }
    },
    close: () => feed.cancel(),
  };
}

/** What to ask; undefined if Node-RED cannot answer, for example because the account is not deployed. */
function questionOf({ session, clientId, scopes, source }: Chosen): Question | undefined {
  if (session === undefined || clientId === undefined || !isScopeList(scopes)) return undefined;
  const node = RED.nodes.node(session) as { changed?: boolean; d?: boolean } | null | undefined;
  if (!node || node.changed === true || node.d === true) return undefined;
  if (RED.user?.hasPermission?.("spotify-session.read") === false) return undefined;
  if (!["auto", "keymaster", "oauth", "login5"].includes(source)) return undefined;
  if (!isValidSetting(clientId, OFFERED_CLIENT_IDS)) return undefined;
  return { session, scopes, clientId, source };
}
