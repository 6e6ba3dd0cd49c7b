import assert from "node:assert/strict";
import { SpotifyError } from "../../../src";
import { CLIENT_ID, HOUR, TriedEmitter } from "./tried-emitter";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * HOUR;
const LIMITED = new SpotifyError("RATE_LIMITED", "Wait.");
const UNREACHABLE = new SpotifyError("UNREACHABLE", "No answer.");

describe("an emitter of tokens", () => {
  let tried: TriedEmitter;

  beforeEach(() => {
    tried = new TriedEmitter();
  });

  afterEach(() => tried.end());

  describe("that gets no token", () => {
    /** The waits between the requests, in the time of `duration`. */
    const waitsIn = async (duration: number): Promise<number[]> => {
      await tried.clock.tickAsync(duration);
      return tried.askedAt.slice(1).map((at, i) => at - tried.askedAt[i]!);
    };

    it("asks again after 15 s, then after twice as long each time, at most after 15 min; or up to a quarter sooner", async () => {
      tried.failWith(LIMITED);
      await tried.start();
      const waits = await waitsIn(3 * HOUR);
      const longest = [15, 30, 60, 120, 240, 480, 900, 900, 900, 900].map((seconds) => seconds * SECOND);
      for (const [i, most] of longest.entries())
        assert.ok(waits[i]! <= most && waits[i]! >= 0.75 * most - 1, `wait ${i}: ${waits[i]} of ${most}`);
    });

    it("still asks about every 15 min after a week", async () => {
      tried.failWith(LIMITED);
      await tried.start();
      const last = (await waitsIn(7 * DAY)).at(-1)!;
      assert.ok(last <= 15 * MINUTE && last >= 0.75 * 15 * MINUTE - 1, String(last));
    });

    it("does not ask sooner than Spotify says, but once a day", async () => {
      tried.failWith(new SpotifyError("RATE_LIMITED", "Wait.", { retryAfter: 3_600 }));
      await tried.start();
      assert.deepEqual(await waitsIn(HOUR), [HOUR]);
      tried.failWith(new SpotifyError("RATE_LIMITED", "Wait.", { retryAfter: 30 * 86_400 }));
      assert.deepEqual(await waitsIn(HOUR + DAY), [HOUR, HOUR, DAY]);
    });

    it("asks at once when the session is connected, and not in another state", async () => {
      tried.failWith(UNREACHABLE);
      await tried.start();
      await tried.happens(tried.session, "state", { state: "connecting" });
      assert.equal(tried.askedAt.length, 1);
      tried.give("first");
      await tried.happens(tried.session, "state", { state: "ready" });
      assert.deepEqual([tried.emitted, tried.askedAt.length], [["first"], 2]);
    });

    it("asks again after a change, and for a first token not when other client IDs get one", async () => {
      tried.failWith(UNREACHABLE);
      await tried.start();
      await tried.happens(tried.tokens, "token", { clientId: CLIENT_ID });
      assert.equal(tried.askedAt.length, 1);
      await tried.happens(tried.signIns, "change");
      assert.equal(tried.askedAt.length, 2);
    });

    it("waits 15 s at most again after it had a token", async () => {
      tried.failWith(LIMITED);
      await tried.start();
      await tried.clock.tickAsync(HOUR);
      tried.give("first", 5 * MINUTE);
      await tried.happens(tried.signIns, "change");
      tried.failWith(LIMITED);
      await tried.clock.tickAsync(4 * MINUTE);
      const asked = tried.askedAt.length;
      await tried.clock.tickAsync(15 * SECOND);
      assert.equal(tried.askedAt.length, asked + 1);
    });
  });

  describe("reports a failure", () => {
    it("once for each kind, however long it lasts", async () => {
      tried.failWith(UNREACHABLE);
      await tried.start();
      await tried.clock.tickAsync(DAY);
      tried.failWith(LIMITED);
      await tried.clock.tickAsync(DAY);
      tried.failWith(UNREACHABLE);
      await tried.clock.tickAsync(DAY);
      assert.deepEqual(tried.reported, ["UNREACHABLE", "RATE_LIMITED"]);
    });

    /** A failure, a token at once, and another failure of the same kind after `pause`. */
    const failAgainAfter = async (pause: number): Promise<void> => {
      await tried.clock.tickAsync(MINUTE);
      tried.failWith(LIMITED);
      await tried.start();
      tried.give("between");
      await tried.happens(tried.signIns, "change");
      await tried.clock.tickAsync(pause);
      tried.failWith(LIMITED);
      await tried.happens(tried.signIns, "change");
    };

    it("once if it comes back within five minutes", async () => {
      await failAgainAfter(5 * MINUTE);
      assert.deepEqual(tried.reported, ["RATE_LIMITED"]);
    });

    it("again if it comes back later", async () => {
      await failAgainAfter(5 * MINUTE + 1);
      assert.deepEqual(tried.reported, ["RATE_LIMITED", "RATE_LIMITED"]);
    });
  });
});
