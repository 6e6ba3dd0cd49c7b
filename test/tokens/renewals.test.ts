import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS, SpotifyError } from "../../src";
import { CachedToken } from "../../src/tokens/cached-token";
import { Renewals } from "../../src/tokens/renewals";
import { endClock } from "../support/end-clock";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const away = (): Promise<void> => Promise.reject(new SpotifyError("UNREACHABLE", "It is away."));
const never = (): Promise<void> => new Promise(() => undefined);

describe("Renewals", () => {
  let clock: Clock;
  let renewals: Renewals;
  let renew: (token: CachedToken) => Promise<void>;
  /** The life that the token had left at each of its renewals, ms. */
  let renewed: number[];

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    renewed = [];
    renew = () => Promise.resolve();
    renewals = new Renewals((token) => {
      renewed.push(token.left());
      return renew(token);
    });
  });
  afterEach(async () => {
    renewals.clear();
    await endClock(clock);
  });

  /** A planned token that lives for an hour. */
  function planned({ inUse = true } = {}): CachedToken {
    const minted = {
      accessToken: "token",
      lifetime: HOUR / 1000,
      scopes: null,
      source: "keymaster",
    } as const;
    const token = CachedToken.minted(minted, CLIENT_IDS.keymaster, [], Date.now());
    token.inUse = inUse;
    renewals.plan(token);
    return token;
  }

  /** A token in use whose renewal is due now. */
  async function due(): Promise<CachedToken> {
    const token = planned();
    await clock.tickAsync(Math.ceil(token.left() - token.renewalLeft));
    return token;
  }

  /** How long the renewals were apart, s. */
  const waits = (): number[] => renewed.slice(1).map((left, i) => Math.round((renewed[i]! - left) / 1000));

  it("renew a token once, when the share of its life is left that it says", async () => {
    const token = planned();
    await clock.tickAsync(50 * MINUTE);
    assert.equal(renewed.length, 1);
    assert.ok(Math.abs(renewed[0]! - token.renewalLeft) < 1);
    await clock.tickAsync(HOUR);
    assert.equal(renewed.length, 1);
    assert.equal(clock.countTimers(), 0);
  });

  it("let a token expire that is not in use", async () => {
    planned({ inUse: false });
    await clock.tickAsync(2 * HOUR);
    assert.deepEqual(renewed, []);
    assert.equal(clock.countTimers(), 0);
  });

  it("try again with growing waits of at most two minutes, until the token has expired", async () => {
    renew = away;
    await due();
    await clock.tickAsync(HOUR);
    [10, 20, 40, 80].forEach((most, i) => {
      assert.ok(waits()[i]! >= most / 2 && waits()[i]! <= most, `${waits()[i]} s`);
    });
    for (const wait of waits().slice(4)) assert.ok(wait >= 60 && wait <= 120, `${wait} s`);
    assert.ok(renewed.at(-2)! > 0, "at most one attempt comes after the end");
    assert.equal(clock.countTimers(), 0);
  });

  it("end with the first success", async () => {
    renew = away;
    await due();
    renew = () => Promise.resolve();
    await clock.tickAsync(HOUR);
    assert.equal(renewed.length, 2);
  });

  for (const [what, error, times] of [
    ["try again after an error that is not Spotify's", new TypeError("It is broken."), 2],
    ["do not try again if that does not help", new SpotifyError("NOT_SIGNED_IN", "Sign in."), 1],
  ] as const) {
    it(what, async () => {
      renew = () => Promise.reject(error);
      await due();
      await clock.tickAsync(10_000);
      assert.equal(renewed.length, times);
    });
  }

  describe("of a token that is handed out", () => {
    it("begin at once, once, if its timer found it not in use", async () => {
      const token = planned({ inUse: false });
      await clock.tickAsync(50 * MINUTE);
      renew = never;
      renewals.renewNow(token);
      renewals.renewNow(token);
      assert.deepEqual(renewed, [10 * MINUTE]);
    });

    it("begin again if the renewal was given up", async () => {
      renew = () => Promise.reject(new SpotifyError("NOT_SIGNED_IN", "Sign in."));
      const token = await due();
      renewals.renewNow(token);
      assert.equal(renewed.length, 2);
    });

    it("keep the wait of a retry that is planned", async () => {
      renew = away;
      const token = await due();
      renewals.renewNow(token);
      assert.equal(renewed.length, 1);
    });

    it("do not begin for a token that is not planned", async () => {
      const token = await due();
      renewals.renewNow(token);
      assert.equal(renewed.length, 1);
    });
  });

  describe("after time has jumped", () => {
    it("begin at once for a token that is due", async () => {
      planned();
      clock.setSystemTime(Date.now() + 55 * MINUTE);
      renewals.recheck();
      await clock.tickAsync(0);
      assert.deepEqual(renewed, [5 * MINUTE]);
      await clock.tickAsync(HOUR);
      assert.equal(renewed.length, 1);
    });

    it("begin when it is time for a token that is not due yet", async () => {
      const token = planned();
      clock.setSystemTime(Date.now() + 30 * MINUTE);
      renewals.recheck();
      await clock.tickAsync(16 * MINUTE);
      assert.deepEqual(renewed, []);
      await clock.tickAsync(2 * MINUTE);
      assert.equal(renewed.length, 1);
      assert.ok(Math.abs(renewed[0]! - token.renewalLeft) < 1);
    });

    it("do not wait for a retry that is planned", async () => {
      renew = away;
      await due();
      renew = never;
      renewals.recheck();
      await clock.tickAsync(0);
      assert.equal(renewed.length, 2);
      await clock.tickAsync(HOUR);
      assert.equal(renewed.length, 2);
    });

    it("go on if they are under way", async () => {
      renew = never;
      await due();
      renewals.recheck();
      await clock.tickAsync(HOUR);
      assert.equal(renewed.length, 1);
    });
  });

  describe("of a token that is forgotten", () => {
    for (const [what, forget] of [
      ["by itself", (token: CachedToken) => renewals.forget(token)],
      ["with all others", () => renewals.clear()],
    ] as const) {
      it(`do not happen (${what})`, () => {
        forget(planned());
        assert.equal(clock.countTimers(), 0);
      });
    }

    it("may be forgotten twice", () => {
      const token = planned();
      renewals.forget(token);
      renewals.forget(token);
    });

    it("are not tried again", async () => {
      let fail: (error: Error) => void = () => undefined;
      renew = () => new Promise((_resolve, reject) => (fail = reject));
      const token = await due();
      renewals.forget(token);
      fail(new SpotifyError("UNREACHABLE", "It is away."));
      await clock.tickAsync(0);
      assert.equal(clock.countTimers(), 0);
    });
  });
});
