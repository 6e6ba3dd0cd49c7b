import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import { TapLimit } from "../../src/account/tap-limit";

describe("The limit of taps", () => {
  let clock: Clock;
  let limit: TapLimit;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["performance"] });
    limit = new TapLimit();
  });
  afterEach(() => clock.uninstall());

  /** @returns how many seconds a tap must wait; 0 if it may be tried now */
  function begun(): number {
    try {
      limit.begin();
      return 0;
    } catch (error) {
      assert.ok(error instanceof SpotifyError);
      assert.equal(error.code, "RATE_LIMITED");
      assert.match(error.message, new RegExp(`${error.retryAfter} s`));
      return error.retryAfter!;
    }
  }

  /** A tap fails. @returns how many seconds the next one must wait */
  function failure(): number {
    assert.equal(begun(), 0);
    limit.failed();
    const pause = begun();
    clock.tick(pause * 1_000);
    return pause;
  }

  it("is five a minute, even if each tap succeeds", () => {
    for (let taps = 0; taps < 5; taps++) {
      assert.equal(begun(), 0);
      limit.succeeded();
      clock.tick(10_000);
    }
    assert.equal(begun(), 10);
    clock.tick(10_000);
    assert.equal(begun(), 0);
    assert.equal(begun(), 10);
  });

  it("adds pauses after failures, which grow to some minutes and no further", () => {
    const pauses = Array.from({ length: 12 }, failure);
    assert.ok(pauses[0]! <= 2, String(pauses));
    for (const pause of pauses.slice(8)) assert.ok(pause >= 150 && pause <= 300, String(pauses));
    for (let at = 2; at < 8; at += 2) assert.ok(pauses[at]! >= pauses[at - 2]!, String(pauses));
  });

  it("adds only short pauses again after a success, and after ten minutes without a tap", () => {
    for (let taps = 0; taps < 9; taps++) failure();
    assert.equal(begun(), 0);
    limit.succeeded();
    clock.tick(60_000);
    assert.ok(failure() <= 2);
    for (let taps = 0; taps < 9; taps++) failure();
    clock.tick(601_000);
    assert.ok(failure() <= 2);
  });

  it("keeps its pauses up against an app that goes on tapping during them", () => {
    let tries = 0;
    for (let second = 0; second < 6 * 3_600; second += 5) {
      if (begun() === 0) {
        tries++;
        limit.failed();
      }
      clock.tick(5_000);
    }
    assert.ok(tries <= 160, `${tries} tries in six hours`);
  });

  it("is reset when a person lets someone else sign in", () => {
    for (let taps = 0; taps < 5; taps++) {
      assert.equal(begun(), 0);
      limit.succeeded();
    }
    limit.failed();
    assert.notEqual(begun(), 0);
    limit.reset();
    assert.equal(begun(), 0);
  });
});
