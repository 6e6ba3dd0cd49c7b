import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS, SpotifyError, type Token } from "../../src";
import { MAX_TOKENS } from "../../src/tokens/token-cache";
import { failureOf, Outcome, thrownBy } from "../support/failure";
import { never, PoolStage } from "./support/pool-stage";

const { keymaster, android, ios } = CLIENT_IDS;
const OWN_APP = "0123456789abcdef0123456789abcdef";
const NOW = Date.UTC(2026, 5, 1);
const NEVER = new AbortController().signal;

describe("the tokens of an account", () => {
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

  const minted = (): unknown[] => stage.told.filter((notice) => "expiresAt" in (notice as object));
  const words = (token: Token): string => token.accessToken;

  /** The tokens of a session that has asked for these scopes, as they are kept. */
  async function keptBy(...scopes: string[]): Promise<readonly unknown[]> {
    const other = new PoolStage("other");
    for (const one of scopes) {
      await other.get(one);
      clock.tick(1);
    }
    other.pool.close();
    return other.kept.tokens;
  }

  describe("are found again", () => {
    it("by the name of the client ID and by its digits, by a list of scopes and by a text", async () => {
      const first = await stage.get("streaming", "android");
      const again = await stage.get("streaming", android);
      assert.deepEqual([words(again), again.clientId], [words(first), android]);
      assert.equal(words(await stage.pool.get("streaming", android, undefined)), words(first));
      assert.equal(stage.pool.cached("streaming", "android", undefined)?.accessToken, words(first));
      assert.equal(stage.asked.length, 1);
    });

    it("from the source that the request names, or from any", async () => {
      const { accessToken } = await stage.get("streaming");
      assert.equal(stage.pool.cached(["streaming"], keymaster, "keymaster")?.accessToken, accessToken);
      assert.equal(stage.pool.cached(["streaming"], keymaster, "auto")?.accessToken, accessToken);
      assert.equal(stage.pool.cached(["streaming"], keymaster, "oauth"), undefined);
    });

    it("without scopes only from the source that gives such tokens", async () => {
      await stage.get("streaming");
      assert.equal(stage.pool.cached([], keymaster, undefined), undefined);
      const { accessToken, source } = await stage.get("");
      assert.equal(source, "login5");
      assert.equal(stage.pool.cached([], keymaster, undefined)?.accessToken, accessToken);
      stage.grants.set(keymaster, { scopes: [], endedAt: 1 });
      assert.equal(stage.pool.cached([], keymaster, undefined), undefined);
    });

    it("not if the scopes are neither a list nor a text that was read before", () => {
      assert.equal(stage.pool.cached("streaming", keymaster, undefined), undefined);
      assert.equal(stage.pool.cached({} as string[], keymaster, undefined), undefined);
      assert.equal(stage.pool.cached(["streaming"], undefined as unknown as string, undefined), undefined);
    });

    it("not after the account's connection was closed", async () => {
      await stage.get("streaming");
      stage.pool.close();
      assert.equal(stage.pool.cached(["streaming"], keymaster, undefined), undefined);
      await failureOf(stage.get("streaming"), "CLOSED");
    });
  });

  it("are refused for a source that does not exist, before any request", async () => {
    const source = "postman" as "auto";
    await failureOf(stage.get("streaming", keymaster, { source }), "INVALID_ARGUMENT");
    await failureOf(stage.pool.explain("streaming", keymaster, source), "INVALID_ARGUMENT");
    assert.deepEqual(stage.asked, []);
  });

  it("are renewed while they are in use, and not otherwise", async () => {
    await stage.get("streaming");
    stage.kept = { ...stage.kept, tokens: [...stage.kept.tokens, ...(await keptBy("user-read-email"))] };
    await clock.tickAsync(3_000_000);
    assert.deepEqual(stage.requests, ["keymaster streaming", "keymaster streaming"]);
  });

  it("that were not used when it was time to renew them are renewed when they are", async () => {
    stage.kept = { ...stage.kept, tokens: await keptBy("streaming") };
    await stage.pool.restore();
    await clock.tickAsync(3_000_000);
    assert.deepEqual(stage.asked, []);
    assert.equal(words(await stage.get("streaming")), "other 1");
    await clock.tickAsync(1);
    assert.equal(words(await stage.get("streaming")), "token 1");
  });

  it("that a source gives twice are told of once, and kept once", async () => {
    stage.answer = ({ source, scopes }) =>
      Promise.resolve({ accessToken: "the same", lifetime: 3600, scopes: [...scopes], source });
    await stage.get("streaming");
    await stage.get("user-read-email");
    assert.deepEqual([minted().length, stage.keptTokens], [1, ["the same"]]);
    assert.equal(stage.asked.length, 2);
  });

  it("that another session was given, too, are kept once", async () => {
    await stage.pool.restore();
    stage.kept = { ...stage.kept, tokens: await keptBy("streaming") };
    stage.answer = ({ source }) =>
      Promise.resolve({ accessToken: "other 1", lifetime: 3600, scopes: null, source });
    await stage.get("streaming");
    assert.deepEqual(stage.keptTokens, ["other 1"]);
  });

  describe("that were kept", () => {
    it("are handed out although an app of the user's own covers the scopes now", async () => {
      const other = new PoolStage("other");
      await other.get("streaming", OWN_APP);
      stage.kept = other.kept;
      stage.grants.set(OWN_APP, { scopes: ["streaming"] });
      assert.equal(words(await stage.get("streaming", OWN_APP)), "other 1");
      other.pool.close();
    });

    it("are handed out without a request; everything else in the list is left out", async () => {
      const tokens = await keptBy("streaming", "user-read-email");
      stage.kept = { ...stage.kept, tokens: [null, 5, {}, ...tokens] };
      assert.equal(words(await stage.get("streaming")), "other 1");
      assert.equal(words(await stage.get("user-read-email")), "other 2");
      assert.deepEqual(stage.asked, []);
      assert.deepEqual(stage.told, [], "they are not new");
    });

    it("are waited for; a request that waits too long fails, and says what did not answer", async () => {
      let read = (): void => undefined;
      stage.restoring = new Promise((resolve) => (read = resolve));
      stage.kept = { ...stage.kept, tokens: await keptBy("streaming") };
      const short = new Outcome(stage.get("streaming", keymaster, { timeout: 5_000 }));
      const long = new Outcome(stage.get("streaming"));
      await clock.tickAsync(5_000);
      assert.equal(short.error?.code, "TIMEOUT");
      assert.match(short.error.message, /not read within 5 s/);
      assert.deepEqual([short.error.clientId, short.error.scopes], [keymaster, ["streaming"]]);
      read();
      await clock.tickAsync(1);
      assert.equal(long.result?.accessToken, "other 1");
    });

    it("leave a request the rest of its time", async () => {
      let read = (): void => undefined;
      stage.restoring = new Promise((resolve) => (read = resolve));
      stage.answer = never;
      const outcome = new Outcome(stage.get("streaming"));
      await clock.tickAsync(20_000);
      read();
      await clock.tickAsync(9_999);
      assert.ok(outcome.pending);
      await clock.tickAsync(1);
      assert.equal(outcome.error?.code, "TIMEOUT");
    });

    it("are not handed out if a server has refused them before they were read", async () => {
      stage.kept = { ...stage.kept, tokens: await keptBy("streaming", "user-read-email") };
      stage.pool.refused("other 1");
      await stage.pool.restore();
      assert.equal(stage.pool.cached(["streaming"], keymaster, undefined), undefined);
      assert.deepEqual(stage.keptTokens, ["other 2"]);
    });

    it("are read once", async () => {
      await stage.get("streaming");
      stage.kept = { ...stage.kept, tokens: await keptBy("user-read-email") };
      await stage.pool.restore();
      assert.equal(stage.pool.cached(["user-read-email"], keymaster, undefined), undefined);
    });
  });

  describe("are kept", () => {
    it("with those of other sessions; tokens that they replace are removed, and so is everything that is not a token", async () => {
      await stage.get("streaming");
      const others = await keptBy("user-read-private");
      stage.kept = { ...stage.kept, tokens: [null, ...others, { accessToken: 5 }, ...stage.kept.tokens] };
      clock.tick(1_000);
      await stage.get("streaming user-read-email");
      assert.deepEqual(stage.keptTokens, ["other 1", "token 2"]);
    });

    it("up to a number, the newest last", async () => {
      const tokens = await keptBy(...Array.from({ length: MAX_TOKENS }, (_, i) => `scope-${i}`));
      assert.equal(tokens.length, MAX_TOKENS);
      stage.kept = { ...stage.kept, tokens };
      await stage.get("streaming");
      assert.equal(stage.keptTokens.length, MAX_TOKENS);
      assert.deepEqual([stage.keptTokens[0], stage.keptTokens.at(-1)], ["other 2", "token 1"]);
    });

    it("with the end that they have on a calendar that was set back", async () => {
      await stage.get("streaming");
      const others = await keptBy("user-read-email");
      stage.kept = { ...stage.kept, tokens: [...others, ...stage.kept.tokens, null] };
      const ends = (): unknown[] => stage.kept.tokens.map((token) => (token as Token | null)?.expiresAt);
      const [other, own] = ends() as number[];
      clock.setSystemTime(Date.now() - 86_400_000);
      await stage.get("streaming");
      stage.pool.calendarSetBack();
      assert.deepEqual(ends(), [other, own! - 86_400_000, undefined]);
    });
  });

  describe("that a server has refused", () => {
    for (const wrong of ["", "x".repeat(4097), 5, undefined]) {
      it(`are texts of up to 4096 characters: not ${String(wrong).slice(0, 9)}`, () => {
        thrownBy(() => stage.pool.refused(wrong as string), "INVALID_ARGUMENT");
      });
    }

    it("may be of another account: nothing changes", async () => {
      await stage.get("streaming");
      stage.pool.refused("x".repeat(4096));
      assert.deepEqual(stage.keptTokens, ["token 1"]);
      assert.equal(words(await stage.get("streaming")), "token 1");
    });

    it("are handed out no more, are not renewed, and are forgotten on disk", async () => {
      const refused = await stage.get("streaming");
      await stage.get("user-read-email");
      stage.pool.refused(words(refused));
      assert.deepEqual(stage.keptTokens, ["token 2"]);
      assert.ok(stage.pool.hasHad(words(refused)));
      await clock.tickAsync(3_000_000);
      assert.equal(stage.requests.filter((request) => request === "keymaster streaming").length, 1);
      assert.notEqual(words(await stage.get("streaming")), words(refused));
    });
  });

  describe("of other sessions", () => {
    it("are taken, told of, and renewed when they are used; those that are gone are forgotten", async () => {
      await stage.get("streaming");
      stage.told.length = 0;
      const tokens = [null, {}, ...(await keptBy("user-read-email"))];
      stage.kept = { ...stage.kept, tokens };
      stage.pool.adopt();
      assert.equal(stage.pool.cached(["streaming"], keymaster, undefined), undefined);
      assert.ok(stage.pool.cached(["user-read-email"], keymaster, undefined));
      assert.deepEqual(
        minted().map((notice) => (notice as Token).scopes),
        [["user-read-email"]],
      );
      stage.pool.adopt();
      assert.equal(minted().length, 1);
      await clock.tickAsync(3_000_000);
      assert.deepEqual(stage.requests.slice(1), ["keymaster user-read-email"]);
    });

    it("are not taken if a server has refused them here", async () => {
      await stage.pool.restore();
      stage.pool.refused("other 1");
      stage.kept = { ...stage.kept, tokens: await keptBy("streaming") };
      stage.pool.adopt();
      assert.equal(stage.pool.cached(["streaming"], keymaster, undefined), undefined);
    });

    it("are not taken before what was kept is read, nor after the connection is closed", async () => {
      stage.kept = { ...stage.kept, tokens: await keptBy("streaming") };
      stage.pool.adopt();
      assert.deepEqual(stage.told, []);
      await stage.pool.restore();
      stage.pool.close();
      stage.pool.adopt();
      assert.equal(stage.pool.hasHad("other 1"), true);
      stage.kept = { ...stage.kept, tokens: [] };
      stage.pool.adopt();
      assert.equal(stage.pool.hasHad("other 1"), true);
    });

    it("come with what the Web API said to them", async () => {
      const other = new PoolStage("other");
      other.webApi = true;
      await other.pool.tryWebApi(["streaming"], keymaster, NEVER);
      await stage.get("streaming");
      stage.kept = { ...stage.kept, webApi: other.kept.webApi };
      stage.pool.adopt();
      assert.equal(stage.pool.cached(["streaming"], keymaster, undefined)?.audience, "web-api");
      const [told] = stage.told.slice(1) as { clientId: string; takes: boolean }[];
      assert.equal(told?.clientId, keymaster);
      stage.pool.adopt();
      assert.equal(stage.told.length, 2);
      other.pool.close();
    });
  });

  describe("whose sign-in is gone", () => {
    it("are forgotten, on disk too; those of other sign-ins stay", async () => {
      stage.grants.set(OWN_APP, { scopes: ["streaming"] });
      await stage.get("streaming", OWN_APP);
      await stage.get("streaming");
      stage.kept = { ...stage.kept, tokens: [null, ...stage.kept.tokens] };
      stage.pool.forgetTokensUnless(({ source }) => source === "oauth");
      assert.ok(stage.pool.cached(["streaming"], OWN_APP, undefined));
      assert.equal(stage.pool.cached(["streaming"], keymaster, undefined), undefined);
      assert.deepEqual(stage.keptTokens, ["token 1"]);
    });

    it("are all forgotten with the account, and so is what the Web API said to them", async () => {
      stage.webApi = true;
      await stage.get("streaming");
      await clock.tickAsync(60_000);
      assert.equal(stage.kept.webApi.length, 1);
      stage.pool.forgetAccount();
      assert.deepEqual([stage.keptTokens, stage.kept.webApi], [[], []]);
      assert.equal(stage.pool.cached(["streaming"], keymaster, undefined), undefined);
    });
  });

  describe("of a sign-in that is held back", () => {
    it("still serve, for every source that may be meant", async () => {
      stage.grants.set(OWN_APP, { scopes: ["streaming"] });
      const first = await stage.get("streaming", OWN_APP);
      stage.heldBack.add(OWN_APP);
      for (const source of ["auto", "oauth"] as const) {
        assert.equal(words(await stage.get("streaming", OWN_APP, { source })), words(first));
        assert.equal(words(await stage.get("", OWN_APP, { source })), words(first));
      }
      assert.equal((await stage.get("streaming", OWN_APP, { source: "keymaster" })).source, "keymaster");
      assert.equal((await stage.get("", OWN_APP, { source: "login5" })).source, "login5");
    });
  });

  it("have the session's client ID, unless a request names another", async () => {
    assert.equal(stage.pool.clientId, keymaster);
    (stage.current as { clientId: string }).clientId = ios;
    assert.equal(stage.pool.clientId, ios);
    assert.equal(stage.pool.bestClientId("streaming"), ios);
    assert.equal(stage.pool.bestClientId(["streaming"]), ios);
    assert.equal((await stage.pool.explain("streaming", android, "auto")).clientId, android);
  });

  describe("and the Web API", () => {
    it("is asked for a request that wants to know, with a token for its scopes", async () => {
      stage.webApi = true;
      assert.equal(await stage.pool.tryWebApi(["streaming"], keymaster, NEVER), true);
      assert.deepEqual([stage.requests, stage.askedWebApi], [["keymaster streaming"], ["token 1"]]);
      assert.equal(stage.pool.webApi("keymaster").takes, true);
      assert.deepEqual(stage.told.at(-1), { clientId: keymaster, ...stage.pool.webApi(keymaster) });
    });

    it("is not asked with a token that a server has refused meanwhile", async () => {
      await stage.get("streaming");
      stage.pool.refused("token 1");
      await clock.tickAsync(60_000);
      assert.deepEqual(stage.askedWebApi, []);
    });

    it("counts as refusing if there is no token to ask it with", async () => {
      stage.answer = () => Promise.reject(new SpotifyError("UNREACHABLE", "Nothing answers."));
      assert.equal(await stage.pool.tryWebApi(["streaming"], keymaster, NEVER), false);
    });

    it("cannot be asked while no account is signed in, nor for a caller that has left, nor after the end", async () => {
      stage.whyNoToken = new SpotifyError("NOT_SIGNED_IN", "Sign in.");
      await failureOf(stage.pool.tryWebApi(["streaming"], keymaster, NEVER), "NOT_SIGNED_IN");
      stage.whyNoToken = undefined;
      const left = AbortSignal.abort(new SpotifyError("TIMEOUT", "It was late."));
      await failureOf(stage.pool.tryWebApi(["streaming"], keymaster, left), "TIMEOUT");
      stage.pool.close();
      await failureOf(stage.pool.tryWebApi(["streaming"], keymaster, NEVER), "CLOSED");
    });

    it("has cached tokens say another audience once it refuses them", async () => {
      stage.webApi = true;
      await stage.pool.tryWebApi(["streaming"], keymaster, NEVER);
      assert.equal((await stage.get("streaming")).audience, "web-api");
      stage.pool.refusedByWebApi(keymaster);
      assert.equal((await stage.get("streaming")).audience, "spotify-internal");
    });
  });
});
