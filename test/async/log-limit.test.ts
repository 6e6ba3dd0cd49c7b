import assert from "node:assert/strict";
import { LogLimit } from "../../src/async/log-limit";
import { useClock } from "./support";

describe("LogLimit", () => {
  let ending: AbortController;
  // Before the clock looks for timers.
  afterEach(() => ending.abort());
  const clock = useClock();
  let lines: string[];
  let limit: LogLimit;

  beforeEach(() => {
    ending = new AbortController();
    lines = [];
    limit = new LogLimit((level, message) => lines.push(`${level} ${message}`), ending.signal);
  });
  const refuse = (name: string): void => limit.log("refused", "warn", `${name} was refused.`);

  it("writes the first line at once, and then one a minute: the latest, with how many there were", async () => {
    for (let times = 0; times < 10_000; times++) refuse(`Guest ${times}`);
    assert.deepEqual(lines, ["warn Guest 0 was refused."]);
    await clock.current.tickAsync(60_000);
    assert.equal(lines.length, 2);
    assert.equal(lines[1], "warn Guest 9999 was refused. (The latest of 9999 such lines in a minute.)");
    refuse("Anna");
    assert.equal(lines.length, 2);
    await clock.current.tickAsync(60_000);
    assert.equal(lines[2], "warn Anna was refused.");
  });

  it("writes at once after a quiet minute, and holds back no line of another kind", async () => {
    refuse("Anna");
    limit.log("tapped", "info", "Tapped.");
    assert.equal(lines.length, 2);
    await clock.current.tickAsync(60_000);
    refuse("Bert");
    assert.deepEqual(lines, ["warn Anna was refused.", "info Tapped.", "warn Bert was refused."]);
  });

  it("leaves no timer behind, also for a line that comes after the end", () => {
    refuse("Anna");
    ending.abort();
    refuse("Bert");
    assert.equal(clock.current.countTimers(), 0);
    assert.equal(lines.length, 2);
  });
});
