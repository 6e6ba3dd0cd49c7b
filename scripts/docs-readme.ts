/** The parts of the README that come from data, so that it says what the package uses. */
import { SPOTIFY_ENDPOINTS, type Endpoints } from "../src/core/endpoints";
import { ERROR_GUIDE, RETRY_WORDS } from "../src/core/error-guide";
import type { SpotifyErrorCode } from "../src/core/errors";
import {
  CLIENT_IDS,
  DESKTOP_ONLY_REPORT,
  DESKTOP_ONLY_SCOPES,
  KEYMASTER_REFUSAL_REPORT,
  REPORTED_GRANTS,
  REPORTED_REFUSALS,
  REPOSITORIES,
  WEB_API_BLOCK,
  WEB_API_SCOPES,
  type Report,
  type ScopeReport,
} from "../src/core/knowledge";
import { withSection } from "./docs-section";
import { ENGLISH, webApiRows } from "./docs-web-api";

/** The README with its made sections as they should be; not yet in the form of prettier. */
export function readme(before: string): string {
  const sections = {
    scopes: scopeTable(),
    "web-api": webApiTable(),
    errors: errorTable(),
    endpoints: endpointTable(),
  };
  return Object.entries(sections).reduce((text, [name, content]) => withSection(text, name, content), before);
}

function scopeTable(): string {
  const notes = new Notes();
  const mark = (clientId: string, scope: string): string => {
    const of = (reports: readonly ScopeReport[] | undefined): ScopeReport | undefined =>
      reports?.find(({ scopes }) => scopes.includes(scope));
    const refusal = of(REPORTED_REFUSALS[clientId]);
    if (refusal) return `refused ${notes.mark(refusal)}`;
    const grant = of(REPORTED_GRANTS[clientId]);
    return grant ? `given ${notes.mark(grant)}` : "";
  };
  const columns = [CLIENT_IDS.keymaster, CLIENT_IDS.android, CLIENT_IDS.ios];
  const rows = WEB_API_SCOPES.map((scope) => [`\`${scope}\``, ...columns.map((id) => mark(id, scope))]);
  const reported = rows.filter(([, ...marks]) => marks.some((text) => text !== ""));
  const desktop = DESKTOP_ONLY_SCOPES.map((scope) => `\`${scope}\``);
  return [
    table(["scope", "KEYMASTER", "ANDROID", "IOS"], reported),
    `${desktop.slice(0, -1).join(", ")} and ${desktop.at(-1)} are reported to be KEYMASTER's only: an app of your own that asks for one of ` +
      `them is refused as a whole ${notes.mark(DESKTOP_ONLY_REPORT)}.`,
    notes.toString(),
  ].join("\n\n");
}

function webApiTable(): string {
  const reports = WEB_API_BLOCK.reports.map(link).join("; ");
  return [
    table(["client ID", "the Web API"], webApiRows(ENGLISH)),
    `Reported in ${reports}. Spotify's own services still take these tokens.`,
  ].join("\n\n");
}

function errorTable(): string {
  const codes = Object.keys(ERROR_GUIDE) as SpotifyErrorCode[];
  const rows = codes.map((code) => {
    const { cause, action, retry } = ERROR_GUIDE[code];
    return [`\`${code}\``, cause, action, RETRY_WORDS[retry]];
  });
  const examples = codes.map((code) => `- \`${code}\`: ${ERROR_GUIDE[code].example}`);
  return [
    table(["code", "what happened", "what to do", "ask again?"], rows),
    `That keymaster refuses whole accounts is reported in ${link(KEYMASTER_REFUSAL_REPORT)}.`,
    `<details><summary>An example of each message</summary>`,
    examples.join("\n"),
    "</details>",
  ].join("\n\n");
}

const SERVES: Readonly<Record<keyof Endpoints, string>> = {
  apResolve: "which access points, dealers and spclients there are",
  accounts:
    "signing in with an app, pairing, tokens of apps: `/authorize`, `/oauth2/device/authorize`, `/api/token`",
  api: "the Web API: `/v1/me` (whose account an app was signed in to, and which tokens it takes) and `/v1/me/player` (what plays, if nothing is pushed)",
  login5: "tokens for Spotify's own services: `/v3/login`",
  clientToken: "the client token that Login5 requires: `/v1/clienttoken`",
  open: "titles and pictures, if Spotify's own services do not tell them: `/oembed`, without a token",
  spclient: "Spotify's own services: they register the session as a device, and tell names that a push lacks",
  dealer: "the WebSocket on which Spotify says what plays, and which app has control",
};

function endpointTable(): string {
  const names = Object.keys(SPOTIFY_ENDPOINTS) as (keyof Endpoints)[];
  const rows = names.map((name) => [
    `\`${name}\``,
    SERVES[name],
    SPOTIFY_ENDPOINTS[name] === undefined
      ? "the first that the resolver names"
      : `\`${SPOTIFY_ENDPOINTS[name]}\``,
  ]);
  return table(["name", "what is there", "default"], rows);
}

/** Footnotes: where something was reported, and when. */
class Notes {
  readonly #reports: Report[] = [];

  mark(report: Report): string {
    if (!this.#reports.includes(report)) this.#reports.push(report);
    return superscript(this.#reports.indexOf(report) + 1);
  }

  toString(): string {
    return this.#reports
      .map((report, i) => {
        const { scopes, tried } = report as ScopeReport;
        const names = tried?.map((scope) => `\`${scope}\``).join(", ");
        const extent =
          tried && tried.length < scopes.length
            ? `; tried with ${names}, the others taken to be the same`
            : "";
        return `${superscript(i + 1)} ${link(report)}${extent}`;
      })
      .join("  \n");
  }
}

function superscript(number: number): string {
  return String(number).replaceAll(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(Number(digit)));
}

/** @throws Error for a repository without an address */
function link({ source, date }: Report): string {
  const [document, path] = source.split(":");
  if (path !== undefined) return `[${source}](https://github.com/${document}/blob/HEAD/${path}), ${date}`;
  const [name, number] = source.split("#");
  const repository = REPOSITORIES[name!];
  if (repository === undefined) throw new Error(`Where is ${source}?`);
  return `[${source}](${repository}/issues/${number}), ${date}`;
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
