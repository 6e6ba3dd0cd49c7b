import assert from "node:assert/strict";
import { inspect } from "node:util";
import { MemoryStateStore } from "../../src";
import { failureOf, Outcome } from "../support/failure";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const HOUR = 60 * 60_000;

describe("A token that a server has refused", () => {
  const stage = useStage();
  const requests = (): number => stage.current.simulator.stats.keymasterRequests.length;

  it("is not given again: the next caller gets a new one", async () => {
    const { tokens } = await stage.current.connected();
    const first = await tokens.getToken(["streaming"]);
    tokens.refused(first.accessToken);
    assert.equal(tokens.cachedToken(["streaming"], first.clientId), undefined);
    const second = await tokens.getToken(["streaming"]);
    assert.notEqual(second.accessToken, first.accessToken);
    assert.equal((await tokens.getToken(["streaming"])).accessToken, second.accessToken);
    assert.equal(requests(), 2);
  });

  it("is removed from disk too, even if it was only read from there", async () => {
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const session = await stage.current.connected(account, { state });
    const { accessToken } = await session.tokens.getToken(["streaming"]);
    await session.close();
    const next = await stage.current.connected(account, { state });
    next.tokens.refused(accessToken);
    assert.notEqual((await next.tokens.getToken(["streaming"])).accessToken, accessToken);
    await next.close();
    assert.ok(!JSON.stringify(await state.load()).includes(accessToken));
  });

  it("causes one request, no matter how many callers report it and ask", async () => {
    const { tokens } = await stage.current.connected();
    const { accessToken } = await tokens.getToken(["streaming", "user-top-read"]);
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        tokens.refused(accessToken);
        return tokens.getToken(i % 2 ? ["streaming"] : ["user-top-read"]);
      }),
    );
    for (let message = 0; message < 50; message++) {
      tokens.refused(accessToken);
      assert.notEqual((await tokens.getToken(["streaming"])).accessToken, accessToken);
    }
    assert.equal(requests(), 2);
  });

  it("causes none if another has already replaced it", async () => {
    const { simulator, time } = stage.current;
    const { tokens } = await stage.current.connected();
    const first = await tokens.getToken(["streaming"]);
    await time.advance(HOUR * 0.85);
    assert.equal(requests(), 2, "it was renewed");
    tokens.refused(first.accessToken);
    const second = await tokens.getToken(["streaming"]);
    assert.equal(second.accessToken, simulator.issuedTokens.at(-1)!.accessToken);
    assert.equal(requests(), 2);
  });

  it("is not brought back by a renewal that is under way", async () => {
    const { simulator, time } = stage.current;
    const { tokens } = await stage.current.connected();
    const { accessToken } = await tokens.getToken(["streaming"]);
    simulator.faults.slow = 2_000;
    await time.until(() => requests() === 2, HOUR, 60_000);
    tokens.refused(accessToken);
    const next = new Outcome(tokens.getToken(["streaming"]));
    await time.advance(10_000);
    assert.ok(next.result);
    assert.notEqual(next.result.accessToken, accessToken);
    assert.equal(requests(), 2, "the renewal was waited for");
  });

  it("is an error if Spotify gives it again, and Spotify is asked again only after a pause", async () => {
    const { simulator, time } = stage.current;
    const { tokens } = await stage.current.connected();
    const same = { accessToken: "BQsame", expiresIn: 3600, tokenType: "Bearer", scope: ["streaming"] };
    simulator.faults.keymasterPayload = { value: JSON.stringify(same), times: 2 };
    const { accessToken } = await tokens.getToken(["streaming"]);
    tokens.refused(accessToken);
    for (let message = 0; message < 20; message++) {
      const error = await failureOf(tokens.getToken(["streaming"]), "PROTOCOL_ERROR");
      assert.match(error.message, /same token again/);
      assert.ok(error.retryAfter! <= 30);
      assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(accessToken));
    }
    assert.equal(requests(), 2);
    await time.advance(30_000);
    assert.notEqual((await tokens.getToken(["streaming"])).accessToken, accessToken);
  });

  it("may belong to an app, or to login5", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    const app = await signInWithApp(simulator, session, account, ["streaming", "user-top-read"]);
    const refreshes = (): number =>
      simulator.stats.tokenRequests.filter(({ grantType }) => grantType === "refresh_token").length;
    const own = await session.tokens.getTokenWithClientId(["streaming"], app);
    session.tokens.refused(own.accessToken);
    for (const scope of ["streaming", "user-top-read"]) {
      const fresh = await session.tokens.getTokenWithClientId([scope], app);
      assert.notEqual(fresh.accessToken, own.accessToken);
    }
    assert.equal(refreshes(), 2);
    const internal = await session.tokens.getToken([], { source: "login5" });
    session.tokens.refused(internal.accessToken);
    const next = await session.tokens.getToken([], { source: "login5" });
    assert.notEqual(next.accessToken, internal.accessToken);
    assert.equal(simulator.stats.login5Requests.length, 2);
  });

  it("may be unknown, which changes nothing; a value that cannot be a token is an INVALID_ARGUMENT", async () => {
    const { tokens } = await stage.current.connected();
    const { accessToken } = await tokens.getToken(["streaming"]);
    for (let i = 0; i < 1_000; i++) tokens.refused(`BQunknown${i}`);
    assert.equal((await tokens.getToken(["streaming"])).accessToken, accessToken);
    assert.equal(requests(), 1);
    for (const wrong of ["", "x".repeat(5_000), undefined, 5, {}]) {
      await failureOf((async () => tokens.refused(wrong as string))(), "INVALID_ARGUMENT");
    }
  });
});
