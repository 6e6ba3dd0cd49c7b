import assert from "node:assert/strict";
import { install, type Clock } from "@sinonjs/fake-timers";
import { Throttle } from "../../../nodes/shared/throttle";

describe("an action that is throttled", () => {
  let clock: Clock;
  let done: number[];
  let throttle: Throttle;

  beforeEach(() => {
    clock = install();
    done = [];
    throttle = new Throttle(() => done.push(Date.now()), 200);
  });

  afterEach(() => clock.uninstall());

  it("runs at once the first time, and after a while", () => {
    throttle.request();
    clock.tick(200);
    throttle.request();
    assert.deepEqual(done, [0, 200]);
  });

  it("runs once per interval, no matter how often it is requested, and at the end", () => {
    for (let i = 0; i < 1000; i++) {
      throttle.request();
      clock.tick(1);
    }
    clock.tick(1000);
    assert.deepEqual(done, [0, 200, 400, 600, 800, 1000]);
  });

  it("does not run after it was stopped", () => {
    throttle.request();
    throttle.request();
    throttle.stop();
    clock.tick(1000);
    assert.deepEqual(done, [0]);
    assert.equal(clock.countTimers(), 0);
  });
});
