/** `docs/client-ids.md`: what is publicly known about client IDs and scopes. */
import * as catalog from "../../nodes/spotify-token/locales/en-US/spotify-token.json";
import {
  CLIENT_IDS,
  DESKTOP_ONLY_REPORT,
  DESKTOP_ONLY_SCOPES,
  REPORTED_GRANTS,
  REPORTED_REFUSALS,
  WEB_API_BLOCK,
  WEB_API_SCOPES,
  webApiRefuses,
  type ClientIdName,
  type ScopeReport,
} from "../../src/core/knowledge";
import { code, codes, link, table } from "./markdown";
import { Notes } from "./notes";

const NAMES = Object.keys(CLIENT_IDS) as ClientIdName[];
const IS_THE_APP: Readonly<Record<ClientIdName, string>> = {
  keymaster: "Spotify's desktop app. Pairing signs in as this app",
  android: "Spotify's app for Android",
  ios: "Spotify's app for iPhone and iPad",
};

export const clientIds = {
  "client-ids": (): string =>
    table(
      ["name", "client ID", "whose it is"],
      NAMES.map((name) => [code(name), code(CLIENT_IDS[name]), IS_THE_APP[name]]),
    ),
  scopes: scopeTable,
  reports: reportTable,
  "web-api": webApiTable,
};

function scopeTable(): string {
  const texts: Readonly<Record<string, { label: string; text: string }>> = catalog["spotify-token"].scope;
  const rows = [...WEB_API_SCOPES, ...DESKTOP_ONLY_SCOPES].map((scope) => {
    const { label, text } = texts[scope]!;
    return [code(scope), label, text];
  });
  return table(["scope", "in the dialog", "what it allows"], rows);
}

function reportTable(): string {
  const notes = new Notes();
  const mark = (clientId: string, scope: string): string => {
    const of = (reports: readonly ScopeReport[] | undefined): ScopeReport | undefined =>
      reports?.find(({ scopes }) => scopes.includes(scope));
    const refusal = of(REPORTED_REFUSALS[clientId]);
    if (refusal) return `refused ${notes.mark(refusal)}`;
    const grant = of(REPORTED_GRANTS[clientId]);
    return grant ? `given ${notes.mark(grant)}` : "no report";
  };
  const isReported = (scope: string): boolean =>
    [REPORTED_REFUSALS, REPORTED_GRANTS].some((reports) =>
      Object.values(reports)
        .flat()
        .some(({ scopes }) => scopes.includes(scope)),
    );
  const rows = WEB_API_SCOPES.filter(isReported).map((scope) => [
    code(scope),
    ...NAMES.map((name) => mark(CLIENT_IDS[name], scope)),
  ]);
  return [
    table(["scope", ...NAMES.map(code)], rows),
    `Only ${code("keymaster")} is reported to have these: ${codes(DESKTOP_ONLY_SCOPES)}. If an app of your own asks for ` +
      `one of them, Spotify refuses the whole sign-in ${notes.mark(DESKTOP_ONLY_REPORT)}.`,
    notes.toString(),
  ].join("\n\n");
}

function webApiTable(): string {
  const refuses =
    `has refused them since ${WEB_API_BLOCK.since}: it answers each call with 429 “API rate limit exceeded”, ` +
    "from the first one on, and waiting does not help";
  const rows = [
    ["an app of your own", "takes them"],
    ...NAMES.map((name) => [
      code(name),
      webApiRefuses(CLIENT_IDS[name]) ? refuses : "no report says whether it takes them",
    ]),
    [`any, if the token comes from ${code("login5")}`, refuses],
  ];
  return [
    table(["client ID of the tokens", "the Web API"], rows),
    `Reported in ${WEB_API_BLOCK.reports.map(link).join("; ")}.`,
  ].join("\n\n");
}
