import assert from "node:assert/strict";
import type { Session } from "../../src";
import { Command } from "../simulator";
import { useStage } from "../support/stage";

/** When the server received a pong, in seconds after `from`. */
function pongsHeard(stage: { simulator: import("../simulator").Simulator }, from: number): number[] {
  const heard: number[] = [];
  stage.simulator.on("packet", ({ cmd, payload }) => {
    if (cmd !== Command.Pong) return;
    assert.equal(payload.toString("hex"), "00000000");
    heard.push((Date.now() - from) / 1000);
  });
  return heard;
}

describe("keep-alive", () => {
  const stage = useStage();

  /** The errors with which the session's connection breaks. It may be connected again before a test looks. */
  function breaksOf(session: Session): string[] {
    const breaks: string[] = [];
    session.on("state", ({ state, error }) => {
      if (state === "reconnecting") breaks.push(error!.message);
    });
    return breaks;
  }

  it("answers each ping after 60 s, for hours, on one connection", async () => {
    const { simulator, time } = stage.current;
    const heard = pongsHeard(stage.current, Date.now());
    const session = await stage.current.connected();
    await time.advance(2 * 3_600_000);
    assert.deepEqual(heard.slice(0, 4), [60, 180, 300, 420]);
    assert.equal(heard.length, 60);
    assert.equal(session.state, "ready");
    assert.equal(simulator.stats.connections, 1);
  });

  it("ends a connection if no first ping comes within 20 s", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.silent = "pings";
    const session = await stage.current.connected();
    const breaks = breaksOf(session);
    await time.advance(19_900);
    assert.deepEqual(breaks, []);
    await time.advance(200);
    assert.match(breaks.join(), /silent/);
    simulator.faults.silent = false;
    await time.advance(3_000);
    assert.equal(session.state, "ready");
  });

  it("ends a connection if its pong is not acknowledged within 20 s", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.silent = "pong-acks";
    const breaks = breaksOf(await stage.current.connected());
    await time.advance(60_000 + 19_900);
    assert.deepEqual(breaks, []);
    await time.advance(200);
    assert.equal(breaks.length, 1);
  });

  it("ends a connection if no ping comes within 80 s after an acknowledgement", async () => {
    const { simulator, time } = stage.current;
    const breaks = breaksOf(await stage.current.connected());
    simulator.faults.silent = "pings";
    await time.advance(60_000 + 79_900);
    assert.deepEqual(breaks, []);
    await time.advance(200);
    assert.equal(breaks.length, 1);
  });

  it("is not disturbed by packets of an unknown type", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.unknownPackets = true;
    const session = await stage.current.connected();
    await time.advance(600_000);
    assert.equal(session.state, "ready");
    assert.equal((await session.tokens.getToken(["streaming"])).tokenType, "Bearer");
    assert.equal(simulator.stats.connections, 1);
  });
});
