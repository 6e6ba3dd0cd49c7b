import assert from "node:assert/strict";
import { CLIENT_IDS, MemoryStateStore } from "../../src";
import { failureOf } from "../support/failure";
import { useStage } from "../support/stage";

const SCOPES = ["streaming"];
const HOUR = 3_600_000;

describe("tokens over a restart", () => {
  const stage = useStage();

  it("the first token after a restart needs no round trip", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const first = await stage.current.connected(account, { state });
    const token = await first.tokens.getToken(SCOPES);
    await first.close();
    const { connections, resolverRequests } = simulator.stats;

    const second = stage.current.session(account, { state });
    const again = await second.tokens.getToken(SCOPES);

    assert.equal(again.accessToken, token.accessToken);
    assert.equal(again.expiresAt, token.expiresAt);
    assert.equal(simulator.stats.connections, connections);
    assert.equal(simulator.stats.resolverRequests, resolverRequests);
    assert.equal(second.state, "idle");
  });

  it("a token that is not remembered needs no resolver, because the access points are remembered", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    await (await stage.current.connected(account, { state })).close();
    const second = stage.current.session(account, { state });
    await second.tokens.getToken(SCOPES);
    assert.equal(simulator.stats.resolverRequests, 1);
  });

  it("a token is renewed in time by the session that reads it after the restart", async () => {
    const { simulator, time } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const first = await stage.current.connected(account, { state });
    const token = await first.tokens.getToken(SCOPES);
    await first.close();
    await time.advance(HOUR / 2);
    const second = stage.current.session(account, { state });
    assert.equal((await second.tokens.getToken(SCOPES)).accessToken, token.accessToken);
    await time.advance(HOUR * 0.31);
    assert.equal(simulator.stats.keymasterRequests.length, 2);
    assert.equal(second.state, "ready");
  });

  it("another account's tokens are not given: not to another credential, nor after another welcome", async () => {
    const { simulator } = stage.current;
    const [alice, bob] = [
      stage.current.account({ username: "alice" }),
      stage.current.account({ username: "bob" }),
    ];
    const state = new MemoryStateStore();
    const hers = await stage.current.connected(alice, { state });
    const token = await hers.tokens.getToken(SCOPES);
    await hers.close();
    const his = stage.current.session(bob, { state });
    const other = await his.tokens.getToken(SCOPES);
    assert.notEqual(other.accessToken, token.accessToken);
    assert.equal(simulator.accounts.findToken(other.accessToken)?.username, "bob");
    await his.close();
    const document = JSON.stringify(await state.load());
    assert.ok(!document.includes(token.accessToken), "and they are forgotten");
    assert.ok(document.includes(other.accessToken));
  });

  it("another account's tokens are dropped as soon as the other one is welcomed", async () => {
    const { simulator } = stage.current;
    const [alice, bob] = [
      stage.current.account({ username: "alice" }),
      stage.current.account({ username: "bob" }),
    ];
    const state = new MemoryStateStore();
    const hers = await stage.current.connected(alice, { state });
    const token = await hers.tokens.getToken(SCOPES);
    await hers.close();
    await (await stage.current.connected(bob, { state })).close();
    assert.ok(!JSON.stringify(await state.load()).includes(token.accessToken));
    const his = await stage.current.connected(bob, { state });
    const other = await his.tokens.getToken(SCOPES);
    assert.equal(simulator.accounts.findToken(other.accessToken)?.username, "bob");
  });

  it("a token that has expired, or was stored with a clock that was ahead, is not used", async () => {
    const { time, simulator } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const first = await stage.current.connected(account, { state });
    await first.tokens.getToken(SCOPES);
    await first.close();
    for (const jump of [2 * HOUR, -48 * HOUR]) {
      time.moveCalendar(jump);
      const session = stage.current.session(account, { state });
      const token = await session.tokens.getToken(SCOPES);
      assert.equal(simulator.issuedTokens.at(-1)!.accessToken, token.accessToken);
      assert.ok(token.expiresIn <= 3600);
      await session.close();
    }
    assert.equal(simulator.stats.keymasterRequests.length, 3);
  });

  it("the client ID is kept with the token", async () => {
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const first = await stage.current.connected(account, { state });
    const token = await first.tokens.getTokenWithClientId(SCOPES, "ios");
    await first.close();
    const second = stage.current.session(account, { state });
    assert.equal((await second.tokens.getTokenWithClientId(SCOPES, "ios")).accessToken, token.accessToken);
    const own = await second.tokens.getToken(SCOPES);
    assert.equal(own.clientId, CLIENT_IDS.keymaster);
    assert.notEqual(own.accessToken, token.accessToken);
  });

  it("tokens in a damaged state are not used", async () => {
    const account = stage.current.account();
    const good = new MemoryStateStore();
    const first = await stage.current.connected(account, { state: good });
    await first.tokens.getToken(SCOPES);
    await first.close();
    const document = (await good.load()) as { tokens: Record<string, unknown>[] };
    const [token] = document.tokens;
    const damages: unknown[] = [
      null,
      5,
      {},
      { ...token, accessToken: "" },
      { ...token, clientId: 7 },
      { ...token, scopes: "streaming" },
      { ...token, requested: undefined },
      { ...token, source: "somewhere" },
      { ...token, expiresAt: "never" },
      { ...token, expiresAt: Number.NaN },
      { ...token, mintedAt: Number.NaN },
      { ...token, expiresAt: Number.MAX_SAFE_INTEGER },
    ];
    for (const damage of damages) {
      const state = new MemoryStateStore();
      await state.save({ ...document, tokens: [damage] });
      const session = stage.current.session(account, { state });
      const fresh = await session.tokens.getToken(SCOPES);
      assert.notEqual(fresh.accessToken, token!["accessToken"], JSON.stringify(damage));
      await session.close();
    }
  });

  it("a closed session gives no token", async () => {
    const session = await stage.current.connected();
    await session.tokens.getToken(SCOPES);
    await session.close();
    await failureOf(session.tokens.getToken(SCOPES), "CLOSED");
    assert.equal(session.tokens.cachedToken(SCOPES, session.clientId), undefined);
  });
});
