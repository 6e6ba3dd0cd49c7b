import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS, SpotifyError } from "../../src";
import { raceAbort } from "../../src/async/race-abort";
import type { WebApiAccess } from "../../src/tokens/web-api-access";
import { AskedWebApi } from "../support/asked-web-api";
import { endClock } from "../support/end-clock";
import { failureOf, Outcome } from "../support/failure";

const { keymaster, android } = CLIENT_IDS;
const OWN_APP = "0123456789abcdef0123456789abcdef";
const NOW = Date.UTC(2026, 5, 1, 12);
const DAY = 86_400_000;
const ASK_AFTER = 10_000;
const TAKEN = { clientId: keymaster, takes: true, since: NOW - 2 * DAY };
const REFUSED = { ...TAKEN, takes: false };

describe("The question whether the Web API takes tokens of Spotify's own client IDs", () => {
  let clock: Clock;
  let webApi: AskedWebApi;
  let access: WebApiAccess;

  beforeEach(() => {
    clock = FakeTimers.install({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date"] });
    webApi = new AskedWebApi();
    ({ access } = webApi);
  });
  afterEach(async () => {
    access.close();
    await endClock(clock);
  });

  const takesNow = (clientId: string = keymaster): Promise<boolean> =>
    access.takesNow(clientId, () => Promise.resolve("token"), new AbortController().signal);

  /** How often it is asked because a token was minted now. */
  async function questionsFor(clientId: string = keymaster): Promise<number> {
    const before = webApi.asked.length;
    access.minted("keymaster", clientId);
    await clock.tickAsync(ASK_AFTER);
    return webApi.asked.length - before;
  }

  describe("after a token was minted", () => {
    it("is asked once, after ten seconds, and the answer is told and kept", async () => {
      access.minted("keymaster", keymaster);
      await clock.tickAsync(ASK_AFTER - 1_000);
      access.minted("oauth", keymaster);
      await clock.tickAsync(999);
      assert.deepEqual(webApi.asked, []);
      await clock.tickAsync(1);
      assert.deepEqual(webApi.asked, [`token of ${keymaster}`]);
      assert.deepEqual(webApi.changed, [keymaster]);
      const now = NOW + ASK_AFTER;
      assert.deepEqual(webApi.kept, [[{ clientId: keymaster, takes: true, since: now, checkedAt: now }]]);
      assert.equal(clock.countTimers(), 0);
    });

    it("is not asked with a token of login5, or of an app", async () => {
      access.minted("login5", keymaster);
      access.minted("oauth", OWN_APP);
      assert.equal(clock.countTimers(), 0);
    });

    it("is asked for each client ID", async () => {
      access.minted("keymaster", android);
      assert.equal(await questionsFor(keymaster), 2);
    });

    it("is asked with the next token if this one is no longer valid", async () => {
      webApi.tokens.delete(keymaster);
      assert.equal(await questionsFor(), 0);
      assert.deepEqual(webApi.kept, []);
      webApi.tokens.set(keymaster, "the next token");
      assert.equal(await questionsFor(), 1);
      assert.deepEqual(webApi.asked, ["the next token"]);
    });

    for (const [what, age, questions] of [
      ["is not asked again within a day", DAY - 1, 0],
      ["is not asked again in the same moment", 0, 0],
      ["is asked again after a day", DAY, 1],
    ] as const) {
      it(what, async () => {
        access.restore([{ ...TAKEN, checkedAt: NOW - age }]);
        access.minted("keymaster", keymaster);
        assert.equal(clock.countTimers(), questions);
        await clock.tickAsync(ASK_AFTER);
        assert.equal(webApi.asked.length, questions);
      });
    }

    it("is asked again if the clock was set back", async () => {
      access.restore([{ ...TAKEN, checkedAt: NOW }]);
      clock.setSystemTime(NOW - ASK_AFTER - 1);
      assert.equal(await questionsFor(), 1);
    });

    it("is not asked if another session has learned the answer in the meantime", async () => {
      access.minted("keymaster", keymaster);
      access.restore([{ ...TAKEN, checkedAt: NOW }]);
      await clock.tickAsync(ASK_AFTER);
      assert.deepEqual(webApi.asked, []);
    });

    for (const [what, answer] of [
      ["the request fails", () => Promise.reject(new SpotifyError("UNREACHABLE", "It is away."))],
      ["the answer says neither", () => Promise.resolve(undefined)],
    ] as const) {
      it(`is asked again another day if ${what}, and what was known stays known`, async () => {
        access.restore([{ ...TAKEN, checkedAt: NOW - DAY }]);
        webApi.answer = answer;
        await questionsFor();
        const known = { ...TAKEN, checkedAt: NOW + ASK_AFTER };
        assert.deepEqual(webApi.kept, [[known]]);
        assert.deepEqual(webApi.changed, []);
        assert.equal(access.takes(keymaster), true);
        assert.equal(await questionsFor(), 0);
        await clock.tickAsync(DAY);
        assert.equal(await questionsFor(), 1);
      });
    }

    it("is not asked when another account was signed in in the meantime", async () => {
      access.minted("keymaster", keymaster);
      access.forget();
      assert.equal(clock.countTimers(), 0);
      assert.equal(await questionsFor(), 1, "but for a token of the new account");
    });
  });

  describe("of a caller that needs the answer now", () => {
    it("is asked at once, and once for all who wait", async () => {
      assert.deepEqual(await Promise.all([takesNow(), takesNow()]), [true, true]);
      assert.deepEqual(webApi.asked, ["token"]);
      webApi.answer = () => Promise.resolve(false);
      assert.equal(await takesNow(android), false);
    });

    for (const [what, clientId, known] of [
      ["for an app", OWN_APP, []],
      ["if the Web API took the tokens when it was asked last", keymaster, [{ ...TAKEN, checkedAt: 0 }]],
      ["again within a day", keymaster, [{ ...REFUSED, checkedAt: NOW - 1 }]],
    ] as const) {
      it(`is not asked ${what}`, async () => {
        access.restore(known);
        await takesNow(clientId);
        assert.deepEqual(webApi.asked, []);
      });
    }

    it("fails as the request for the token does", async () => {
      const error = new SpotifyError("NOT_SIGNED_IN", "Sign in.");
      await assert.rejects(
        access.takesNow(keymaster, () => Promise.reject(error), new AbortController().signal),
        error,
      );
      assert.deepEqual(webApi.kept, []);
    });

    it("goes on when the caller has left, for those who ask next", async () => {
      let give: (token: string) => void = () => undefined;
      const getToken = (either: AbortSignal): Promise<string> => {
        const token = new Promise<string>((resolve) => (give = resolve));
        return raceAbort(either, token);
      };
      const leaving = new AbortController();
      const left = access.takesNow(keymaster, getToken, leaving.signal);
      leaving.abort(new SpotifyError("TIMEOUT", "It took too long."));
      await failureOf(left, "TIMEOUT");
      const next = takesNow();
      give("the first caller's token");
      assert.equal(await next, true);
      assert.deepEqual(webApi.asked, ["the first caller's token"]);
    });

    it("has no answer for the account that is signed in afterwards", async () => {
      let reply: (takes: boolean) => void = () => undefined;
      webApi.answer = () => new Promise((resolve) => (reply = resolve));
      const takes = takesNow();
      await clock.tickAsync(0);
      access.forget();
      reply(true);
      assert.equal(await takes, false);
      assert.deepEqual([webApi.kept, webApi.changed], [[], []]);
    });
  });

  describe("of a session that is closed", () => {
    it("is cancelled, and nothing is learned from it", async () => {
      let sent: AbortSignal | undefined;
      webApi.answer = (signal) => {
        sent = signal;
        return new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        });
      };
      await questionsFor();
      const waiting = new Outcome(takesNow());
      access.close();
      assert.equal((sent?.reason as SpotifyError | undefined)?.code, "CLOSED");
      await clock.tickAsync(0);
      assert.equal(waiting.pending, false);
      assert.deepEqual(webApi.kept, []);
    });

    it("is not asked any more", async () => {
      access.minted("keymaster", keymaster);
      access.close();
      assert.equal(clock.countTimers(), 0);
      access.minted("keymaster", keymaster);
      assert.equal(clock.countTimers(), 0);
      await failureOf(takesNow(), "CLOSED");
      assert.deepEqual(webApi.asked, []);
    });
  });
});
