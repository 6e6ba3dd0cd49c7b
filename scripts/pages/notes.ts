import type { Report, ScopeReport } from "../../src/core/knowledge";
import { codes, link } from "./markdown";

/** Footnotes: where something was reported, and when. */
export class Notes {
  readonly #reports: Report[] = [];

  mark(report: Report): string {
    if (!this.#reports.includes(report)) this.#reports.push(report);
    return superscript(this.#reports.indexOf(report) + 1);
  }

  toString(): string {
    return this.#reports
      .map((report, i) => {
        const { scopes, tried } = report as ScopeReport;
        const extent =
          tried && tried.length < scopes.length
            ? `; tried with ${codes(tried)}, and the others are taken to be the same`
            : "";
        return `${superscript(i + 1)} ${link(report)}${extent}`;
      })
      .join("  \n");
  }
}

function superscript(number: number): string {
  return String(number).replaceAll(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(Number(digit)));
}
