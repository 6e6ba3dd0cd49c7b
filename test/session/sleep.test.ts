import assert from "node:assert/strict";
import { MemoryStateStore, type Token } from "../../src";
import { Outcome } from "../support/failure";
import { useStage } from "../support/stage";

const HOUR = 3_600_000;

describe("a machine that sleeps, or a clock that is set", () => {
  const stage = useStage();

  it("after a sleep, the session opens a new connection by itself, even if the old one seems alive", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    await time.advance(30_000);
    const states: string[] = [];
    session.on("state", ({ state }) => states.push(state));
    time.moveCalendar(8 * HOUR);
    await time.advance(12_000);
    assert.deepEqual(states, ["reconnecting", "ready"]);
    assert.equal(simulator.stats.connections, 2);
    assert.equal((await session.tokens.getToken(["streaming"])).tokenType, "Bearer");
  });

  it("a token in use is renewed a few seconds after the machine woke up", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    await session.tokens.getToken(["streaming"]);
    time.moveCalendar(0.9 * HOUR);
    await time.advance(15_000);
    assert.equal(simulator.stats.keymasterRequests.length, 2);
  });

  it("if the network is still unreachable after a sleep, the session tries until it is back", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    await simulator.stopAccessPoints();
    await time.advance(20 * 60_000);
    time.moveCalendar(8 * HOUR);
    await simulator.startAccessPoints();
    const token = new Outcome(session.tokens.getToken(["streaming"]));
    await time.advance(11_000);
    assert.equal(token.result?.tokenType, "Bearer", "at once, not after the long wait of before");
  });

  it("a clock that is set back breaks no connection", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    time.moveCalendar(-HOUR);
    await time.advance(60_000);
    assert.equal(session.state, "ready");
    assert.equal(simulator.stats.connections, 1);
  });

  it("a clock that is set back does not change when a token expires, even after a restart", async () => {
    const { simulator, time } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const session = await stage.current.connected(account, { state });
    const before = await session.tokens.getToken(["streaming"]);
    const isRight = ({ expiresAt, expiresIn }: Token): boolean =>
      Math.abs(expiresAt - Date.now() - expiresIn * 1000) <= 1_000;
    const check = (token: Token, left: number): void => {
      assert.equal(token.accessToken, before.accessToken);
      assert.ok(isRight(token), `it expires in ${(token.expiresAt - Date.now()) / 1000} s, says expiresAt`);
      assert.ok(Math.abs(token.expiresIn - left) <= 1, `it expires in ${token.expiresIn} s`);
    };
    await time.advance(60_000);
    time.moveCalendar(-HOUR);
    check(await session.tokens.getToken(["streaming"]), before.expiresIn - 60);
    await time.advance(60_000);
    await session.close();
    const restarted = await stage.current.connected(account, { state });
    check(await restarted.tokens.getToken(["streaming"]), before.expiresIn - 120);
    assert.equal(simulator.stats.keymasterRequests.length, 1);
  });

  it("a clock that is set back after a sleep makes no token live longer", async () => {
    const { time } = stage.current;
    const session = await stage.current.connected();
    const before = await session.tokens.getToken(["streaming"]);
    time.moveCalendar(HOUR / 3);
    await time.advance(15_000);
    time.moveCalendar(-HOUR / 4);
    const { expiresIn, accessToken } = await session.tokens.getToken(["streaming"]);
    assert.equal(accessToken, before.accessToken);
    assert.ok(expiresIn <= before.expiresIn - 1_200, `${expiresIn} s`);
  });

  it("a clock that is corrected by a few seconds changes nothing", async () => {
    const { simulator, time } = stage.current;
    await stage.current.connected();
    for (let i = 0; i < 10; i++) {
      time.moveCalendar(i % 2 ? 5_000 : -5_000);
      await time.advance(20_000);
    }
    assert.equal(simulator.stats.connections, 1);
  });
});
