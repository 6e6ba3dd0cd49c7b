/** The licences of the packages whose code is a part of what is shipped: `dist/third-party-licenses.txt`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

const PACKAGE = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;

/**
 * The names of the packages that a bundle has taken code from, and where each lies.
 * @param root the folder that the paths of `metafile` are relative to
 */
export function bundledPackages({ outputs }: Metafile, root: string): Map<string, string> {
  const packages = new Map<string, string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [, folder, name] = PACKAGE.exec(path) ?? [];
      if (folder !== undefined && name !== undefined && bytesInOutput > 0)
        packages.set(name, join(root, folder));
    }
  }
  return packages;
}

/** One section for each package. @throws an Error if a package has no licence text */
export function licenseTexts(packages: ReadonlyMap<string, string>): string {
  const names = [...packages.keys()].toSorted();
  return names.map((name) => section(name, packages.get(name)!)).join("\n");
}

function section(name: string, folder: string): string {
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    version: string;
    license: string;
  };
  return `${"=".repeat(80)}\n${name} ${version}: ${license}\n\n${licenseText(name, folder).trim()}\n`;
}

function licenseText(name: string, folder: string): string {
  const own = readdirSync(folder).find((file) => /^licen[sc]e(\.|$)/i.test(file));
  // For a package that ships no licence file.
  const kept = join(__dirname, "licenses", `${name}.txt`);
  if (own !== undefined) return readFileSync(join(folder, own), "utf8");
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  throw new Error(`${name} is bundled, and has no licence file: put its text into ${kept}.`);
}
