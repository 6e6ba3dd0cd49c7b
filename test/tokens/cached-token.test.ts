import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS } from "../../src";
import { CachedToken, newestToken } from "../../src/tokens/cached-token";
import { endClock } from "../support/end-clock";

const NOW = Date.UTC(2026, 5, 1);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const { keymaster: CLIENT_ID, android } = CLIENT_IDS;

/** A token that is minted now. */
function minted(
  lifetime = HOUR,
  scopes: string[] | null = ["streaming"],
  requested = ["streaming"],
): CachedToken {
  const answer = { accessToken: "BQ1234", lifetime: lifetime / SECOND, scopes, source: "keymaster" } as const;
  return CachedToken.minted(answer, CLIENT_ID, requested, NOW);
}

describe("a token in the cache", () => {
  let clock: Clock;
  const byChance = Math.random;

  beforeEach(() => {
    clock = FakeTimers.install({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    clock.tick(5 * MINUTE);
    clock.setSystemTime(NOW);
  });
  afterEach(async () => {
    Math.random = byChance;
    await endClock(clock);
  });

  const moveCalendar = (by: number): void => clock.setSystemTime(Date.now() + by);

  describe("its life", () => {
    it("is what its answer said, counted from when it was requested", () => {
      clock.tick(10 * SECOND);
      const token = minted();
      assert.equal(token.left(), HOUR - 10 * SECOND);
      assert.equal(token.expiresAt, NOW + HOUR);
    });

    it("passes on both clocks", () => {
      const token = minted();
      clock.tick(HOUR - 1);
      assert.deepEqual([token.left(), token.lastLeft, token.expiresAt], [1, 1, NOW + HOUR]);
      clock.tick(2);
      assert.equal(token.left(), -1);
    });

    it("is the rest of it if the token is read after a restart", () => {
      const stored = minted().toStored();
      clock.tick(HOUR / 2);
      const token = new CachedToken(stored);
      moveCalendar(-DAY);
      assert.equal(token.left(), HOUR / 2, "even if the calendar is set back before it is asked for");
    });

    it("is no longer than it was for a new token, if the token comes from a clock that ran ahead", () => {
      const stored = minted().toStored();
      moveCalendar(-MINUTE);
      const token = new CachedToken(stored);
      assert.equal(token.left(), HOUR);
      assert.equal(token.expiresAt, NOW - MINUTE + HOUR);
    });

    it("passes while the machine sleeps", () => {
      const token = minted();
      moveCalendar(HOUR / 2);
      assert.equal(token.left(), HOUR / 2);
      assert.equal(token.expiresAt, NOW + HOUR);
    });

    it("does not come back if the calendar is set back after a sleep", () => {
      const token = minted();
      moveCalendar(HOUR / 2);
      token.left();
      moveCalendar(-DAY);
      assert.equal(token.left(), HOUR / 2);
      assert.equal(token.expiresAt, Date.now() + HOUR / 2);
    });

    it("is not affected by a calendar that is set back", () => {
      const token = minted();
      clock.tick(HOUR / 2);
      moveCalendar(-DAY);
      assert.deepEqual([token.left(), token.lastLeft], [HOUR / 2, HOUR / 2]);
      clock.tick(HOUR / 4);
      assert.equal(token.left(), HOUR / 4);
    });

    it("is stored with the numbers of the calendar that was set back, in whole ms", () => {
      const token = minted();
      moveCalendar(-DAY - 0.4);
      token.left();
      const { mintedAt, expiresAt } = token.toStored();
      assert.deepEqual([mintedAt, expiresAt], [NOW - DAY, NOW - DAY + HOUR]);
    });

    for (const [what, by, expiresAt] of [
      ["up to a second keeps its end", -SECOND, NOW + HOUR],
      ["more than a second moves its end", -SECOND - 1, NOW + HOUR - SECOND - 1],
    ] as const)
      it(`a calendar that is set back by ${what}`, () => {
        const token = minted();
        moveCalendar(by);
        assert.equal(token.left(), HOUR);
        assert.equal(token.expiresAt, expiresAt);
      });

    for (const [what, by, left] of [
      ["up to a second does not shorten it for good", SECOND, HOUR],
      ["more than a second shortens it", SECOND + 1, HOUR - SECOND - 1],
    ] as const)
      it(`a calendar that is ahead for a moment by ${what}`, () => {
        const token = minted();
        moveCalendar(by);
        assert.equal(token.left(), HOUR - by, "the clock that says older is believed");
        moveCalendar(-by);
        assert.equal(token.left(), left);
      });
  });

  describe("its renewal", () => {
    for (const [what, chance, lifetime, left] of [
      ["comes when a fifth of its life is left", 0, HOUR, 0.2 * HOUR],
      ["may come a fiftieth of its life earlier", 1, HOUR, 0.22 * HOUR],
      ["comes when a minute is left of a short life", 0, 2 * MINUTE, MINUTE],
    ] as const)
      it(what, () => {
        Math.random = () => chance;
        assert.equal(Math.round(minted(lifetime).renewalLeft), left);
      });

    it("counts the whole life of a token that was read after a restart", () => {
      Math.random = () => 0;
      const stored = minted().toStored();
      clock.tick(HOUR / 2);
      assert.equal(new CachedToken(stored).renewalLeft, 0.2 * HOUR);
    });
  });

  describe("a request", () => {
    const newer = (): CachedToken => minted(HOUR, ["a", "b"], ["a"]);

    for (const [what, scopes, isCovered] of [
      ["one of its scopes", ["b"], true],
      ["all of its scopes", ["b", "a"], true],
      ["no scope", [], true],
      ["a scope that it does not have", ["a", "c"], false],
    ] as const)
      it(`for ${what} is ${isCovered ? "" : "not "}covered`, () => {
        assert.equal(newer().covers(scopes), isCovered);
        assert.equal(newer().serves("keymaster", CLIENT_ID, scopes), isCovered);
      });

    it("is covered if the token was requested with its scopes, and Spotify did not say which it has", () => {
      const token = minted(HOUR, null, ["a"]);
      assert.deepEqual([token.covers(["a"]), token.covers(["b"])], [true, false]);
      assert.deepEqual([token.granted, token.toToken().scopes], [["a"], null]);
    });

    it("for a scope that was requested and not granted is not covered", () => {
      const token = minted(HOUR, ["b"], ["a"]);
      assert.deepEqual([token.covers(["a"]), token.granted], [false, ["b"]]);
    });

    it("is not served by a token of another source, or for another client ID", () => {
      assert.ok(!newer().serves("login5", CLIENT_ID, ["a"]));
      assert.ok(!newer().serves("keymaster", android, ["a"]));
    });

    it("is not served by a token that was refused", () => {
      const token = newer();
      token.isRefused = true;
      assert.ok(!token.serves("keymaster", CLIENT_ID, ["a"]));
    });

    it("is served as long as a minute is left", () => {
      const token = newer();
      clock.tick(HOUR - MINUTE);
      assert.ok(token.serves("keymaster", CLIENT_ID, ["a"]));
      clock.tick(1);
      assert.ok(!token.serves("keymaster", CLIENT_ID, ["a"]));
    });
  });

  it("has a higher number than those that were made before", () => {
    const [first, second] = [minted(), minted()];
    assert.equal(second.number, first.number + 1);
    assert.equal(newestToken(), second.number);
  });

  it("is given with whole seconds, and where it works", () => {
    const token = minted();
    assert.deepEqual([token.accessToken, token.inUse], ["BQ1234", false]);
    token.audience = "web-api";
    clock.tick(1);
    assert.deepEqual(token.toToken(), {
      accessToken: "BQ1234",
      tokenType: "Bearer",
      expiresIn: 3599,
      expiresAt: NOW + HOUR,
      scopes: ["streaming"],
      clientId: CLIENT_ID,
      source: "keymaster",
      audience: "web-api",
    });
    assert.equal(token.toToken(90_999).expiresIn, 90);
  });

  it("is given as a new object each time: changing one does not change the next", () => {
    const token = minted();
    token.toToken().scopes!.push("user-read-email");
    token.toStored().requested.push("user-read-email");
    assert.deepEqual([token.toToken().scopes, token.toStored().requested], [["streaming"], ["streaming"]]);
  });
});
