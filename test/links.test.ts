import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { repository } from "../package.json";
import { root } from "../scripts/docs";
import { Document } from "./support/document";

const PROJECT = repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
const FILES = `${PROJECT}/blob/HEAD/`;
const PICTURES = `${PROJECT.replace("//github.com/", "//raw.githubusercontent.com/")}/HEAD/`;

const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ...markdownIn("docs")];
const helpPanels = readdirSync(join(root, "nodes"), { recursive: true, encoding: "utf8" })
  .filter((file) => /locales.[\w-]+.[\w-]+\.html$/.test(file))
  .map((file) => join("nodes", file));

function markdownIn(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".md")).map((file) => join(folder, file));
}

const open = (file: string): Document => new Document(join(root, file));

/** The file in the repository and the heading that a link leads to; undefined if it leads elsewhere. */
function fileOf(link: string, page: string): { file: string; anchor: string | undefined } | undefined {
  const [target = "", anchor] = link.split("#");
  for (const base of [FILES, PICTURES]) {
    if (target.startsWith(base)) return { file: target.slice(base.length), anchor };
  }
  if (/^[a-z]+:/.test(target)) return undefined;
  const file = target === "" ? page : relative(root, join(root, dirname(page), target));
  return { file, anchor };
}

describe("links of the documentation", () => {
  it("are read from every page and every help panel", () => {
    assert.ok(pages.length >= 15, String(pages));
    assert.equal(helpPanels.length, 18);
  });

  for (const page of [...pages, ...helpPanels]) {
    it(`lead to files and headings that exist: ${page}`, () => {
      const document = open(page);
      assert.deepEqual(document.undefinedLinks, []);
      for (const link of document.links) {
        const target = fileOf(link, page);
        if (!target) {
          assert.equal(new URL(link).protocol, "https:", link);
          continue;
        }
        assert.ok(existsSync(join(root, target.file)), link);
        if (target.anchor !== undefined) assert.ok(open(target.file).anchors.has(target.anchor), link);
      }
    });
  }

  it("are absolute in the README and the help panels: npm, the Flow Library and the editor show them too", () => {
    for (const page of ["README.md", ...helpPanels]) {
      for (const link of open(page).links) assert.match(link, /^https:|^#/, page);
    }
    for (const [, picture] of open("README.md").text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
      assert.ok(picture!.startsWith(PICTURES), picture);
    }
  });

  it("lead from the index of docs/ to every page there, and from at least one page to every picture", () => {
    const linkedFrom = (from: readonly string[]): Set<string | undefined> =>
      new Set(from.flatMap((page) => open(page).links.map((link) => fileOf(link, page)?.file)));
    const index = linkedFrom([join("docs", "README.md")]);
    for (const page of pages.filter(
      (file) => file !== join("docs", "README.md") && file !== "CHANGELOG.md",
    )) {
      assert.ok(index.has(page), page);
    }
    const shown = linkedFrom(pages);
    for (const file of readdirSync(join(root, "docs"))) {
      if (file.endsWith(".png")) assert.ok(shown.has(join("docs", file)), file);
    }
  });
});
