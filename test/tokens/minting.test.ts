import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS, SpotifyError, type TokenSourceName } from "../../src";
import { invalidScope, UnexpectedAnswer } from "../../src/tokens/token-errors";
import { failureOf, Outcome } from "../support/failure";
import { never, PoolStage } from "./support/pool-stage";

const { keymaster } = CLIENT_IDS;
const OWN_APP = "0123456789abcdef0123456789abcdef";
const NOW = Date.UTC(2026, 5, 1);
const fails = (code: "REQUEST_REFUSED" | "UNREACHABLE" | "PREMIUM_REQUIRED"): Promise<never> =>
  Promise.reject(new SpotifyError(code, `It was ${code}.`));

describe("a request for a token", () => {
  let clock: Clock & { uninstall(): void };
  let stage: PoolStage;

  beforeEach(() => {
    clock = FakeTimers.install({ now: NOW, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    stage = new PoolStage();
  });
  afterEach(() => {
    stage.pool.close();
    clock.uninstall();
  });

  /** The source gives no token for these scopes, and says which of them it does not give. */
  function refuse(...missing: string[]): void {
    stage.answer = (request) =>
      missing.some((scope) => request.scopes.includes(scope))
        ? Promise.reject(invalidScope(request.clientId, request.scopes, missing, stage.current))
        : Promise.resolve(stage.token(request));
  }

  /** The answer to each request comes when this is called. */
  function hold(): () => void {
    const waiting: (() => void)[] = [];
    const { answer } = stage;
    stage.answer = async (request, signal) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return answer(request, signal);
    };
    return () => waiting.splice(0).forEach((go) => go());
  }

  it("to keymaster wants a connection; to another source it does not", async () => {
    await stage.get("");
    stage.grants.set(OWN_APP, { scopes: ["streaming"] });
    await stage.get("streaming", OWN_APP);
    assert.equal(stage.opened, 0);
    await stage.get("streaming");
    assert.equal(stage.opened, 1);
    assert.deepEqual(stage.requests, ["login5", "oauth streaming", "keymaster streaming"]);
  });

  it("is made in turn with the other sessions of the account, except that for an own app, which does so itself", async () => {
    await stage.get("streaming");
    await stage.get("");
    stage.grants.set(OWN_APP, { scopes: ["streaming"] });
    await stage.get("streaming", OWN_APP);
    assert.deepEqual(stage.turns, [`keymaster ${keymaster} streaming`, `login5 ${keymaster} `]);
  });

  it("is not sent if another session was given the token before this one had its turn", async () => {
    stage.isShared = true;
    const other = new PoolStage();
    await other.get("streaming user-read-email");
    stage.inTurn = () => (stage.kept = other.kept);
    assert.equal((await stage.get("streaming")).accessToken, "token 1");
    assert.deepEqual(stage.requests, []);
    other.pool.close();
  });

  it("is not sent if another session was refused it before this one had its turn", async () => {
    stage.isShared = true;
    const other = new PoolStage();
    other.answer = () => fails("REQUEST_REFUSED");
    await failureOf(other.get("streaming"), "REQUEST_REFUSED");
    stage.inTurn = () => (stage.kept = other.kept);
    await failureOf(stage.get("streaming"), "REQUEST_REFUSED");
    assert.deepEqual(stage.requests, []);
    other.pool.close();
  });

  it("of a session alone does not take what came into its store otherwise", async () => {
    const other = new PoolStage();
    await other.get("streaming");
    stage.inTurn = () => (stage.kept = other.kept);
    await stage.get("streaming");
    assert.deepEqual(stage.requests, ["keymaster streaming"]);
    other.pool.close();
  });

  it("that no source can answer now is not sent, and wants no connection", async () => {
    stage.whyNoToken = new SpotifyError("NOT_SIGNED_IN", "Sign in.");
    await failureOf(stage.get("streaming"), "NOT_SIGNED_IN");
    assert.deepEqual([stage.opened, stage.turns, stage.asked], [0, [], []]);
  });

  describe("beside others", () => {
    it("joins one for the same scopes or more, of the same source and client ID", async () => {
      const go = hold();
      const more = stage.get("streaming user-read-email");
      const joined = [stage.get("user-read-email"), stage.get("user-read-email streaming")];
      const others = [
        stage.get("user-read-private"),
        stage.get("user-read-private streaming"),
        stage.get("streaming", CLIENT_IDS.ios),
        stage.get("", keymaster, { source: "login5" }),
      ];
      await clock.tickAsync(1);
      assert.equal(stage.asked.length, 5);
      go();
      const first = await more;
      for (const one of joined) assert.equal((await one).accessToken, first.accessToken);
      const tokens = await Promise.all(others);
      assert.equal(new Set([first, ...tokens].map(({ accessToken }) => accessToken)).size, 5);
    });

    it("is sent by itself if the one it has joined was refused for scopes that it does not need", async () => {
      refuse("user-read-email");
      const go = hold();
      const more = new Outcome(stage.get("streaming user-read-email"));
      const less = new Outcome(stage.get("streaming"));
      await clock.tickAsync(1);
      assert.equal(stage.asked.length, 1);
      go();
      await clock.tickAsync(1);
      go();
      await clock.tickAsync(1);
      assert.equal(more.error?.code, "INVALID_SCOPE");
      assert.deepEqual(less.result?.scopes, ["streaming"]);
      assert.deepEqual(stage.requests, ["keymaster streaming user-read-email", "keymaster streaming"]);
    });

    it("fails with them if the refusal is of something else", async () => {
      stage.answer = () => fails("PREMIUM_REQUIRED");
      const go = hold();
      const both = [stage.get("streaming user-read-email"), stage.get("streaming")].map(
        (one) => new Outcome(one),
      );
      await clock.tickAsync(1);
      go();
      await clock.tickAsync(1);
      assert.deepEqual(
        both.map(({ error }) => error?.code),
        ["PREMIUM_REQUIRED", "PREMIUM_REQUIRED"],
      );
      assert.equal(stage.asked.length, 1);
    });

    it("waits while 64 of its source are under way; those of other sources do not count", async () => {
      const go = hold();
      const names = Array.from({ length: 66 }, (_, i) => `scope-${i}`);
      const all = names.map((name) => stage.get(name));
      const other = stage.get("");
      await clock.tickAsync(1);
      assert.equal(stage.asked.filter(({ source }) => source === "keymaster").length, 64);
      assert.equal(stage.asked.filter(({ source }) => source === "login5").length, 1);
      go();
      await clock.tickAsync(1);
      go();
      await Promise.all([...all, other]);
      assert.equal(stage.asked.length, 67);
    });
  });

  describe("that has no answer in time", () => {
    it("fails with TIMEOUT, for its scopes and client ID, after the time that it names", async () => {
      stage.answer = never;
      const outcome = new Outcome(stage.get("streaming", keymaster, { timeout: 5_000 }));
      await clock.tickAsync(4_999);
      assert.ok(outcome.pending);
      await clock.tickAsync(1);
      const { code, message, clientId, scopes } = outcome.error!;
      assert.deepEqual([code, clientId, scopes], ["TIMEOUT", keymaster, ["streaming"]]);
      assert.match(message, /within 5 s/);
    });

    it("says what keeps the connection from being ready, if keymaster was asked", async () => {
      stage.answer = never;
      stage.trouble = new SpotifyError("UNREACHABLE", "No access point answers.");
      stage.grants.set(OWN_APP, { scopes: ["streaming"] });
      const outcomes = [stage.get("streaming"), stage.get(""), stage.get("streaming", OWN_APP)].map(
        (one) => new Outcome(one),
      );
      await clock.tickAsync(30_000);
      assert.deepEqual(
        outcomes.map(({ error }) => error?.code),
        ["UNREACHABLE", "TIMEOUT", "TIMEOUT"],
      );
      const [first] = outcomes;
      assert.equal(first!.error!.message, "No access point answers.");
      assert.deepEqual(first!.error!.scopes, ["streaming"]);
    });

    it("does not wait longer because it began with another one that was refused", async () => {
      refuse("user-read-email");
      const { answer } = stage;
      stage.answer = async (request, signal) => {
        if (request.scopes.length === 1) return never(request, signal);
        await new Promise((resolve) => setTimeout(resolve, 20_000));
        return answer(request, signal);
      };
      void stage.get("streaming user-read-email").catch(() => undefined);
      const outcome = new Outcome(stage.get("streaming"));
      await clock.tickAsync(29_999);
      assert.ok(outcome.pending);
      await clock.tickAsync(1);
      assert.equal(outcome.error?.code, "TIMEOUT");
    });
  });

  describe("that is answered with a token that", () => {
    for (const [what, lifetimes, requests, code] of [
      ["would end within a minute, is sent once more", [59, 3600], 2, undefined],
      ["would end within a minute twice, fails with TIMEOUT", [59, 59, 3600], 2, "TIMEOUT"],
      ["lasts longer than a minute, is used", [61], 1, undefined],
    ] as const) {
      it(what, async () => {
        const left = [...lifetimes];
        stage.answer = (request) => Promise.resolve(stage.token(request, left.shift()));
        const outcome = new Outcome(stage.get("streaming"));
        await clock.tickAsync(1);
        assert.equal(outcome.error?.code, code);
        assert.equal(outcome.result === undefined, code !== undefined);
        const { scopes, clientId } = outcome.error ?? outcome.result!;
        assert.deepEqual([scopes, clientId], [["streaming"], keymaster]);
        assert.equal(stage.asked.length, requests);
      });
    }

    it("was asked for a while before it came, counts its life from then", async () => {
      const askedAt = Date.now() - 600_000;
      stage.answer = (request) => Promise.resolve({ ...stage.token(request), askedAt });
      assert.equal((await stage.get("streaming")).expiresAt, askedAt + 3_600_000);
    });

    it("was asked for in the future, by a clock that was set back since, counts its life from now", async () => {
      stage.answer = (request) => Promise.resolve({ ...stage.token(request), askedAt: Date.now() + 600_000 });
      assert.equal((await stage.get("streaming")).expiresAt, Date.now() + 3_600_000);
    });

    it("a server refuses before it is handed out, is sent again", async () => {
      stage.pool.events.once("token", () => stage.pool.refused("token 1"));
      assert.equal((await stage.get("streaming")).accessToken, "token 2");
    });

    it("comes after the account's connection was closed, is not kept", async () => {
      const go = hold();
      void stage.get("streaming").catch(() => undefined);
      await clock.tickAsync(1);
      stage.pool.close();
      go();
      await clock.tickAsync(1);
      assert.deepEqual(stage.kept.tokens, []);
    });

    it("a server has refused, fails with PROTOCOL_ERROR, and is not sent again for a while", async () => {
      stage.answer = ({ source }) =>
        Promise.resolve({ accessToken: "the same", lifetime: 3600, scopes: null, source });
      stage.pool.refused((await stage.get("streaming")).accessToken);
      const error = await failureOf(stage.get("streaming"), "PROTOCOL_ERROR");
      assert.match(error.message, /same token again/);
      await failureOf(stage.get("streaming"), "PROTOCOL_ERROR");
      assert.equal(stage.asked.length, 2);
    });
  });

  describe("that is refused", () => {
    const bySource =
      (answers: Partial<Record<TokenSourceName, () => Promise<never>>>): PoolStage["answer"] =>
      (request) =>
        answers[request.source]?.() ?? Promise.resolve(stage.token(request));

    it("by the app's sign-in, is sent to keymaster", async () => {
      stage.grants.set(OWN_APP, { scopes: ["streaming"] });
      stage.answer = bySource({
        oauth: () => {
          stage.grants.delete(OWN_APP);
          return fails("REQUEST_REFUSED");
        },
      });
      assert.equal((await stage.get("streaming", OWN_APP)).source, "keymaster");
    });

    it("for another reason, is not sent elsewhere", async () => {
      stage.grants.set(OWN_APP, { scopes: ["streaming"] });
      stage.answer = bySource({
        oauth: () => {
          stage.grants.delete(OWN_APP);
          return fails("UNREACHABLE");
        },
      });
      await failureOf(stage.get("streaming", OWN_APP), "UNREACHABLE");
      assert.deepEqual(stage.requests, ["oauth streaming"]);
    });

    it("by the only source, fails with its error, and is not sent twice", async () => {
      refuse("streaming");
      await failureOf(stage.get("streaming"), "INVALID_SCOPE");
      await failureOf(stage.get("streaming"), "INVALID_SCOPE");
      assert.equal(stage.asked.length, 1);
    });

    it("is sent again after a new sign-in, which may be answered otherwise", async () => {
      const { answer } = stage;
      refuse("streaming");
      await failureOf(stage.get("streaming"), "INVALID_SCOPE");
      stage.answer = answer;
      await failureOf(stage.get("streaming"), "INVALID_SCOPE");
      stage.pool.forgetRefusals();
      assert.equal((await stage.get("streaming")).source, "keymaster");
    });

    it("in place of a token with more scopes, is sent for its own scopes the next time", async () => {
      const { accessToken } = await stage.get("streaming user-read-email");
      stage.pool.refused(accessToken);
      refuse("user-read-email");
      await failureOf(stage.get("streaming"), "INVALID_SCOPE");
      assert.deepEqual((await stage.get("streaming")).scopes, ["streaming"]);
    });

    it("in place of a token with more scopes, but not for its scopes, is sent for all of them again", async () => {
      const { answer } = stage;
      stage.pool.refused((await stage.get("streaming user-read-email")).accessToken);
      stage.answer = () => fails("UNREACHABLE");
      await failureOf(stage.get("streaming"), "UNREACHABLE");
      stage.answer = answer;
      assert.deepEqual((await stage.get("streaming")).scopes, ["streaming", "user-read-email"]);
    });

    it("with an answer that is neither a token nor a refusal, is sent again after a pause", async () => {
      const { answer } = stage;
      stage.answer = () => Promise.reject(new UnexpectedAnswer("That was no token.", {}));
      await failureOf(stage.get("streaming"), "PROTOCOL_ERROR");
      stage.answer = answer;
      await failureOf(stage.get("streaming"), "PROTOCOL_ERROR");
      assert.equal(stage.asked.length, 1);
      await clock.tickAsync(600_000);
      assert.equal((await stage.get("streaming")).source, "keymaster");
    });
  });

  it("ends with CLOSED when the account's connection is closed", async () => {
    stage.answer = never;
    const outcome = new Outcome(stage.get("streaming"));
    await clock.tickAsync(1);
    stage.pool.close();
    await clock.tickAsync(1);
    assert.equal(outcome.error?.code, "CLOSED");
    await failureOf(stage.get("streaming"), "CLOSED");
  });
});
