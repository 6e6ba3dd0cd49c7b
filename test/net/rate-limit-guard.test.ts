import assert from "node:assert/strict";
import { RateLimitGuard, type RateLimit } from "../../src/net/rate-limit-guard";
import { SpotifyError } from "../../src";
import { thrownBy } from "../support/failure";
import { useStage } from "../support/stage";

const [ANNA, BERT] = ["a".repeat(32), "b".repeat(32)] as const;
const [ACCOUNTS, API] = ["accounts.spotify.com", "api.spotify.com"] as const;
const HOUR = 3_600_000;
const WEEK = 7 * 86_400;

describe("the rate-limit guard", () => {
  const stage = useStage();
  let kept: RateLimit[];
  let guard: RateLimitGuard;

  beforeEach(() => {
    kept = [];
    guard = new RateLimitGuard((limits) => (kept = limits));
    void stage.current.time;
  });

  /** Gives the guard a 429. @returns the error that it throws */
  function told(retryAfter: string | string[] | undefined, body = "Too many requests"): SpotifyError {
    const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
    const response = { status: 429, headers, body: Buffer.from(body) };
    return thrownBy(() => guard.learn(ANNA, ACCOUNTS, response), "RATE_LIMITED");
  }

  const isFree = (clientId: string = ANNA, host: string = ACCOUNTS): boolean => {
    try {
      guard.check(clientId, host);
      return true;
    } catch {
      return false;
    }
  };

  it("learns only from a 429", () => {
    for (const status of [200, 400, 401, 403, 500, 503]) {
      guard.learn(ANNA, ACCOUNTS, { status, headers: { "retry-after": "60" }, body: Buffer.alloc(0) });
    }
    assert.ok(isFree());
    assert.deepEqual(kept, []);
  });

  it("stops one client ID at one host, and no other", () => {
    told("60");
    assert.deepEqual(
      [isFree(), isFree(BERT), isFree(ANNA, API), isFree(BERT, API)],
      [false, true, true, true],
    );
  });

  it("does not remember a 429 that is a permanent refusal, and tells no caller to wait", () => {
    const refusal = new SpotifyError("REQUEST_REFUSED", "For good.");
    const isBlocked = (clientId: string, host: string): boolean => clientId === ANNA && host === API;
    guard = new RateLimitGuard(
      (limits) => (kept = limits),
      (clientId, host) => (isBlocked(clientId, host) ? refusal : undefined),
    );
    const response = { status: 429, headers: { "retry-after": "60" }, body: Buffer.alloc(0) };
    assert.equal(
      thrownBy(() => guard.learn(ANNA, API, response), "REQUEST_REFUSED"),
      refusal,
    );
    assert.deepEqual(kept, []);
    // As an earlier version stored it.
    const until = Date.now() + HOUR;
    guard.restore([{ clientId: ANNA, host: API, until, quota: false }]);
    assert.ok(isFree(ANNA, API));
    thrownBy(() => guard.learn(BERT, API, response), "RATE_LIMITED");
    assert.ok(!isFree(BERT, API));
  });

  /** Retry-After → seconds. */
  const TABLE: readonly [string | string[] | undefined, number][] = [
    ["1", 1],
    ["60", 60],
    [" 60 ", 60],
    ["12118", 12_118],
    ["19056", 19_056],
    [["7", "9"], 7],
    [undefined, 30],
    ["", 30],
    ["0", 30],
    ["-5", 30],
    ["soon", 30],
    ["1.5", 30],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 30],
    ["99999999999", WEEK],
    ["9".repeat(400), 30],
    ["Fri, 31 Dec 9999 23:59:59 GMT", WEEK],
  ];
  for (const [header, seconds] of TABLE) {
    it(`reads Retry-After: ${JSON.stringify(header)?.slice(0, 40)} for ${seconds} s`, async () => {
      assert.equal(told(header).retryAfter, seconds);
      const { retryAfter } = thrownBy(() => guard.check(ANNA, ACCOUNTS), "RATE_LIMITED");
      assert.equal(retryAfter, seconds);
      stage.current.time.moveCalendar(seconds * 1000 - 1);
      assert.ok(!isFree());
      stage.current.time.moveCalendar(1);
      assert.ok(isFree());
    });
  }

  it("also reads a date", () => {
    const { retryAfter } = told(new Date(Date.now() + 90_000).toUTCString());
    assert.ok(retryAfter! >= 89 && retryAfter! <= 90, String(retryAfter));
  });

  it("says how long to wait, in a suitable unit", () => {
    assert.match(told("90").message, /accounts\.spotify\.com.*in 90 s/);
    assert.match(told("600").message, /in 10 min/);
    assert.match(told("19056").message, /in 5\.3 h/);
    assert.equal(told("90").clientId, ANNA);
  });

  it("says that the quota of the developer account is used up, now and as long as that lasts", () => {
    const body = JSON.stringify({
      error: { status: 429, message: "Too many requests", reason: "QUOTA_EXCEEDED" },
    });
    assert.match(told("3600", body).message, /quota/);
    assert.match(thrownBy(() => guard.check(ANNA, ACCOUNTS)).message, /quota/);
    for (const other of ["", "null", "[]", '{"error":"QUOTA_EXCEEDED"}', '{"error":{"reason":"OTHER"}}'])
      assert.ok(!/quota/.test(told("3600", other).message), other);
  });

  it("fails at once: it never sleeps, and sets no timer", () => {
    const { timers } = stage.current.time;
    told("3600");
    thrownBy(() => guard.check(ANNA, ACCOUNTS), "RATE_LIMITED");
    assert.equal(stage.current.time.timers, timers);
  });

  it("uses the newest 429, even if its time is shorter", () => {
    told("3600");
    told("10");
    stage.current.time.moveCalendar(11_000);
    assert.ok(isFree());
  });

  it("survives a restart", () => {
    told("3600");
    const later = new RateLimitGuard(() => undefined);
    later.restore(JSON.parse(JSON.stringify(kept)) as unknown[]);
    stage.current.time.moveCalendar(HOUR / 2);
    assert.equal(thrownBy(() => later.check(ANNA, ACCOUNTS), "RATE_LIMITED").retryAfter, 1_800);
    later.check(BERT, ACCOUNTS);
  });

  it("drops entries at a restart if they are over or invalid, or if the clock was ahead when they were stored", () => {
    told("3600");
    const good = kept[0]!;
    const later = new RateLimitGuard(() => undefined);
    const now = Date.now();
    later.restore([
      null,
      5,
      "x",
      [],
      {},
      { ...good, until: now - 1 },
      { ...good, until: Number.NaN },
      { ...good, until: "soon" },
      { ...good, until: now + 8 * 86_400_000 },
      { ...good, until: Infinity },
      { ...good, clientId: 5 },
      { ...good, host: undefined },
    ]);
    later.check(ANNA, ACCOUNTS);
  });

  it("blocks no client ID if the calendar is set back by years", () => {
    told("3600");
    stage.current.time.moveCalendar(-5 * 365 * 24 * HOUR);
    assert.ok(isFree());
  });

  it("waits a little longer, and no more, if the calendar is set back by an hour", () => {
    told("3600");
    stage.current.time.moveCalendar(-HOUR);
    assert.equal(thrownBy(() => guard.check(ANNA, ACCOUNTS)).retryAfter, 7_200);
  });

  it("at worst asks too early if the calendar is set ahead", () => {
    told("3600");
    stage.current.time.moveCalendar(2 * HOUR);
    assert.ok(isFree());
  });

  it("drops an entry when it is over, on disk too, and when its client ID is signed out", () => {
    told("60");
    assert.equal(kept.length, 1);
    stage.current.time.moveCalendar(61_000);
    assert.ok(isFree());
    assert.deepEqual(kept, []);
    told("60");
    guard.forget(BERT);
    assert.ok(!isFree());
    guard.forget(ANNA);
    assert.ok(isFree());
    assert.deepEqual(kept, []);
  });

  it("is limited in size", () => {
    const response = { status: 429, headers: { "retry-after": "60" }, body: Buffer.alloc(0) };
    for (let i = 0; i < 1_000; i++) thrownBy(() => guard.learn(`${i}`, ACCOUNTS, response));
    assert.equal(kept.length, 256);
    assert.ok(!isFree("999"));
  });
});
