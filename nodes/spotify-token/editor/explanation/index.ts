/** Says, as the user chooses, where the node's tokens will come from. */
import type { RED as EditorRED } from "@node-red/editor-client";
import type { Explanation, SourceChoice } from "../../../../src/tokens/routing";
import { isValidSetting } from "../../../spotify-session/editor/client-id";
import { isScopeList } from "../../../spotify-session/editor/scopes/scopes";
import { explanationFeed, type Question } from "./feed";
import { momentText } from "./moment";
import { type ExplanationPanelOptions, explanationPanel } from "./panel";
import { type ExplanationWords, explanationWords, type Wording, wordsWithoutAsking } from "./words";

declare const RED: EditorRED & { user?: { hasPermission?(permission: string): boolean } };

/** What the dialog has now. */
export interface Chosen extends Question {
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
  options: ExplanationPanelOptions & Pick<Wording, "label"> & { locale: string },
): ExplanationView {
  const { translate, label, locale } = options;
  const panel = explanationPanel(options);
  const wording: Wording = { translate, label, when: (time) => momentText(time, Date.now(), locale) };
  let latest: Chosen;
  /** The last answer; undefined where there was none to be had. */
  let known: Explanation | undefined;

  const say = (words: ExplanationWords | undefined): void => {
    // What a message may say, the sentence does not know.
    const isOpen = latest.scopes.length === 0 && latest.source !== "login5" && latest.emit !== "auto";
    panel.show(words, isOpen ? translate("explain.messages") : "");
  };
  const sayUnasked = (): void => say(wordsWithoutAsking(latest.source, latest.scopes, translate));
  const sayKnown = (): void => {
    if (known === undefined) return sayUnasked();
    const { clientId, warned } = latest;
    say(explanationWords(known, { source: latest.source as SourceChoice, clientId, warned }, wording));
  };

  const feed = explanationFeed((explanation) => {
    known = explanation;
    sayKnown();
  });

  return {
    show(chosen, again = false) {
      latest = chosen;
      const { session, scopes, clientId, source } = chosen;
      const isCertain = source === "login5" && scopes.length > 0;
      if (isCertain || !isAskable(chosen)) {
        feed.cancel();
        sayUnasked();
      } else if (feed.ask({ session, scopes, clientId, source }, again)) {
        panel.wait();
      } else {
        sayKnown();
      }
    },
    close: () => feed.cancel(),
  };
}

/** Whether there is an answer to be had: what is not deployed Node-RED does not know. */
function isAskable({ session, clientId, scopes }: Chosen): boolean {
  const node = RED.nodes.node(session) as { changed?: boolean; d?: boolean } | null | undefined;
  if (!node || node.changed === true || node.d === true) return false;
  if (RED.user?.hasPermission?.("spotify-session.read") === false) return false;
  return isValidSetting(clientId, ["best", "", "keymaster", "android", "ios"]) && isScopeList(scopes);
}
