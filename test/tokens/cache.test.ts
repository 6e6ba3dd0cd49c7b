import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../src";
import { WEB_API_SCOPES } from "../../src/core/knowledge";
import { failureOf } from "../support/failure";
import { useStage } from "../support/stage";

const OWN_APP = "0123456789abcdef0123456789abcdef";

/** All ways to choose `count` items of a list, in the list's order. */
function* choices<T>(list: readonly T[], count: number): Generator<T[]> {
  if (count === 0) yield [];
  for (let i = 0; count > 0 && i < list.length; i++)
    for (const rest of choices(list.slice(i + 1), count - 1)) yield [list[i]!, ...rest];
}

describe("the cache of tokens", () => {
  const stage = useStage();

  it("answers again without a request", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    const first = await session.tokens.getToken(["streaming"]);
    const second = await session.tokens.getToken(["streaming"]);
    assert.equal(first.accessToken, second.accessToken);
    assert.notEqual(first, second, "each asker has an object of its own");
    first.scopes!.push("user-top-read");
    assert.deepEqual((await session.tokens.getToken(["streaming"])).scopes, ["streaming"]);
    assert.equal(simulator.stats.keymasterRequests.length, 1);
  });

  it("never answers a request without scopes with a token that has scopes", async () => {
    const session = await stage.current.connected();
    const scoped = await session.tokens.getToken(["streaming"]);
    assert.equal(session.tokens.cachedToken([], "keymaster"), undefined, "there is none yet");
    const { source, accessToken, scopes } = await session.tokens.getToken([]);
    assert.deepEqual([source, scopes], ["login5", null]);
    assert.notEqual(accessToken, scoped.accessToken);
    // The newest token is first in the cache.
    await session.tokens.getToken(["user-read-private"]);
    assert.equal((await session.tokens.getToken([])).accessToken, accessToken);
  });

  it("keeps client IDs apart", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    const ids = ["keymaster", "ios", "android", OWN_APP];
    const tokens = await Promise.all(ids.map((id) => session.tokens.getTokenWithClientId(["streaming"], id)));
    assert.deepEqual(
      tokens.map(({ clientId }) => clientId),
      [CLIENT_IDS.keymaster, CLIENT_IDS.ios, CLIENT_IDS.android, OWN_APP],
    );
    assert.equal(new Set(tokens.map(({ accessToken }) => accessToken)).size, 4);
    assert.equal(simulator.stats.keymasterRequests.length, 4);
    // And not the second time either, in any order.
    for (const [i, id] of [...ids.entries()].toReversed()) {
      const again = await session.tokens.getTokenWithClientId(["streaming"], id);
      assert.equal(again.accessToken, tokens[i]!.accessToken);
    }
    for (const { accessToken, clientId } of simulator.issuedTokens) {
      assert.equal(tokens.find((token) => token.accessToken === accessToken)?.clientId, clientId);
    }
  });

  it("a token with more scopes serves a request for fewer, but not the other way round", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    const much = await session.tokens.getToken(["streaming", "user-top-read"]);
    assert.equal((await session.tokens.getToken(["user-top-read"])).accessToken, much.accessToken);
    assert.equal((await session.tokens.getToken("user-top-read,streaming")).accessToken, much.accessToken);
    const more = await session.tokens.getToken(["streaming", "user-read-email"]);
    assert.notEqual(more.accessToken, much.accessToken);
    assert.equal(simulator.stats.keymasterRequests.length, 2);
  });

  it("a thousand callers at once cause one request", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    const tokens = await Promise.all(
      Array.from({ length: 1000 }, (_, i) =>
        session.tokens.getToken(i % 2 ? ["streaming", "user-top-read"] : "user-top-read streaming"),
      ),
    );
    assert.equal(new Set(tokens.map(({ accessToken }) => accessToken)).size, 1);
    assert.equal(simulator.stats.keymasterRequests.length, 1);
  });

  it("8,000 sets of scopes at once cause one request each, no matter how many callers ask", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected(undefined, { requestTimeout: 55_000 });
    // Sets of six scopes, of which none serves another.
    const sets = [...choices(WEB_API_SCOPES.slice(0, 16), 6)].slice(0, 8_000);
    const tokens = await Promise.all([...sets, ...sets].map((scopes) => session.tokens.getToken(scopes)));
    const wrong = tokens.filter(({ scopes }, i) => scopes!.join() !== sets[i % sets.length]!.join());
    assert.equal(wrong.length, 0);
    assert.equal(simulator.stats.keymasterRequests.length, 8_000);
    assert.equal(new Set(simulator.stats.keymasterRequests.map(({ scopes }) => scopes.join())).size, 8_000);
  }).timeout(60_000);

  it("8,000 callers that wait for a silent server get an error in time, and block no later request", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.silent = "mercury";
    const sets = [...choices(WEB_API_SCOPES.slice(0, 16), 6)].slice(0, 8_000);
    await Promise.all(
      sets.map((scopes) => failureOf(session.tokens.getToken(scopes, { timeout: 500 }), "TIMEOUT")),
    );
    simulator.faults.silent = false;
    assert.equal((await session.tokens.getToken(sets[0]!)).tokenType, "Bearer");
  }).timeout(60_000);

  it("a request in the queue uses a token that came meanwhile, if it fits", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    const more = WEB_API_SCOPES.slice(0, 15);
    const pairs = [...choices(more.slice(0, 14), 2)];
    const before = [...choices(more.slice(0, 10), 3)].slice(0, 64);
    const between = pairs.slice(0, 64).map((pair) => ["streaming", ...pair]);
    const all = [...before, more, ...between, [more[14]!]].map((scopes) => session.tokens.getToken(scopes));
    assert.deepEqual((await Promise.all(all)).at(-1)!.scopes, more);
    assert.equal(simulator.stats.keymasterRequests.length, 64 + 1 + 64);
  });

  it("a caller that needs fewer scopes joins a request for more that is under way", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    const more = session.tokens.getToken(["streaming", "user-top-read"]);
    const less = session.tokens.getToken(["streaming"]);
    assert.equal((await more).accessToken, (await less).accessToken);
    assert.equal(simulator.stats.keymasterRequests.length, 1);
  });

  it("a caller that joined a request for more is not refused for a scope of another caller", async () => {
    const session = await stage.current.connected(undefined, { clientId: "android" });
    const more = failureOf(session.tokens.getToken(["streaming", "user-top-read"]), "INVALID_SCOPE");
    const less = session.tokens.getToken(["streaming"]);
    assert.deepEqual((await less).scopes, ["streaming"]);
    await more;
  });

  it("a caller that gives up does not affect the others", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    await simulator.stopAccessPoints();
    const hasty = failureOf(session.tokens.getToken(["streaming"], { timeout: 1_000 }));
    const patient = session.tokens.getToken(["streaming"]);
    await time.advance(2_000);
    await hasty;
    await simulator.startAccessPoints();
    await time.advance(20_000);
    assert.equal((await patient).tokenType, "Bearer");
    assert.equal(simulator.stats.keymasterRequests.length, 1);
  });

  it("getToken follows the session's client ID, getTokenWithClientId does not", async () => {
    const session = await stage.current.connected();
    const { tokens } = session;
    assert.equal((await tokens.getToken(["streaming"])).clientId, CLIENT_IDS.keymaster);
    session.setClientId("ios", "remote-frame");
    assert.equal((await tokens.getToken(["streaming"])).clientId, CLIENT_IDS.ios);
    assert.equal(
      (await tokens.getTokenWithClientId(["streaming"], "keymaster")).clientId,
      CLIENT_IDS.keymaster,
    );
    session.setClientId(OWN_APP.toUpperCase());
    assert.equal((await tokens.getToken(["streaming"])).clientId, OWN_APP);
    assert.equal(session.clientId, OWN_APP);
  });

  it("an invalid client ID, scope or source is refused before any request", async () => {
    const { simulator } = stage.current;
    const { tokens } = await stage.current.connected();
    for (const clientId of ["", "spotify", "0123", `${OWN_APP}0`, "toString", "65b7&scope=x"]) {
      await failureOf(tokens.getTokenWithClientId(["streaming"], clientId), "INVALID_ARGUMENT");
    }
    for (const scopes of [
      ["streaming&client_id=x"],
      ["Streaming"],
      "a?b",
      ["x".repeat(70)],
      [5],
      { length: 1 },
      null,
    ]) {
      await failureOf(tokens.getToken(scopes as string[]), "INVALID_ARGUMENT");
    }
    await failureOf(tokens.getToken(Array.from({ length: 65 }, (_, i) => `scope-${i}`)), "INVALID_ARGUMENT");
    await failureOf(tokens.getToken(["streaming"], { source: "login5" as "auto" }), "INVALID_ARGUMENT");
    assert.equal(simulator.stats.keymasterRequests.length, 0);
  });

  it("reports which token was created, without the token itself", async () => {
    const session = await stage.current.connected();
    const notices: unknown[] = [];
    session.tokens.on("token", (notice) => notices.push(notice));
    const { expiresAt } = await session.tokens.getToken(["streaming"]);
    await session.tokens.getToken(["streaming"]);
    assert.deepEqual(notices, [
      { clientId: CLIENT_IDS.keymaster, scopes: ["streaming"], source: "keymaster", expiresAt },
    ]);
  });
});
