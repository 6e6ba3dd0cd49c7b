import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS, type SpotifyErrorCode, type TokenSourceName } from "../../src";
import { InvalidScopeError, UnexpectedAnswer } from "../../src/tokens/token-errors";
import { endClock } from "../support/end-clock";
import {
  refusalBySpotify,
  REQUEST,
  StoredRefusals,
  type RememberingSession,
} from "../support/stored-refusals";

const NOW = Date.UTC(2026, 5, 1);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const { clientId, scopes } = REQUEST;
const INVALID_SCOPE = new InvalidScopeError("Not these.", ["streaming"], {});
const UNEXPECTED = new UnexpectedAnswer("Strange.", {});
const CODES: readonly SpotifyErrorCode[] = [
  ...(["BAD_CREDENTIALS", "INVALID_CLIENT", "INVALID_SCOPE"] as const),
  ...(["RATE_LIMITED", "REQUEST_REFUSED", "TIMEOUT"] as const),
];

describe("the memory of refusals", () => {
  let clock: Clock;
  let stored: StoredRefusals;
  let session: RememberingSession;

  beforeEach(() => {
    clock = FakeTimers.install({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    stored = new StoredRefusals();
    session = stored.session();
  });
  afterEach(() => endClock(clock));

  const moveCalendar = (by: number): void => clock.setSystemTime(Date.now() + by);

  describe("of scopes", () => {
    it("is of these scopes in any order, of this client ID and this source", () => {
      assert.equal(session.learn(INVALID_SCOPE), INVALID_SCOPE);
      assert.equal(session.refused(), "scopes");
      assert.equal(session.refused({ scopes: scopes.toReversed() }), "scopes");
      assert.equal(session.refused({ scopes: ["streaming"] }), undefined);
      assert.equal(session.refused({ clientId: CLIENT_IDS.keymaster }), undefined);
      assert.equal(session.refused({ source: "login5" }), undefined);
    });

    it("lasts a minute", () => {
      session.learn(INVALID_SCOPE);
      const refusal = { of: "scopes", since: NOW, until: NOW + MINUTE, error: INVALID_SCOPE };
      assert.deepEqual(session.refusal(), refusal);
      clock.tick(MINUTE - 1);
      assert.equal(session.refused(), "scopes");
      clock.tick(1);
      assert.equal(session.refused(), undefined);
    });

    it("is known until the next sign-in, even when they may be asked for again", () => {
      assert.ok(!session.memory.hasRefusedScopes(clientId, scopes));
      session.learn(INVALID_SCOPE);
      clock.tick(DAY);
      assert.ok(session.memory.hasRefusedScopes(clientId, scopes));
      assert.ok(!session.memory.hasRefusedScopes(clientId, ["streaming"]));
      session.memory.clear();
      assert.ok(!session.memory.hasRefusedScopes(clientId, scopes));
    });
  });

  describe("of a client ID", () => {
    it("is of any scopes, of this source alone", () => {
      const error = refusalBySpotify("REQUEST_REFUSED");
      assert.equal(session.learn(error), error);
      assert.equal(session.refused({ scopes: ["playlist-read-private"] }), "client");
      assert.equal(session.refused({ clientId: CLIENT_IDS.keymaster }), undefined);
      assert.equal(session.refused({ source: "login5" }), undefined);
    });

    for (const [what, retryAfter, duration] of [
      ["lasts a quarter of an hour", undefined, 15 * MINUTE],
      ["lasts as long as Spotify says", 90, 90 * SECOND],
    ] as const)
      it(what, () => {
        session.learn(refusalBySpotify("RATE_LIMITED", retryAfter));
        assert.equal(session.refusal()?.until, NOW + duration);
        clock.tick(duration - 1);
        assert.equal(session.refused(), "client");
        clock.tick(1);
        assert.equal(session.refused(), undefined);
      });

    it("is not affected by a calendar that is set, but its end is named as the calendar is set now", () => {
      session.learn(refusalBySpotify("RATE_LIMITED", 60));
      clock.tick(20 * SECOND);
      moveCalendar(-DAY);
      assert.equal(session.refusal()?.until, Date.now() + 40 * SECOND);
      moveCalendar(2 * DAY);
      assert.equal(session.refused(), "client");
    });

    it("begins anew when Spotify refuses it again", () => {
      session.learn(refusalBySpotify("RATE_LIMITED", 60));
      clock.tick(MINUTE);
      session.learn(refusalBySpotify("RATE_LIMITED", 60));
      assert.deepEqual([session.refused(), session.refusal()?.since], ["client", NOW + MINUTE]);
    });
  });

  for (const [source, codes] of [
    ["keymaster", ["INVALID_SCOPE", "RATE_LIMITED", "REQUEST_REFUSED"]],
    ["login5", ["BAD_CREDENTIALS", "INVALID_CLIENT", "RATE_LIMITED", "REQUEST_REFUSED"]],
    ["oauth", []],
  ] as const satisfies readonly (readonly [TokenSourceName, readonly SpotifyErrorCode[]])[])
    it(`holds of ${source}: ${codes.join(", ") || "nothing"}`, () => {
      const held = CODES.filter((code) => {
        const one = new StoredRefusals().session();
        const error = refusalBySpotify(code);
        assert.equal(one.learn(error, { source }), error);
        return one.refused({ source }) !== undefined;
      });
      assert.deepEqual(held, codes);
    });

  it("holds no error of another kind", () => {
    const error = new TypeError("No.");
    assert.equal(session.learn(error), error);
    assert.equal(stored.writes, 0);
  });

  describe("of an unexpected answer", () => {
    it("is a pause for these scopes, this client ID and this source, and no refusal", () => {
      const error = session.fail(UNEXPECTED);
      assert.deepEqual([error.code, error.message, error.retryAfter], ["PROTOCOL_ERROR", "Strange.", 30]);
      assert.deepEqual([error.clientId, error.scopes], [clientId, scopes]);
      assert.deepEqual([session.isPaused(), session.refused()], [true, undefined]);
      assert.ok(!session.isPaused({ scopes: [] }));
      assert.ok(!session.isPaused({ clientId: CLIENT_IDS.keymaster }));
      assert.ok(!session.isPaused({ source: "login5" }));
    });

    it("is a pause of half a minute, and twice as long each time, up to a quarter of an hour", () => {
      for (const seconds of [30, 60, 120, 240, 480, 900, 900]) {
        assert.equal(session.fail(UNEXPECTED).retryAfter, seconds);
        clock.tick(seconds * SECOND - 1);
        assert.ok(session.isPaused());
        clock.tick(1);
        assert.ok(!session.isPaused());
      }
    });

    it("is over when the source gives a token for the same, and the next pause is short again", () => {
      session.learn(UNEXPECTED);
      session.learn(UNEXPECTED, { scopes: [] });
      session.served();
      assert.deepEqual([session.isPaused(), session.isPaused({ scopes: [] })], [false, true]);
      assert.equal(session.fail(UNEXPECTED).retryAfter, 30);
    });
  });
});
