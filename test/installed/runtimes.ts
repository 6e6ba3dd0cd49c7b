/** The versions of Node-RED that the package is installed into. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { npm, run } from "../../scripts/command";

const CACHE = join(__dirname, "..", "..", ".cache");
const NODE_RED_5 = "5.0.7";
const NODE_24 = "24.21.0";

/** What `NodeRedProcess.start` needs to know about a runtime. */
export interface Installation {
  nodeRed?: string;
  node?: string;
}

export interface Runtime {
  title: string;
  /** The first part of the versions that it must report. */
  nodeRedVersion: string;
  nodeVersion: string;
  /** Prepares the runtime. Takes a while the first time. */
  prepare(): Promise<Installation>;
}

export const RUNTIMES: readonly Runtime[] = [
  {
    title: "Node-RED 4.1",
    nodeRedVersion: "4.1.",
    nodeVersion: process.version,
    prepare: () => Promise.resolve({}),
  },
  {
    title: "Node-RED 5.0 on Node.js 24",
    nodeRedVersion: NODE_RED_5,
    nodeVersion: "v24.",
    prepare: prepareNodeRed5,
  },
];

async function prepareNodeRed5(): Promise<Installation> {
  const folder = join(CACHE, "node-red-5");
  const modules = join(folder, "node_modules");
  const installation = { nodeRed: join(modules, "node-red"), node: join(modules, "node", "bin", "node") };
  if (
    (await versionOf(installation.nodeRed)) !== NODE_RED_5 ||
    (await versionOf(join(modules, "node"))) !== NODE_24
  ) {
    await mkdir(folder, { recursive: true });
    const manifest = {
      private: true,
      dependencies: { "node-red": NODE_RED_5, node: NODE_24 },
      // The package "node" downloads Node.js for this machine in its install script.
      allowScripts: { node: true },
    };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await npm(["install", "--ignore-scripts=false", "--no-audit", "--no-fund"], { cwd: folder });
  }
  const version = await run(installation.node, ["--version"], { cwd: folder }).catch(
    (error: Error) => error.message,
  );
  if (!version.startsWith("v24.")) {
    throw new Error(
      `There is no Node.js 24 in .cache/node-red-5 (${version.trim()}). npm's package "node" puts it there with an ` +
        "install script: delete that folder, let npm run install scripts, and try again.",
    );
  }
  return installation;
}

async function versionOf(folder: string): Promise<string | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version?: string };
    return manifest.version;
  } catch {
    return undefined;
  }
}
