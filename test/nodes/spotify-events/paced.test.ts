import assert from "node:assert/strict";
import { install, type Clock } from "@sinonjs/fake-timers";
import { Paced } from "../../../nodes/spotify-events/paced";

describe("what is done at a pace", () => {
  let clock: Clock;
  let done: number[];
  let paced: Paced;

  beforeEach(() => {
    clock = install();
    done = [];
    paced = new Paced(() => done.push(Date.now()), 200);
  });

  afterEach(() => clock.uninstall());

  it("is done at once, the first time and after a while", () => {
    paced.want();
    clock.tick(200);
    paced.want();
    assert.deepEqual(done, [0, 200]);
  });

  it("is done once in a while, however often it is wanted, and at the end", () => {
    for (let i = 0; i < 1000; i++) {
      paced.want();
      clock.tick(1);
    }
    clock.tick(1000);
    assert.deepEqual(done, [0, 200, 400, 600, 800, 1000]);
  });

  it("is not done any more when it is stopped", () => {
    paced.want();
    paced.want();
    paced.stop();
    clock.tick(1000);
    assert.deepEqual(done, [0]);
    assert.equal(clock.countTimers(), 0);
  });
});
