/**
 * The part of the changelog for one version: `tsx scripts/release-notes.ts v1.0.0`. Fails if the tag is not the version of
 * the package, or the changelog has no part for it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");

/**
 * @param tag as `v1.0.0`
 * @param changelog in Markdown: each version has a heading of the second level, which begins with its number
 * @throws an Error if the tag is not `version` with a v before it, or there is no such part
 */
export function releaseNotes(tag: string, version: string, changelog: string): string {
  if (tag !== `v${version}`)
    throw new Error(`The tag is ${tag}, and package.json has the version ${version}.`);
  const parts = changelog.split(/^## /m).slice(1);
  const part = parts.find((text) => text.split(/\s/, 1)[0] === version);
  if (part === undefined) throw new Error(`CHANGELOG.md has no part for ${version}.`);
  const notes = part.slice(part.indexOf("\n")).trim();
  if (notes === "") throw new Error(`The part for ${version} in CHANGELOG.md is empty.`);
  return notes;
}

if (require.main === module) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  console.log(releaseNotes(process.argv[2] ?? "", version, changelog));
}
