import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";

/** Longer than any wait of code that an earlier test of this process has closed, s: it sets its timers on this clock, too. */
const OTHERS_END_WITHIN = 60;

/**
 * Gives the real clock back, whatever was found, because all tests of the process share it; and expects that no timer is left
 * that comes again and again.
 */
export async function endClock(clock: Clock & { uninstall(): void }): Promise<void> {
  let left: string[];
  try {
    for (let seconds = 0; clock.countTimers() > 0 && seconds < OTHERS_END_WITHIN; seconds++)
      await clock.tickAsync(1_000);
  } finally {
    left = Object.values(clock.timers ?? {}).map(({ callback }) => String(callback));
    clock.uninstall();
  }
  assert.deepEqual(left, [], "no timer is left");
}
