import assert from "node:assert/strict";
import { install } from "@sinonjs/fake-timers";
import { TooManySignIns } from "../../../nodes/spotify-session/too-many-sign-ins";
import { endClock } from "../../support/end-clock";

describe("the error for too many sign-ins", () => {
  let clock: ReturnType<typeof install>;

  beforeEach(() => (clock = install({ now: Date.UTC(2026, 5, 1), toFake: ["Date"] })));

  afterEach(() => endClock(clock));

  for (const [what, seconds, minutes] of [
    ["says when the first of them has run out", [600, 300, 900], 5],
    ["counts a begun minute", [301], 6],
    ["says a minute for one that has just run out", [-90], 1],
    ["says a minute if those under way wait for no user", [], 1],
  ] as const) {
    it(what, () => {
      const error = new TooManySignIns(seconds.map((s) => ({ expiresAt: Date.now() + s * 1_000 })));
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.equal(error.minutes, minutes);
      assert.match(error.message, new RegExp(`in ${minutes} min`));
    });
  }
});
