/** What of a help panel is made from data, in its language: the errors, and where tokens work. */
import { ERROR_GUIDE, type ErrorAdvice, type Retry } from "../src/core/error-guide";
import type { SpotifyErrorCode } from "../src/core/errors";
import { withSection } from "./docs-section";
import { ENGLISH as ENGLISH_WEB_API, webApiRows, type WebApiTexts } from "./docs-web-api";

/**
 * What a language has to say: `locales/<language>/errors.json` and `web-api.json`, and for English the guide itself and
 * `docs-web-api.ts`.
 */
export interface HelpTexts {
  webApi: WebApiTexts;
  /** What stands above those that asking again helps against in the same way. */
  headings: Record<Retry, string>;
  codes: Record<SpotifyErrorCode, Pick<ErrorAdvice, "cause" | "action">>;
}

export const ENGLISH: HelpTexts = {
  webApi: ENGLISH_WEB_API,
  headings: {
    no: "Asking again does not help before the cause is gone:",
    wait: "Ask again when the time is over:",
    yes: "Ask again after a while:",
  },
  codes: ERROR_GUIDE,
};

const ORDER: readonly Retry[] = ["no", "wait", "yes"];

/** A help panel with its made sections as they should be; not yet in the form of prettier. */
export function help(before: string, texts: HelpTexts): string {
  const withErrors = withSection(before, "errors", ORDER.map((retry) => group(retry, texts)).join("\n"));
  return withSection(withErrors, "web-api", webApi(texts.webApi));
}

function webApi(texts: WebApiTexts): string {
  const items = webApiRows(texts).map(
    ([clientId, verdict]) => `<li>${html(clientId)}: ${html(verdict)}</li>`,
  );
  return `<p>${html(texts.intro)}</p>\n<ul>\n${items.join("\n")}\n</ul>\n<p>${html(texts.advice)}</p>`;
}

function group(retry: Retry, { headings, codes }: HelpTexts): string {
  const names = (Object.keys(ERROR_GUIDE) as SpotifyErrorCode[]).filter(
    (code) => ERROR_GUIDE[code].retry === retry,
  );
  const items = names.map((code) => {
    const { cause, action } = codes[code];
    return `<li><code>${code}</code><br />${html(cause)}<br /><i>${html(action)}</i></li>`;
  });
  return `<p>${html(headings[retry])}</p>\n<ul>\n${items.join("\n")}\n</ul>`;
}

function html(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}
