import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { nameOf } from "../../src/tokens/kept-refusal";
import { InvalidScopeError, UnexpectedAnswer } from "../../src/tokens/token-errors";
import { endClock } from "../support/end-clock";
import { refusalBySpotify, StoredRefusals, type RememberingSession } from "../support/stored-refusals";

const NOW = Date.UTC(2026, 5, 1);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const UNEXPECTED = new UnexpectedAnswer("Strange.", {});
const scopes = (number: number): { scopes: string[] } => ({ scopes: [`scope-${number}`] });

describe("refusals that several sessions of an account share", () => {
  let clock: Clock;
  let stored: StoredRefusals;
  let session: RememberingSession;

  beforeEach(() => {
    clock = FakeTimers.install({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    clock.tick(MINUTE);
    stored = new StoredRefusals();
    session = stored.session();
  });
  afterEach(() => endClock(clock));

  const readAgain = (reader: RememberingSession): void => reader.memory.restore(undefined, stored.list);

  it("are known to a session that starts later, for the rest of their time", () => {
    const error = new InvalidScopeError("Not these.", ["streaming"], {});
    session.learn(error);
    clock.tick(20 * SECOND);
    const other = stored.session();
    assert.deepEqual(other.refusal(), { ...session.refusal(), error });
    clock.tick(40 * SECOND - 1);
    assert.equal(other.refused(), "scopes");
    clock.tick(1);
    assert.equal(other.refused(), undefined);
  });

  it("are known to a session that runs already, when it reads them again", () => {
    const other = stored.session();
    session.learn(refusalBySpotify("RATE_LIMITED"));
    assert.equal(other.refused(), undefined);
    readAgain(other);
    assert.equal(other.refused(), "client");
  });

  it("are replaced by newer ones, and not by older ones", () => {
    const other = stored.session();
    session.learn(refusalBySpotify("RATE_LIMITED", 60));
    const older = stored.list;
    clock.tick(SECOND);
    other.learn(refusalBySpotify("RATE_LIMITED", 600));
    session.memory.restore(undefined, stored.list);
    assert.equal(session.refusal()?.until, Date.now() + 600 * SECOND);
    session.memory.restore(undefined, older);
    assert.equal(session.refusal()?.until, Date.now() + 600 * SECOND);
  });

  it("keep the whole error in the session that learned them, when it reads them again", () => {
    session.learn(refusalBySpotify("RATE_LIMITED", 60));
    const before = session.refusal();
    readAgain(session);
    assert.deepEqual(session.refusal(), before);
  });

  it("are stored once each, the newest last", () => {
    session.learn(UNEXPECTED, scopes(1));
    session.learn(UNEXPECTED, scopes(2));
    session.learn(UNEXPECTED, scopes(1));
    assert.equal(stored.list.length, 2);
    assert.match(String(nameOf(stored.list[1])), /scope-1$/);
  });

  it("are removed from the store when they are over, and so is everything that is not a refusal", () => {
    stored.list = [null, "text", {}];
    session.learn(UNEXPECTED, scopes(1));
    clock.tick(30 * SECOND);
    session.learn(UNEXPECTED, scopes(2));
    assert.equal(stored.list.length, 1);
  });

  it("include a pause, after which the other session makes its next pause twice as long", () => {
    session.learn(UNEXPECTED);
    const other = stored.session();
    assert.ok(other.isPaused());
    clock.tick(30 * SECOND);
    assert.equal(other.fail(UNEXPECTED).retryAfter, 60);
  });

  it("lose a pause when the source gives a token, and nothing else", () => {
    session.learn(UNEXPECTED);
    session.learn(UNEXPECTED, { scopes: [] });
    session.served();
    const other = stored.session();
    assert.deepEqual([other.isPaused(), other.isPaused({ scopes: [] })], [false, true]);
  });

  it("are not stored again when a source gives a token that was not paused", () => {
    session.served({ source: "login5" });
    assert.equal(stored.writes, 0);
  });

  it("are forgotten at the next sign-in, by the store, too", () => {
    session.learn(refusalBySpotify("RATE_LIMITED"));
    session.memory.clear();
    assert.deepEqual([session.refused(), stored.list], [undefined, []]);
    session.memory.clear();
    assert.equal(stored.writes, 2, "the second time, there is nothing to store");
  });

  it("are stored up to 128, the newest", () => {
    for (let number = 1; number <= 129; number++) session.learn(UNEXPECTED, scopes(number));
    assert.equal(stored.list.length, 128);
    const other = stored.session();
    assert.deepEqual(
      [1, 2, 129].map((number) => other.isPaused(scopes(number))),
      [false, true, true],
    );
  });

  it("are 1024 in one session at most: one that is learned again counts as new", () => {
    for (let number = 1; number <= 1024; number++) session.learn(UNEXPECTED, scopes(number));
    session.learn(UNEXPECTED, scopes(1));
    assert.ok(session.isPaused(scopes(2)));
    session.learn(UNEXPECTED, scopes(1025));
    assert.deepEqual(
      [1, 2, 3, 1025].map((number) => session.isPaused(scopes(number))),
      [true, false, true, true],
    );
  });
});
