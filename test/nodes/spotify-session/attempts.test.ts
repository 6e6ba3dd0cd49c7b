import assert from "node:assert/strict";
import { install } from "@sinonjs/fake-timers";
import { Attempt, Attempts } from "../../../nodes/spotify-session/attempts";
import { SpotifyError } from "../../../src";
import { endClock } from "../../support/end-clock";

const MINUTE = 60_000;

let clock: ReturnType<typeof install>;

const withClock = (): void => {
  beforeEach(() => (clock = install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] })));
  afterEach(() => endClock(clock));
};

describe("an attempt to sign in", () => {
  withClock();

  let attempt: Attempt;
  let ended: number;

  beforeEach(() => {
    ended = 0;
    attempt = new Attempt(10 * MINUTE, () => ended++);
  });

  it("waits at first, for as long as its user has", () => {
    assert.deepEqual(attempt.state, { state: "waiting", username: null, error: null });
    assert.ok(attempt.isWaiting);
    assert.equal(attempt.expiresAt, 10 * MINUTE);
    assert.equal(ended, 0);
  });

  for (const [what, username, shown] of [
    ["tells whose account it is", "alice", "alice"],
    ["may not know whose account it is", undefined, null],
  ] as const) {
    it(`${what} when it has succeeded`, async () => {
      await attempt.follow(Promise.resolve(username));
      assert.deepEqual(attempt.state, { state: "done", username: shown, error: null });
      assert.equal(attempt.isWaiting, false);
      assert.equal(ended, 1);
    });
  }

  it("tells why it has failed", async () => {
    await attempt.follow(Promise.reject(new SpotifyError("RATE_LIMITED", "Wait.")));
    const error = { code: "RATE_LIMITED", message: "Wait." };
    assert.deepEqual(attempt.state, { state: "failed", username: null, error });
    assert.equal(attempt.isWaiting, false);
    assert.equal(ended, 1);
  });

  it("can be cancelled once, and stops what is under way", () => {
    attempt.cancel();
    const error = { code: "CLOSED", message: "The sign-in was cancelled." };
    assert.deepEqual(attempt.state, { state: "failed", username: null, error });
    assert.equal(attempt.isWaiting, false);
    assert.equal((attempt.signal.reason as SpotifyError).code, "CLOSED");
    attempt.cancel(new SpotifyError("TIMEOUT", "Too late."));
    assert.equal(attempt.state.error?.code, "CLOSED");
    assert.equal(ended, 1);
  });

  it("keeps the reason for which it was cancelled, whatever the cancelled work says", async () => {
    attempt.cancel(new SpotifyError("TIMEOUT", "Too late."));
    await attempt.follow(Promise.reject(new SpotifyError("CLOSED", "Stopped.")));
    assert.deepEqual(attempt.state.error, { code: "TIMEOUT", message: "Too late." });
  });

  it("has succeeded if it was cancelled too late", async () => {
    attempt.cancel();
    await attempt.follow(Promise.resolve("alice"));
    assert.equal(attempt.state.state, "done");
    assert.equal(attempt.isWaiting, false);
  });

  it("is not cancelled any more when it has succeeded", async () => {
    await attempt.follow(Promise.resolve("alice"));
    attempt.cancel();
    assert.equal(attempt.state.state, "done");
    assert.equal(attempt.signal.aborted, false);
    assert.equal(ended, 1);
  });
});

describe("the attempts of an account", () => {
  withClock();

  let attempts: Attempts<Attempt>;

  beforeEach(() => (attempts = new Attempts()));

  const add = (minutes = 10): Attempt => {
    const attempt = new Attempt(Date.now() + minutes * MINUTE, () => undefined);
    attempts.add(attempt);
    return attempt;
  };

  it("are found by their IDs until they are removed", () => {
    assert.ok(attempts.isEmpty);
    const [first, second] = [add(), add()];
    assert.equal(attempts.get(first.id), first);
    assert.deepEqual(attempts.all(), [first, second]);
    attempts.remove(first.id);
    assert.equal(first.isWaiting, false, "is cancelled");
    attempts.remove("unknown");
    assert.deepEqual(attempts.all(), [second]);
    assert.equal(attempts.isEmpty, false);
  });

  it("wait for their users until their time is over or they end", () => {
    const [early, cancelled, late] = [add(5), add(), add()];
    cancelled.cancel();
    clock.tick(5 * MINUTE - 1);
    assert.deepEqual(attempts.waiting(), [early, late]);
    clock.tick(1);
    assert.deepEqual(attempts.waiting(), [late]);
  });

  it("have a minute more to end by themselves, and are then ended", () => {
    const attempt = add(5);
    clock.tick(6 * MINUTE);
    assert.equal(attempts.isEmpty, false);
    assert.ok(attempt.isWaiting);
    clock.tick(1);
    assert.deepEqual(attempts.waiting(), []);
    assert.equal(attempts.get(attempt.id), undefined);
    assert.equal(attempt.isWaiting, false);
  });

  it("are kept for longer than a quarter of an hour if their users have longer", () => {
    const attempt = add(60);
    clock.tick(60 * MINUTE);
    add();
    assert.equal(attempts.get(attempt.id), attempt);
  });

  it("are kept with their outcome for a quarter of an hour, however long they took", () => {
    const attempt = add(60);
    clock.tick(30 * MINUTE);
    attempt.cancel();
    clock.tick(15 * MINUTE);
    assert.equal(attempts.isEmpty, false);
    clock.tick(1);
    assert.ok(attempts.isEmpty);
  });

  it("that are old make room for a new one", () => {
    const old = add();
    old.cancel();
    clock.tick(15 * MINUTE + 1);
    const attempt = add();
    assert.deepEqual(attempts.all(), [attempt]);
  });

  it("are at most sixteen outcomes; one that waits for its user is kept", () => {
    const waiting = add();
    const ended = Array.from({ length: 17 }, () => {
      const attempt = add();
      attempt.cancel();
      return attempt;
    });
    assert.deepEqual(attempts.all(), [waiting, ...ended.slice(1)]);
  });
});
