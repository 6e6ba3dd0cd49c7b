/**
 * `npm run mutation -- PART…`: breaks the code of a part in many small ways, and tells which breaks no test notices. PART is
 * one of `PARTS`, or a path below it, such as `tokens/decide.ts`; without one, all parts are tried, which takes hours.
 * `--tests GLOB` tries other tests than those of the part: the tests of one file alone take seconds.
 * The report is in .cache/mutation/PART.html.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { npm } from "./command";

const ROOT = join(__dirname, "..");
const CACHE = join(ROOT, ".cache", "mutation");
/** Stryker works with neither Mocha 12 nor TypeScript 7, so it gets a folder with older ones. */
const TOOL = join(CACHE, "tool");
const TOOLS = {
  "@stryker-mutator/core": "9.6.1",
  "@stryker-mutator/mocha-runner": "9.6.1",
  mocha: "^11.0.0",
  typescript: "^5.0.0",
};

/** Where the code of each part is, and the tests that should notice. */
const PARTS: Readonly<Record<string, { code: string; tests: readonly string[] }>> = {
  tokens: { code: "src/tokens", tests: withoutServer("test/tokens") },
  store: {
    code: "src/store",
    tests: ["test/store/*.test.ts", "test/session/{slices,state-problems,state-stalls,not-stored}.test.ts"],
  },
  account: { code: "src/account", tests: withoutServer("test/account") },
  playback: {
    code: "src/playback",
    tests: ["test/playback/!(random-commands|cells|misbehaving|commands-over-sockets).test.ts"],
  },
  player: { code: "src/player", tests: ["test/player/**/!(day|random-*).test.ts"] },
  shared: { code: "nodes/shared", tests: ["test/nodes/shared/**/*.test.ts"] },
  ...Object.fromEntries(
    ["session", "now-playing", "playback", "request", "events", "token"].map((name) => [
      `spotify-${name}`,
      { code: `nodes/spotify-${name}`, tests: [`test/nodes/spotify-${name}/**/*.test.ts`] },
    ]),
  ),
};

/** Words in the titles of tests that take so long that other tests should notice what they notice. */
const LONG = ["8,000", "for days", "for a day", "five hours", "hundred refreshes", "half a year"];

/**
 * The tests of a folder that put plain objects around the code. They should notice each break: those with a simulated
 * Spotify take a hundred times as long.
 */
function withoutServer(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${folder}/${name}`)
    .filter((path) => !/support\/stage"|\/simulator"/.test(readFileSync(join(ROOT, path), "utf8")));
}

async function install(): Promise<void> {
  if (existsSync(join(TOOL, "node_modules", ".bin", "stryker"))) return;
  mkdirSync(TOOL, { recursive: true });
  writeFileSync(join(TOOL, "package.json"), JSON.stringify({ private: true, dependencies: TOOLS }));
  await npm(["install", "--no-audit", "--no-fund"], { cwd: TOOL });
}

/** @returns the exit code of Stryker */
function mutate(part: string, below: string, others: readonly string[] | undefined): number {
  const { code, tests } = PARTS[part]!;
  const file = join(CACHE, `${part}.json`);
  const options = {
    testRunner: "mocha",
    mochaOptions: {
      config: ".mocharc.json",
      require: ["tsx/cjs", "./scripts/mutation-limits.ts"],
      spec: others ?? tests,
      grep: `^(?!.*(${LONG.join("|")}))`,
    },
    coverageAnalysis: "perTest",
    // What runs once, when a file is loaded, would need all tests for each break.
    ignoreStatic: true,
    mutate: [
      `${code}/${below === "" ? "**/*.ts" : below}`,
      ...(code.startsWith("nodes") ? [`!${code}/editor/**`] : []),
    ],
    // The words of a sentence are read by people.
    mutator: { excludedMutations: ["StringLiteral"] },
    ignorePatterns: ["dist", "docs", ".cache"],
    tempDirName: join(CACHE, "sandbox"),
    reporters: ["clear-text", "html", "json", "event-recorder", "progress-append-only"],
    eventReporter: { baseDir: join(CACHE, `${part}-events`) },
    jsonReporter: { fileName: join(CACHE, `${part}-report.json`) },
    htmlReporter: { fileName: join(CACHE, `${part}.html`) },
    clearTextReporter: { logTests: false, reportTests: false, allowColor: false, allowEmojis: false },
    // Most tests wait for sockets rather than for the processor.
    concurrency: 4,
    timeoutMS: 5_000,
    logLevel: "error",
  };
  writeFileSync(file, JSON.stringify(options, undefined, 2));
  const bin = join(TOOL, "node_modules", ".bin", "stryker");
  return spawnSync(bin, ["run", file], { stdio: "inherit", shell: process.platform === "win32" }).status ?? 1;
}

async function main(): Promise<void> {
  process.chdir(ROOT);
  const { values, positionals: wanted } = parseArgs({
    options: { tests: { type: "string", multiple: true } },
    allowPositionals: true,
  });
  const names = wanted.length > 0 ? wanted : Object.keys(PARTS);
  const unknown = names.find((name) => !PARTS[name.split("/")[0]!]);
  if (unknown !== undefined)
    throw new Error(`${unknown} is none of these: ${Object.keys(PARTS).join(", ")}.`);
  await install();
  for (const name of names) {
    const [part = "", ...rest] = name.split("/");
    process.exitCode ||= mutate(part, rest.join("/"), values.tests);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
