import assert from "node:assert/strict";
import { SpotifyError } from "../../../src";
import { CLIENT_ID, HOUR, TriedEmitter } from "./tried-emitter";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const UNREACHABLE = new SpotifyError("UNREACHABLE", "No answer.");

describe("an emitter of tokens", () => {
  let tried: TriedEmitter;

  beforeEach(() => {
    tried = new TriedEmitter();
  });

  afterEach(() => tried.end());

  describe("that has a token", () => {
    it("emits it at once, and the next one a minute before it ends", async () => {
      await tried.start();
      assert.deepEqual(tried.emitted, ["first"]);
      tried.give("second");
      await tried.clock.tickAsync(HOUR - MINUTE - 1);
      assert.deepEqual(tried.emitted, ["first"]);
      await tried.clock.tickAsync(1);
      assert.deepEqual(
        [tried.emitted, tried.askedAt],
        [
          ["first", "second"],
          [0, HOUR - MINUTE],
        ],
      );
    });

    it("asks each second for one that lasts less than a minute, and emits each one once", async () => {
      tried.give("short", 30 * SECOND);
      await tried.start();
      await tried.clock.tickAsync(2 * SECOND);
      assert.deepEqual([tried.emitted, tried.askedAt], [["short"], [0, SECOND, 2 * SECOND]]);
    });

    it("emits the one that the session has renewed for the same client ID", async () => {
      await tried.start();
      tried.give("renewed");
      await tried.happens(tried.tokens, "token", { clientId: "b".repeat(32) });
      assert.deepEqual(tried.emitted, ["first"]);
      await tried.happens(tried.tokens, "token", { clientId: CLIENT_ID });
      assert.deepEqual(tried.emitted, ["first", "renewed"]);
    });

    it("waits for the end of the new one alone", async () => {
      await tried.start();
      await tried.clock.tickAsync(30 * MINUTE);
      await tried.happens(tried.tokens, "token", { clientId: CLIENT_ID });
      assert.equal(tried.clock.countTimers(), 1);
    });

    for (const [what, on, event] of [
      ["the account's client ID", () => tried.session, "clientId"],
      ["the sign-ins", () => tried.signIns, "change"],
    ] as const) {
      it(`emits another one after a change of ${what}`, async () => {
        await tried.start();
        tried.give("other");
        await tried.happens(on(), event);
        assert.deepEqual(tried.emitted, ["first", "other"]);
      });
    }

    it("does not ask when the session is connected again", async () => {
      await tried.start();
      await tried.happens(tried.session, "state", { state: "ready" });
      assert.equal(tried.askedAt.length, 1);
    });

    it("asks once more, not more often, for all that happens while it asks", async () => {
      const answer = tried.hold();
      await tried.start();
      for (let change = 0; change < 5; change++) await tried.happens(tried.signIns, "change");
      assert.equal(tried.askedAt.length, 1);
      await answer();
      assert.equal(tried.askedAt.length, 2);
      await answer();
      assert.equal(tried.askedAt.length, 2);
    });
  });

  describe("that was stopped", () => {
    it("asks for nothing any more, whatever happens, and has no timer", async () => {
      tried.failWith(UNREACHABLE);
      await tried.start();
      tried.stop();
      assert.equal(tried.clock.countTimers(), 0);
      for (const of of [tried.session, tried.tokens, tried.signIns]) assert.deepEqual(of.eventNames(), []);
    });

    for (const [what, prepare] of [
      ["a token", () => tried.give("late")],
      ["a failure", () => tried.failWith(UNREACHABLE)],
    ] as const) {
      it(`says nothing of ${what} that was asked for before, and does not ask again`, async () => {
        prepare();
        const answer = tried.hold();
        await tried.start();
        await tried.happens(tried.signIns, "change");
        tried.stop();
        await answer();
        await tried.clock.tickAsync(24 * HOUR);
        assert.deepEqual([tried.emitted, tried.reported, tried.askedAt], [[], [], [0]]);
        assert.equal(tried.clock.countTimers(), 0);
      });
    }
  });
});
