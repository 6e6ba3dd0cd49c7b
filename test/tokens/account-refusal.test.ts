import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS, type SpotifyError } from "../../src";
import { endClock } from "../support/end-clock";
import { refusalBySpotify, StoredRefusals, type RememberingSession } from "../support/stored-refusals";

const NOW = Date.UTC(2026, 5, 1);
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const DESKTOP = { clientId: CLIENT_IDS.keymaster };
const REFUSED = refusalBySpotify("REQUEST_REFUSED");

describe("an account that keymaster refuses", () => {
  let clock: Clock;
  let stored: StoredRefusals;
  let session: RememberingSession;

  beforeEach(() => {
    clock = FakeTimers.install({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    stored = new StoredRefusals();
    session = stored.session();
  });
  afterEach(() => endClock(clock));

  const refuseAccount = (): SpotifyError => session.fail(REFUSED, DESKTOP);
  const moveCalendar = (by: number): void => clock.setSystemTime(Date.now() + by);

  it("is refused the desktop client ID, and therefore every client ID", () => {
    const error = refuseAccount();
    assert.match(error.message, /since 2026-06-01T00:00:00.000Z/);
    assert.equal(error.retryAfter, DAY / SECOND);
    assert.deepEqual(session.refusal(), { of: "account", since: NOW, until: NOW + DAY });
    assert.equal(session.refused({ scopes: [] }), "account");
    assert.equal(session.refused({ source: "login5" }), undefined);
  });

  it("is what a later refusal of another client ID says", () => {
    refuseAccount();
    clock.tick(HOUR);
    const error = session.fail(REFUSED);
    assert.match(error.message, /since 2026-06-01T00:00:00.000Z/);
    assert.equal(error.retryAfter, (DAY - HOUR) / SECOND);
    assert.deepEqual(stored.list, [], "no refusal of that client ID is remembered");
  });

  for (const [what, source, code] of [
    ["if login5 refuses the client ID", "login5", "REQUEST_REFUSED"],
    ["if there were too many requests", "keymaster", "RATE_LIMITED"],
  ] as const)
    it(`is not taken for refused ${what}`, () => {
      session.learn(refusalBySpotify(code), { source, ...DESKTOP });
      assert.equal(session.refused({ source, ...DESKTOP }), "client");
      assert.equal(session.refused(), undefined);
    });

  it("is not taken for refused if keymaster has given a token since the sign-in", () => {
    session.served();
    assert.equal(refuseAccount(), REFUSED);
    assert.equal(session.refused(DESKTOP), "client");
    session.memory.clear();
    refuseAccount();
    assert.equal(session.refused(DESKTOP), "account");
  });

  it("is asked for again after a day", () => {
    refuseAccount();
    clock.tick(DAY - 1);
    assert.equal(session.refused(), "account");
    clock.tick(1);
    assert.equal(session.refused(), undefined);
  });

  it("is asked for again if the calendar is set back by more than a day: else it would be refused for years", () => {
    refuseAccount();
    moveCalendar(-DAY);
    assert.equal(session.refused(), "account");
    moveCalendar(-1);
    assert.equal(session.refused(), undefined);
  });

  it("is no longer refused when keymaster gives a token; one of login5 says nothing about that", () => {
    refuseAccount();
    clock.tick(HOUR);
    session.served({ source: "login5" });
    assert.equal(session.refused(), "account");
    session.served();
    assert.equal(session.refused(), undefined);
  });

  describe("is stored for a restart and for other sessions", () => {
    it("until keymaster gives a token", () => {
      refuseAccount();
      assert.deepEqual(stored.keymaster, { serves: false, since: NOW });
      assert.equal(stored.session().refused(), "account");
      clock.tick(HOUR);
      session.served();
      assert.deepEqual(stored.keymaster, { serves: true, since: NOW + HOUR });
      assert.equal(stored.session().refused(), undefined);
    });

    it("until the next sign-in", () => {
      refuseAccount();
      session.memory.clear();
      assert.equal(session.refused(), undefined);
      assert.equal(stored.keymaster, undefined);
    });

    it("once, not with each answer", () => {
      session.served();
      session.served();
      assert.equal(stored.writes, 1);
    });

    it("in a session that is signed in already, which forgets it if nothing is stored any more", () => {
      const other = stored.session();
      refuseAccount();
      other.memory.restore(stored.keymaster, []);
      assert.equal(other.refused(), "account");
      other.memory.restore(undefined, []);
      assert.equal(other.refused(), undefined);
    });

    it("but is not read if it comes from a clock that ran ahead", () => {
      const other = stored.session();
      other.memory.restore({ serves: false, since: NOW + 1 }, []);
      assert.equal(other.refused(), undefined);
      other.memory.restore({ serves: false, since: NOW }, []);
      assert.equal(other.refused(), "account");
    });
  });
});
