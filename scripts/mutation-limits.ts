/**
 * Root hooks of Mocha for `npm run mutation`: a test that takes far longer with a broken line than without one has failed.
 * Stryker itself lets a test wait for ever, and then starts its process anew, which takes ten times as long.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Context } from "mocha";

/** In Stryker's copy of the project, which all of its processes share. */
const FILE = "durations.json";
/** A test may take this many times its usual time, and this many ms more. */
const FACTOR = 3;
const ALLOWANCE = 2_000;
/** The global variable of Stryker's instrumented code. */
const STRYKER = "__stryker__";

/** ms by full title, of the run without a broken line. */
let durations: Record<string, number> | undefined;

const isBroken = (): boolean =>
  (globalThis as { [STRYKER]?: { activeMutant?: string } })[STRYKER]?.activeMutant !== undefined;

export const mochaHooks = {
  beforeEach(this: Context): void {
    if (!isBroken()) return;
    durations ??= existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Record<string, number>) : {};
    const test = this.currentTest!;
    test.timeout((durations[test.fullTitle()] ?? 0) * FACTOR + ALLOWANCE);
  },

  afterEach(this: Context): void {
    if (isBroken()) return;
    const test = this.currentTest!;
    durations ??= {};
    durations[test.fullTitle()] = test.duration ?? 0;
  },

  afterAll(): void {
    if (!isBroken()) writeFileSync(FILE, JSON.stringify(durations));
  },
};
