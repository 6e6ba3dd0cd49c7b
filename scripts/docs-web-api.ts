/** Where tokens work, from what is publicly known: a table of the README, and a list in each help panel. */
import { CLIENT_IDS, WEB_API_BLOCK, webApiRefuses, type ClientIdName } from "../src/core/knowledge";

/** What a language has to say: `locales/<language>/web-api.json`, and English here. `__since__` is a day. */
export interface WebApiTexts {
  intro: string;
  /** What an app of the user's own is called, and a token of login5. */
  ownApp: string;
  login5: string;
  /** What the Web API does with a token. */
  takes: string;
  refuses: string;
  notReported: string;
  /** What follows from it. */
  advice: string;
}

export const ENGLISH: WebApiTexts = {
  intro: "Whether the public Web API (api.spotify.com) takes a token depends on its client ID:",
  ownApp: "an app of your own",
  login5: "any, from the source `login5`",
  takes: "takes it",
  refuses:
    "has refused it since __since__: every call answers 429 “API rate limit exceeded”, from the first one on, and waiting does not help",
  notReported: "not reported",
  advice:
    "The node looks once a day whether the Web API takes tokens of Spotify's own client IDs; until it has seen that, their `audience` is `spotify-internal`. For the Web API sign in with an app of your own.",
};

/** Each client ID and what the Web API does with its tokens. */
export function webApiRows(texts: WebApiTexts): [clientId: string, verdict: string][] {
  const refuses = texts.refuses.replace("__since__", WEB_API_BLOCK.since);
  const spotifys = (Object.keys(CLIENT_IDS) as ClientIdName[]).map((name): [string, string] => [
    `\`${name}\``,
    webApiRefuses(CLIENT_IDS[name]) ? refuses : texts.notReported,
  ]);
  return [[texts.ownApp, texts.takes], ...spotifys, [texts.login5, refuses]];
}
