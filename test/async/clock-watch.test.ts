import assert from "node:assert/strict";
import { ClockWatch } from "../../src/async/clock-watch";
import { useClock } from "./support";

describe("ClockWatch", () => {
  const clock = useClock();
  let jumps: number[];
  let watch: ClockWatch;

  beforeEach(() => {
    jumps = [];
    watch = new ClockWatch((jump) => jumps.push(jump));
  });

  it("says nothing while time passes as it should", async () => {
    await clock.current.tickAsync(3_600_000);
    assert.deepEqual(jumps, []);
    watch.stop();
  });

  it("reports a sleep and a clock that was set back, once each, but not a delay of 15 s", async () => {
    for (const jump of [15_000, 3_600_000, -60_000]) {
      clock.current.setSystemTime(Date.now() + jump);
      await clock.current.tickAsync(30_000);
    }
    assert.deepEqual(jumps, [3_600_000, -60_000]);
    watch.stop();
  });
});
