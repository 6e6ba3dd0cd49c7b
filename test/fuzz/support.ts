import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { SpotifyError } from "../../src";
import type { Randomness } from "../support/randomness";

setFlagsFromString("--expose-gc");
const collectOnce = runInNewContext("gc") as () => void;

/** Twice: the memory of Buffers that the first collection has found is freed beside it, and for certain before the second. */
function collect(): void {
  collectOnce();
  collectOnce();
}

/** Fails unless `action` succeeds or throws a SpotifyError. */
export function onlyTypedErrors(random: Randomness, action: () => unknown): void {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof SpotifyError, `${random.hint}: ${String((error as Error)?.stack ?? error)}`);
  }
}

/** Runs `action` `times` times. Fails if the heap has grown by over 8 MiB between the first quarter and the end. */
export function withoutGrowing(times: number, action: () => void): void {
  const quarter = Math.ceil(times / 4);
  for (let i = 0; i < quarter; i++) action();
  collect();
  const before = process.memoryUsage();
  for (let i = quarter; i < times; i++) action();
  collect();
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.external - before.heapUsed - before.external;
  assert.ok(grown < 8 * 1024 * 1024, `the heap grew by ${grown} bytes`);
}
