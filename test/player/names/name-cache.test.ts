import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { NameCache } from "../../../src/player/name-cache";
import type { Names } from "../../../src/player/names";

const HOUR = 3_600_000;
const NAMES: Names = { title: "A", artists: [], album: null, albumUri: null, duration: null, images: [] };

describe("The memory of names", () => {
  let clock: Clock;
  let cache: NameCache;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["performance"] });
    cache = new NameCache();
  });
  afterEach(() => clock.uninstall());

  /** Fails unless `a` is kept for `duration` ms from now, and no longer. */
  function assertKept(duration: number): void {
    clock.tick(duration - 1);
    assert.equal(cache.has("a"), true);
    clock.tick(1);
    assert.equal(cache.has("a"), false);
    assert.equal(cache.get("a"), undefined);
  }

  for (const [what, ttl, expected] of [
    ["as long as Spotify says", 74_514, 74_514_000],
    ["for an hour if Spotify says less", 60, HOUR],
    ["for a week if Spotify says more", 10 ** 9, 7 * 24 * HOUR],
    ["for a day if Spotify says nothing", undefined, 24 * HOUR],
  ] as const) {
    it(`keeps a result ${what}`, () => {
      cache.found("a", NAMES, ttl);
      assert.equal(cache.get("a"), NAMES);
      assertKept(expected);
      assert.equal(cache.get("b"), undefined);
    });
  }

  it("keeps for 10 minutes that a name was not found, or is incomplete", () => {
    cache.missed("a");
    assert.equal(cache.get("a"), undefined);
    assertKept(600_000);
    cache.foundInPart("a", NAMES);
    assert.equal(cache.get("a"), NAMES);
    assertKept(600_000);
  });

  it("has room for 2,000 names, and needs none for what was asked in vain", () => {
    for (let i = 0; i < 1_999; i++) cache.found(String(i), NAMES);
    assert.equal(cache.get("unknown"), undefined);
    cache.found("one more", NAMES);
    assert.equal(cache.has("0"), true);
  });

  it("forgets the least recently used names beyond 2,000", () => {
    for (let i = 0; i < 2_000; i++) cache.found(String(i), NAMES);
    assert.equal(cache.get("0"), NAMES);
    cache.found("one more", NAMES);
    cache.missed("and one that is not there");
    const left = Array.from({ length: 2_000 }, (_, i) => String(i)).filter((uri) => cache.has(uri));
    assert.equal(left.length, 1_998);
    assert.deepEqual(left.slice(0, 2), ["0", "3"]);
    assert.equal(cache.has("one more"), true);
  });
});
