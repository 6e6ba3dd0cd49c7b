import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { Player, TRACKS } from "./player";

describe("simulator: player", () => {
  let clock: Clock;
  let player: Player;
  const [first, second, third] = TRACKS;
  assert.ok(first && second && third);

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["Date"], now: 1_800_000_000_000 });
    player = new Player();
  });

  afterEach(() => clock.uninstall());

  const now = (): [string | undefined, number | undefined] => {
    const state = player.state();
    return [state?.track.name, state?.progressMs];
  };

  it("moves on with the clock, and from track to track", () => {
    clock.tick(1500);
    assert.deepEqual(now(), [first.name, 1500]);
    clock.tick(first.durationMs);
    assert.deepEqual(now(), [second.name, 1500]);
    assert.deepEqual(player.recentlyPlayed(), [{ track: first, playedAt: Date.now() - 1500 }]);
  });

  it("stands still while paused", () => {
    clock.tick(1000);
    player.pause();
    clock.tick(1_000_000);
    assert.deepEqual(now(), [first.name, 1000]);
    player.play();
    clock.tick(1);
    assert.deepEqual(now(), [first.name, 1001]);
  });

  it("goes to the next, to the previous and round", () => {
    player.next();
    player.next();
    assert.equal(now()[0], third.name);
    player.previous();
    assert.equal(now()[0], second.name);
    player.previous();
    player.previous();
    assert.equal(now()[0], TRACKS.at(-1)?.name);
  });

  it("seeks, behind the end to the next track", () => {
    player.seek(60_000);
    assert.deepEqual(now(), [first.name, 60_000]);
    player.seek(first.durationMs + 5);
    assert.deepEqual(now(), [second.name, 5]);
  });

  it("knows where it is after years", () => {
    const all = TRACKS.reduce((sum, { durationMs }) => sum + durationMs, 0);
    clock.tick(all * 100_000 + 42);
    assert.deepEqual(now(), [first.name, 42]);
  });

  it("plays nothing without a device", () => {
    assert.equal(player.activate("no such device"), false);
    assert.equal(player.activate(undefined), true);
    assert.equal(player.state(), undefined);
  });
});
