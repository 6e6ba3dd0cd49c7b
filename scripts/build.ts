/**
 * Makes `dist/`, which is what the package ships: `src/` and the nodes' runtime compiled by tsc, and beside each
 * node's `.js` what Node-RED looks for there: the `.html` of its editor, `locales/` and `icons/`. With them the licences of
 * the packages that the bundles hold.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Metafile } from "esbuild";
import { dependencies } from "../package.json";
import { bundleLibrary } from "./bundle";
import { editorHtml } from "./editor-html";
import { bundledPackages, licenseTexts } from "./licenses";

const root = join(__dirname, "..");
const dist = join(root, "dist");

/** The packages that are a part of what is shipped, and where each lies. */
const packages = new Map<string, string>();

function bundled(metafile: Metafile): void {
  for (const [name, folder] of bundledPackages(metafile, root)) packages.set(name, folder);
}

/** Compiles the runtime, or ends the process with what tsc has to say. */
function compile(): void {
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(1);
}

async function buildNode(type: string): Promise<void> {
  const source = join(root, "nodes", type);
  const target = join(dist, "nodes", type);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, `${type}.html`), await editorHtml(type, join(source, "editor"), bundled));
  for (const folder of ["locales", "icons"]) {
    if (existsSync(join(source, folder)))
      cpSync(join(source, folder), join(target, folder), { recursive: true });
  }
}

async function main(): Promise<void> {
  const started = performance.now();
  rmSync(dist, { recursive: true, force: true });
  compile();
  await bundleLibrary(root, Object.keys(dependencies), bundled);
  // What the nodes share is compiled with each of them.
  const types = readdirSync(join(root, "nodes")).filter(
    (name) => name !== "shared" && existsSync(join(root, "nodes", name, "editor")),
  );
  await Promise.all(types.map(buildNode));
  writeFileSync(join(dist, "third-party-licenses.txt"), licenseTexts(packages));
  console.log(`dist/: src and ${types.join(", ")}, in ${Math.round(performance.now() - started)} ms`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
