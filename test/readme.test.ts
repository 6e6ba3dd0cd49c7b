import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CLIENT_IDS, REPORTED_GRANTS, REPORTED_REFUSALS, WEB_API_SCOPES } from "../src/tokens/knowledge";

describe("the README", () => {
  const readme = readFileSync(join(__dirname, "..", "README.md"), "utf8");

  it("has the table of client IDs and scopes that the package goes by", () => {
    const table = scopeTable();
    assert.ok(readme.includes(table), `README.md should hold:\n${table}`);
  });

  it("names every error code", () => {
    const source = readFileSync(join(__dirname, "..", "src", "errors.ts"), "utf8");
    const codes = [...source.matchAll(/^ {2}\| "([A-Z_]+)"/gm)].map(([, code]) => code!);
    assert.equal(codes.length, 15);
    assert.deepEqual(
      codes.filter((code) => !readme.includes(`\`${code}\``)),
      [],
    );
  });
});

function scopeTable(): string {
  const mark = (clientId: string, scope: string): string => {
    const refusal = REPORTED_REFUSALS[clientId]?.find(({ scopes }) => scopes.includes(scope));
    if (refusal) return `refused (${refusal.source})`;
    return REPORTED_GRANTS[clientId]?.includes(scope) ? "given" : "";
  };
  const rows = WEB_API_SCOPES.filter((scope) =>
    Object.values(CLIENT_IDS).some((id) => mark(id, scope) !== ""),
  );
  const columns = [CLIENT_IDS.keymaster, CLIENT_IDS.android, CLIENT_IDS.ios];
  const lines = rows.map((scope) => [`\`${scope}\``, ...columns.map((id) => mark(id, scope))]);
  const head = ["scope", "KEYMASTER", "ANDROID", "IOS"];
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i]!.length), 3));
  const row = (cells: string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [row(head), row(widths.map((width) => "-".repeat(width))), ...lines.map(row)].join("\n");
}
