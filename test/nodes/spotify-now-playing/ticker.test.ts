import assert from "node:assert/strict";
import { install, type Clock } from "@sinonjs/fake-timers";
import { Ticker } from "../../../nodes/spotify-now-playing/ticker";

describe("a ticker", () => {
  let clock: Clock;
  let calls: number[];
  let ticker: Ticker;

  beforeEach(() => {
    clock = install({ now: 0 });
    calls = [];
    ticker = new Ticker(1000, () => calls.push(Math.round(performance.now())));
  });

  afterEach(() => clock.uninstall());

  it("calls after each interval, and not after it is stopped", () => {
    ticker.start();
    clock.tick(3500);
    ticker.stop();
    clock.tick(5000);
    assert.deepEqual(calls, [1000, 2000, 3000]);
    assert.equal(clock.countTimers(), 0);
  });

  it("has one timer, no matter how often it is started", () => {
    ticker.start();
    ticker.start();
    clock.tick(2000);
    assert.deepEqual(calls, [1000, 2000]);
    assert.equal(clock.countTimers(), 1);
  });

  it("calls once per interval even if a timer fires a fraction of a millisecond early", () => {
    ticker.start();
    // The fake clock puts the real one back after the test.
    performance.now = () => clock.now - 0.4;
    clock.tick(3500);
    assert.equal(calls.length, 3);
  });

  it("does not drift if calls are late", () => {
    ticker.start();
    for (let i = 0; i < 5; i++) {
      clock.tick(400);
      // A busy event loop: time passes, and the timer fires late.
      clock.jump(730);
    }
    assert.ok(calls.length >= 5);
    clock.tick(2000);
    assert.deepEqual(
      calls.slice(-2).map((time) => time % 1000),
      [0, 0],
    );
  });

  it("skips the calls that it has missed during a sleep", () => {
    ticker.start();
    clock.jump(3_600_500);
    assert.equal(calls.length, 1);
    clock.tick(1000);
    assert.deepEqual(calls.slice(1), [3_601_000]);
  });
});
