import assert from "node:assert/strict";
import { Outcome } from "../support/failure";
import { useStage } from "../support/stage";

const SCOPES = ["streaming"];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("the renewal of tokens", () => {
  const stage = useStage();

  it("comes at a fifth of the remaining life, a little earlier at random, for a token in use", async () => {
    const { simulator, time } = stage.current;
    const moments = new Set<number>();
    for (let i = 0; i < 5; i++) {
      const session = await stage.current.connected();
      const first = await session.tokens.getToken(SCOPES);
      const asked = simulator.stats.keymasterRequests.length;
      const mintedAt = Date.now();
      await time.advance(HOUR * 0.775);
      assert.equal(simulator.stats.keymasterRequests.length, asked, "not before");
      await time.advance(HOUR * 0.03);
      assert.equal(simulator.stats.keymasterRequests.length, asked + 1, "then");
      const moment = simulator.stats.keymasterRequests.at(-1)!.at - mintedAt;
      assert.ok(moment >= HOUR * 0.78 && moment <= HOUR * 0.8, `renewed after ${moment} ms`);
      moments.add(moment);
      assert.notEqual((await session.tokens.getToken(SCOPES)).accessToken, first.accessToken);
      await session.close();
    }
    assert.ok(moments.size > 1, "with jitter");
  });

  it("gives the old token meanwhile, to every caller", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    const first = await session.tokens.getToken(SCOPES);
    await simulator.stopAccessPoints();
    await time.advance(HOUR * 0.85);
    const again = new Outcome(session.tokens.getToken(SCOPES));
    await time.settle();
    assert.equal(again.result?.accessToken, first.accessToken);
    assert.ok(again.result.expiresIn <= (HOUR * 0.15) / 1000);
  });

  it("does not come for a token that is not requested again", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    await session.tokens.getToken(SCOPES);
    // The first renewal is because of the first request; no caller gets its token.
    await time.advance(12 * HOUR);
    assert.equal(simulator.stats.keymasterRequests.length, 2);
    assert.equal((await session.tokens.getToken(SCOPES)).tokenType, "Bearer");
    assert.equal(simulator.stats.keymasterRequests.length, 3);
  });

  it("continues for days as long as tokens are requested: about one request an hour", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    for (let i = 0; i < 48 * 4; i++) {
      const token = await session.tokens.getToken(SCOPES);
      assert.ok(token.expiresIn >= 60);
      await time.advance(15 * MINUTE);
    }
    const { length } = simulator.stats.keymasterRequests;
    assert.ok(length >= 58 && length <= 66, `${length} requests in 48 hours`);
    assert.equal(simulator.stats.connections, 1);
  });

  it("hides an outage of ten minutes around it", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    await session.tokens.getToken(SCOPES);
    await time.advance(HOUR * 0.77);
    await simulator.stopAccessPoints();
    for (let i = 0; i < 10; i++) {
      await time.advance(MINUTE);
      const token = new Outcome(session.tokens.getToken(SCOPES));
      await time.settle();
      assert.ok(token.result && token.result.expiresIn >= 60, `in minute ${i}`);
    }
    await simulator.startAccessPoints();
    await time.advance(2 * MINUTE);
    assert.equal(session.state, "ready");
    assert.ok((await session.tokens.getToken(SCOPES)).expiresIn > 3000);
  });

  it("never gives a token that expires in less than a minute", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    const first = await session.tokens.getToken(SCOPES);
    await simulator.stopAccessPoints();
    await time.advance(HOUR - 61_000);
    assert.equal((await session.tokens.getToken(SCOPES)).accessToken, first.accessToken);
    await time.advance(2_000);
    const last = new Outcome(session.tokens.getToken(SCOPES));
    await time.settle();
    assert.ok(last.pending, "59 s left: a new one is asked for");
    await simulator.startAccessPoints();
    await time.until(() => !last.pending, 2 * MINUTE);
    assert.notEqual(last.result?.accessToken, first.accessToken);
  });

  it("notices after a sleep of the machine that a token has expired", async () => {
    const { time } = stage.current;
    const session = await stage.current.connected();
    const first = await session.tokens.getToken(SCOPES);
    time.moveCalendar(2 * HOUR);
    const second = await session.tokens.getToken(SCOPES);
    assert.notEqual(second.accessToken, first.accessToken);
    assert.ok(second.expiresAt > Date.now() + 59 * MINUTE);
  });

  it("does not use a token that was requested before the machine slept", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.silent = { value: "mercury", times: 1 };
    const token = new Outcome(session.tokens.getToken(SCOPES));
    await time.settle();
    time.moveCalendar(5 * HOUR);
    await time.advance(25_000);
    assert.ok(token.result, String(token.error));
    assert.ok(token.result.expiresIn >= 60, `expires in ${token.result.expiresIn} s`);
    assert.ok(token.result.expiresAt > Date.now());
  });

  it("is not affected by a calendar that is set back", async () => {
    const { time } = stage.current;
    const session = await stage.current.connected();
    const first = await session.tokens.getToken(SCOPES);
    time.moveCalendar(-24 * HOUR);
    await time.advance(59.5 * MINUTE);
    const second = await session.tokens.getToken(SCOPES);
    assert.notEqual(second.accessToken, first.accessToken);
  });

  it("tries again with growing waits while Spotify has a problem, and not in a tight loop", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    await session.tokens.getToken(SCOPES);
    simulator.faults.mercuryStatus = 500;
    await time.advance(HOUR * 0.775);
    for (let i = 0; i < 60; i++) {
      await time.advance(10_000);
      for (let asker = 0; asker < 20; asker++) await session.tokens.getToken(SCOPES);
    }
    const { length } = simulator.stats.keymasterRequests;
    assert.ok(length > 12 && length < 60, `${length} requests in ten minutes`);
    simulator.faults.mercuryStatus = false;
    await time.advance(2 * MINUTE + 5_000);
    assert.ok((await session.tokens.getToken(SCOPES)).expiresIn > 3000);
  });

  it("if it is refused, leaves the token in use until it expires, and sends no more requests", async () => {
    const { simulator, time } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    const first = await session.tokens.getToken(SCOPES);
    account.keymaster = "refused";
    await time.advance(HOUR * 0.81);
    const asked = simulator.stats.keymasterRequests.length;
    assert.equal(asked, 3, "asked, and once more on a fresh session");
    for (let i = 0; i < 100; i++) {
      assert.equal((await session.tokens.getToken(SCOPES)).accessToken, first.accessToken);
      await time.advance(5_000);
    }
    assert.equal(simulator.stats.keymasterRequests.length, asked);
  });

  it("is not tried again if Spotify no longer gives the scopes: the old token serves until it expires", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    const first = await session.tokens.getToken(SCOPES);
    const payload = { code: 3, errorDescription: "Invalid scope" };
    simulator.faults.keymasterRefusal = { value: { status: 400, payload }, times: 100 };
    await time.advance(HOUR * 0.81);
    const { length } = simulator.stats.keymasterRequests;
    assert.equal(length, 2);
    await time.advance(HOUR * 0.17);
    assert.equal(simulator.stats.keymasterRequests.length, length);
    assert.equal((await session.tokens.getToken(SCOPES)).accessToken, first.accessToken);
  });
});
