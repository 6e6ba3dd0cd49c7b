/**
 * Writes the parts of the documentation that come from data: sections of the README and of the help of spotify-token,
 * between comments. A test compares.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { ENGLISH, help, type HelpTexts } from "./docs-help";
import { readme } from "./docs-readme";
import type { WebApiTexts } from "./docs-web-api";

export const root = join(__dirname, "..");
const LOCALES = "nodes/spotify-token/locales";
/** English is the guide itself. */
export const TRANSLATIONS = ["de", "zh-CN"] as const;

/** Every document that has a made section. */
const documents: Readonly<Record<string, (before: string) => string>> = {
  "README.md": readme,
  [helpOf("en-US")]: (before) => help(before, ENGLISH),
  ...Object.fromEntries(
    TRANSLATIONS.map((language) => [helpOf(language), (before: string) => help(before, textsOf(language))]),
  ),
};

function helpOf(language: string): string {
  return `${LOCALES}/${language}/spotify-token.html`;
}

/** What a language says in the made sections. */
export function textsOf(language: (typeof TRANSLATIONS)[number]): HelpTexts {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(join(root, LOCALES, language, file), "utf8"));
  return {
    ...(read("errors.json") as Omit<HelpTexts, "webApi">),
    webApi: read("web-api.json") as WebApiTexts,
  };
}

/** Each of them as it is and as it should be, by its path in the repository. */
export function compareDocuments(): Promise<{ path: string; is: string; shouldBe: string }[]> {
  return Promise.all(
    Object.entries(documents).map(async ([path, make]) => {
      const filepath = join(root, path);
      const is = readFileSync(filepath, "utf8");
      const options = await resolveConfig(filepath);
      return { path, is, shouldBe: await format(make(is), { ...options, filepath }) };
    }),
  );
}

async function main(): Promise<void> {
  for (const { path, is, shouldBe } of await compareDocuments()) {
    if (is === shouldBe) continue;
    writeFileSync(join(root, path), shouldBe);
    console.log(path);
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
