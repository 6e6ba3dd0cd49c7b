/** Writes the parts of the pages in `docs/` that come from data, between comments. A test compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { withSection } from "./docs-section";
import { clientIds } from "./pages/client-ids";
import { errors } from "./pages/errors";
import { library } from "./pages/library";
import { nowPlaying } from "./pages/now-playing";
import { playback } from "./pages/playback";
import { requests } from "./pages/requests";
import { settings } from "./pages/settings";

export const root = join(__dirname, "..");

/** Every page that has made sections: what makes each section, by its name. */
const pages: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  "docs/client-ids.md": clientIds,
  "docs/errors.md": errors,
  "docs/library.md": library,
  "docs/now-playing.md": nowPlaying,
  "docs/playback.md": playback,
  "docs/requests.md": requests,
  "docs/settings.md": settings,
};

/** Each of them as it is and as it should be, by its path in the repository. */
export function compareDocuments(): Promise<{ path: string; is: string; shouldBe: string }[]> {
  return Promise.all(
    Object.entries(pages).map(async ([path, sections]) => {
      const filepath = join(root, path);
      const is = readFileSync(filepath, "utf8");
      const made = Object.entries(sections).reduce(
        (text, [name, make]) => withSection(text, name, make()),
        is,
      );
      const options = await resolveConfig(filepath);
      return { path, is, shouldBe: await format(made, { ...options, filepath }) };
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
