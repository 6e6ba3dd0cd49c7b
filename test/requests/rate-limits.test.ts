import assert from "node:assert/strict";
import { SpotifyError } from "../../src";
import { signInWithApp } from "../support/own-app";
import { useCaller } from "./support";

describe("A rate limit of the Web API", () => {
  const caller = useCaller({ isStopped: true });

  it("is RATE_LIMITED with the seconds to wait, and the request is not sent again", async () => {
    caller.current.simulator.faults.webApiRateLimited = { value: 7, times: 1 };
    const error = await caller.current.failure({ path: "/me" }, "RATE_LIMITED");
    assert.deepEqual([error.retryAfter, error.statusCode], [7, 429]);
    assert.equal(caller.current.asked.length, 1);
  });

  it("applies to all users of the account: until it is over, each gets an error with the remaining time", async () => {
    const { simulator, stage } = caller.current;
    simulator.faults.webApiRateLimited = { value: 60, times: 1 };
    await caller.current.failure({ path: "/me" }, "RATE_LIMITED");
    await stage.time.advance(20_000);
    const errors = await Promise.all(
      ["/me/tracks", "/me/playlists", "/search?q=a&type=track"].map((path) =>
        caller.current.failure({ path }),
      ),
    );
    assert.deepEqual(
      errors.map(({ code, retryAfter, statusCode }) => [code, retryAfter, statusCode]),
      Array.from({ length: 3 }, () => ["RATE_LIMITED", 40, undefined]),
    );
    assert.equal(caller.current.asked.length, 1);
    await stage.time.advance(40_000);
    assert.equal((await caller.current.request({ path: "/me" })).status, 200);
  });

  it("applies to one app: another one may send requests", async () => {
    const { simulator, session, account } = caller.current;
    const other = await signInWithApp(simulator, session, account, ["user-read-email"]);
    simulator.faults.webApiRateLimited = { value: 60, times: 1 };
    const { clientId } = caller.current;
    await caller.current.failure({ path: "/me", clientId }, "RATE_LIMITED");
    assert.equal((await caller.current.request({ path: "/me", clientId: other })).status, 200);
  });

  it("lasts 30 s if Spotify does not name a time", async () => {
    caller.current.simulator.faults.webApiRateLimited = { value: 0, times: 1 };
    const { retryAfter } = await caller.current.failure({ path: "/me" }, "RATE_LIMITED");
    assert.equal(retryAfter, 30);
  });

  it("says that the developer's quota is used up, if that is the reason", async () => {
    caller.current.simulator.faults.webApiQuota = { value: 12_118, times: 1 };
    const error = await caller.current.failure({ path: "/me" }, "RATE_LIMITED");
    assert.equal(error.retryAfter, 12_118);
    assert.match(error.message, /quota of the developer account/);
  });

  it("that several requests meet at once is reported to each of them", async () => {
    caller.current.simulator.faults.webApiRateLimited = 60;
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        caller.current.request({ path: "/me" }).catch((error: unknown) => error),
      ),
    );
    for (const error of outcomes) {
      assert.ok(error instanceof SpotifyError);
      assert.equal(error.code, "RATE_LIMITED");
    }
  });
});
