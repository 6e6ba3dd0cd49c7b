import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

/** The rooms that the nodes need before there is a session. They stay files of their own: Node-RED loads them at its start. */
const LOADED_FIRST: ReadonlySet<string> = new Set(["core", "async", "store"]);

/** Loads the messages when the first of them is used: their descriptors are built then, which takes as long as the rest. */
const LAZILY = "const lazily = (load) => new Proxy({}, { get: (_, name) => load()[name] });";

/**
 * Puts the library, with the parts of @bufbuild/protobuf that it uses, into one file, `dist/library.js`: two hundred small
 * files take twice as long to load. Names stay readable.
 *
 * In `dist/src` remain the types, the rooms in `LOADED_FIRST`, and a file for each module that the nodes require, so that
 * all of them share one instance.
 */
export async function bundleLibrary(
  root: string,
  external: readonly string[],
  bundled: (metafile: Metafile) => void,
): Promise<void> {
  const dist = join(root, "dist");
  const src = join(dist, "src");
  const required = (await requiredByNodes(dist)).filter((name) => !isLoadedFirst(name));
  const names = [...new Set(["index", ...required])].toSorted();
  const outfile = join(dist, "library.js");
  const { metafile } = await build({
    metafile: true,
    stdin: {
      contents: names.map((name, i) => `export * as m${i} from "./src/${name}";`).join("\n"),
      resolveDir: root,
    },
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: [...external],
    plugins: [leaveOut(join(root, "src"))],
    banner: { js: LAZILY },
    logLevel: "warning",
  });
  const library = readFileSync(outfile, "utf8");
  writeFileSync(
    outfile,
    library.replaceAll(' = require("./proto.js");', ' = lazily(() => require("./proto.js"));'),
  );
  bundled(metafile);
  bundled(await bundleMessages(root));
  for (const name of readdirSync(src, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".js") && !isLoadedFirst(name)) rmSync(join(src, name));
  }
  const loaded = require(outfile) as Record<string, object>;
  names.forEach((name, i) => {
    const path = relative(join(src, name, ".."), outfile)
      .split(sep)
      .join("/");
    // Each export is written out, so that `import { Session } from` finds it.
    const exported = Object.keys(loaded[`m${i}`]!).map((key) => `exports.${key} = library.${key};`);
    const text = `"use strict";\nconst library = require("${path}").m${i};\n${exported.join("\n")}\n`;
    writeFileSync(join(src, `${name}.js`), text);
  });
}

/** Makes `dist/proto.js`: every message, with the parts of @bufbuild/protobuf that they use. */
async function bundleMessages(root: string): Promise<Metafile> {
  const messages = readdirSync(join(root, "src", "proto", "gen")).map((file) => `./src/proto/gen/${file}`);
  const modules = [
    "@bufbuild/protobuf",
    "@bufbuild/protobuf/wire",
    ...messages.map((path) => path.replace(/\.ts$/, "")),
  ];
  const { metafile } = await build({
    metafile: true,
    stdin: { contents: modules.map((name) => `export * from "${name}";`).join("\n"), resolveDir: root },
    outfile: join(root, "dist", "proto.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
  });
  return metafile;
}

function isLoadedFirst(name: string): boolean {
  return LOADED_FIRST.has(name.split(/[\\/]/)[0]!);
}

/** Has the bundle require the compiled files of the rooms in `LOADED_FIRST`. */
function leaveOut(src: string): Plugin {
  return {
    name: "leave-out",
    setup: ({ onResolve }) => {
      onResolve({ filter: /^@bufbuild\/protobuf(\/wire)?$/ }, () => ({ path: "./proto.js", external: true }));
      onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir }) => {
        const name = relative(src, resolve(resolveDir, path)).split(sep).join("/");
        if (name.startsWith("proto/gen/")) return { path: "./proto.js", external: true };
        return isLoadedFirst(name) ? { path: `./src/${name}.js`, external: true } : undefined;
      });
    },
  };
}

/** The modules of the library that the compiled nodes require, such as `core/errors`. */
async function requiredByNodes(dist: string): Promise<string[]> {
  const nodes = join(dist, "nodes");
  const files = readdirSync(nodes, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".js"),
  );
  const { metafile } = await build({
    entryPoints: files.map((name) => join(nodes, name)),
    bundle: true,
    platform: "node",
    packages: "external",
    write: false,
    outdir: dist,
    metafile: true,
  });
  const imports = Object.entries(metafile.inputs)
    .filter(([importer]) => importer.includes("/nodes/"))
    .flatMap(([, input]) => input.imports);
  return imports.flatMap(({ path }) => path.split("/src/")[1]?.replace(/\.js$/, "") ?? []);
}
