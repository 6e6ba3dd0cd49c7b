/** Asks Node-RED where a token would come from, while the user chooses. */
import type { Explanation } from "../../../../src/tokens/explanation";
import { readExplanation } from "./explanation";

/** The request waits until the user has stopped clicking for this long. */
const WAIT_MS = 200;

export interface Question {
  /** ID of the config node. */
  session: string;
  scopes: readonly string[];
  /** The node's property. */
  clientId: string;
  source: string;
}

export interface ExplanationFeed {
  /**
   * Asks, after a moment; what was asked before is forgotten.
   * @param again though it is the same question
   * @returns whether the answer is still to come
   */
  ask(question: Question, again: boolean): boolean;
  /** There is nothing to ask. */
  cancel(): void;
}

function isClosed(answer: unknown): boolean {
  return (answer as { isOpen?: unknown } | null)?.isOpen === false;
}

/** @param tell is given the answer, or undefined if there is no answer */
export function explanationFeed(tell: (explanation: Explanation | undefined) => void): ExplanationFeed {
  let timer: number | undefined;
  let request: JQuery.jqXHR | undefined;
  let asked = "";
  let isAnswered = false;

  const cancel = (): void => {
    window.clearTimeout(timer);
    const aborted = request;
    // First, or what the abort calls would take it for an answer.
    request = undefined;
    aborted?.abort();
    asked = "";
    isAnswered = false;
  };

  const open = (account: string, then: () => void): void => {
    const mine = $.ajax({
      url: `${account}/open`,
      method: "POST",
      contentType: "application/json",
      data: "{}",
      dataType: "text",
    });
    request = mine;
    mine.always(() => {
      if (request === mine) then();
    });
  };

  const send = (question: Question, mayOpen = true): void => {
    const { session, scopes, clientId, source } = question;
    // Relative, or Node-RED would not send who asks.
    const account = `spotify-session/${encodeURIComponent(session)}`;
    const mine = $.ajax({
      url: `${account}/explain`,
      data: { scopes: scopes.join(","), clientId, source },
      cache: false,
      dataType: "json",
    });
    request = mine;
    const settle = (explanation: Explanation | undefined): void => {
      if (request !== mine) return;
      isAnswered = true;
      tell(explanation);
    };
    mine
      .done((answer: unknown) => {
        // No node uses the account. Asked once more after it is opened.
        if (isClosed(answer) && mayOpen) open(account, () => send(question, false));
        else settle(readExplanation(answer));
      })
      .fail(() => settle(undefined));
  };

  return {
    ask(question, again) {
      const key = JSON.stringify(question);
      if (key === asked && !again) return !isAnswered;
      cancel();
      asked = key;
      timer = window.setTimeout(() => send(question), WAIT_MS);
      return true;
    },
    cancel,
  };
}
