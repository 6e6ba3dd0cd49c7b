import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DIST } from "./library";
import { number, report } from "./measure";

/** MB */
const LIMIT = 5;
const ROOT = join(DIST, "..");

/** The size of all that an installation brings: the package's own files, and its run-time dependencies. */
export function benchInstalledSize(): void {
  const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const [{ unpackedSize }] = JSON.parse(packed) as [{ unpackedSize: number }];
  const folders = new Set<string>();
  collect(ROOT, folders);
  const dependencies = [...folders].reduce((sum, folder) => sum + sizeOf(folder), 0);
  const total = (unpackedSize + dependencies) / 1e6;
  report(
    "installed size",
    `${number(total, 1)} MB`,
    `${folders.size} dependencies: ${number(dependencies / 1e6, 1)} MB; limit ${LIMIT}`,
    total < LIMIT,
  );
}

/** Adds the folders of a package's run-time dependencies, and of their dependencies. */
function collect(folder: string, found: Set<string>): void {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  const paths = createRequire(join(folder, "package.json")).resolve;
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    const places = paths.paths(name) ?? [];
    const place = places
      .map((path) => join(path, name))
      .find((path) => statSync(path, { throwIfNoEntry: false }));
    if (!place || found.has(place)) continue;
    found.add(place);
    collect(place, found);
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? dirname(folder), entry.name)).size, 0);
}
