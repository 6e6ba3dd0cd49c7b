import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareDocuments, root, textsOf, TRANSLATIONS } from "../scripts/docs";
import { withSection } from "../scripts/docs-section";
import { ENGLISH } from "../scripts/docs-web-api";
import { SPOTIFY_ENDPOINTS } from "../src/core/endpoints";
import { ERROR_GUIDE, type Retry } from "../src/core/error-guide";
import type { SpotifyErrorCode } from "../src/core/errors";
import {
  DESKTOP_ONLY_REPORT,
  KEYMASTER_REFUSAL_REPORT,
  REPORTED_GRANTS,
  REPORTED_REFUSALS,
  WEB_API_BLOCK,
} from "../src/core/knowledge";

describe("the documentation", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");

  it('is what the package goes by; else: "npm run docs"', async () => {
    const documents = await compareDocuments();
    assert.equal(documents.length, 4);
    for (const { path, is, shouldBe } of documents) assert.equal(is, shouldBe, path);
  });

  it("names in the README every error code and every endpoint", () => {
    for (const name of [...Object.keys(ERROR_GUIDE), ...Object.keys(SPOTIFY_ENDPOINTS)]) {
      assert.ok(readme.includes(`| \`${name}\``), name);
    }
  });

  it("says where and when everything was reported", () => {
    const reports = [
      ...Object.values(REPORTED_REFUSALS).flat(),
      ...Object.values(REPORTED_GRANTS).flat(),
      DESKTOP_ONLY_REPORT,
      KEYMASTER_REFUSAL_REPORT,
    ];
    for (const { source, date } of reports) {
      assert.match(source, /^[\w-]+#\d+$/);
      assert.equal(new Date(date).toISOString().slice(0, 10), date);
      assert.match(readme, new RegExp(String.raw`\[${source}\]\(https://github\.com/[\w/.-]+\), ${date}`));
    }
  });

  it("says where and when it was reported that the Web API refuses Spotify's desktop app", () => {
    for (const { source, date } of WEB_API_BLOCK.reports) {
      assert.match(source, /^[\w-]+#\d+$|^[\w-]+\/[\w-]+:[\w./-]+$/);
      assert.ok(Date.parse(date) >= Date.parse(WEB_API_BLOCK.since), source);
      assert.ok(readme.includes(`[${source}](https://github.com/`), source);
    }
    assert.ok(readme.includes(`has refused it since ${WEB_API_BLOCK.since}`));
  });

  it("shows settings for several Node-REDs that take from the compose file what it gives them", () => {
    const [settings, compose] = ["settings.js", "compose.yaml"].map((name) =>
      readFileSync(join(root, "docs", "many-instances", name), "utf8"),
    ) as [string, string];
    const used = [...settings.matchAll(/process\.env\.(\w+)/g)].map(([, name]) => name!);
    const given = [...compose.matchAll(/^ +([A-Z_]+): /gm)].map(([, name]) => name!);
    // The image says on which port.
    assert.deepEqual(new Set(used.filter((name) => name !== "PORT")), new Set(given));
    const page = readFileSync(join(root, "docs", "many-instances.md"), "utf8");
    for (const [, file] of page.matchAll(/\]\((many-instances\/[\w.]+)\)/g)) {
      assert.ok(existsSync(join(root, "docs", file!)), file);
    }
  });

  it("links to no heading that the README does not have", () => {
    const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, text]) => anchorOf(text!));
    const anchors = new Set(headings);
    for (const [, anchor] of readme.matchAll(/\]\(#([\w-]+)\)/g)) assert.ok(anchors.has(anchor!), anchor);
  });

  for (const language of TRANSLATIONS) {
    it(`has a translation of every made sentence: ${language}`, () => {
      const { headings, codes, webApi } = textsOf(language);
      const code = (text: string): string[] => text.match(/`[^`]+`/g) ?? [];
      assert.deepEqual(Object.keys(codes), Object.keys(ERROR_GUIDE));
      for (const [name, advice] of Object.entries(codes)) {
        assert.deepEqual(Object.keys(advice), ["cause", "action"], name);
        for (const key of ["cause", "action"] as const) {
          assert.match(advice[key], /[.。]$/, name);
          assert.deepEqual(code(advice[key]), code(ERROR_GUIDE[name as SpotifyErrorCode][key]), name);
        }
      }
      assert.deepEqual(Object.keys(webApi), Object.keys(ENGLISH));
      assert.deepEqual(code(webApi.advice), code(ENGLISH.advice));
      assert.ok(webApi.refuses.includes("__since__"));
      const retries: readonly Retry[] = ["no", "wait", "yes"];
      assert.deepEqual(Object.keys(headings), retries);
      for (const retry of retries) assert.match(headings[retry], /[:：]$/);
    });
  }

  describe("section", () => {
    const text = 'a\n<!-- x: made by "npm run docs" -->\nold\n<!-- end of x -->\nb';

    it("is replaced, and nothing around it", () => {
      const made = withSection(text, "x", "new");
      assert.equal(made, 'a\n<!-- x: made by "npm run docs" -->\n\nnew\n\n<!-- end of x -->\nb');
      assert.equal(withSection(made, "x", "new"), made);
    });

    it("that is not there, or twice, is a mistake", () => {
      assert.throws(() => withSection(text, "y", "new"), /y/);
      assert.throws(() => withSection(text + text, "x", "new"), /x/);
    });
  });
});

/** As GitHub makes it out of a heading. */
function anchorOf(heading: string): string {
  const kept = heading.toLowerCase().replaceAll(/[^\w -]/g, "");
  return kept.replaceAll(" ", "-");
}
