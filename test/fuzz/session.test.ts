import assert from "node:assert/strict";
import { Command } from "../simulator";
import { Outcome } from "../support/failure";
import { Randomness } from "../support/randomness";
import { useStage } from "../support/stage";

describe("a session that receives random packets", () => {
  const stage = useStage();

  it("receives 5,000 correctly enciphered packets of nonsense, and continues to work", async function () {
    this.timeout(30_000);
    const random = new Randomness();
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    await session.mercury.subscribe("hm://", () => undefined);
    const waiting = Array.from({ length: 20 }, (_, i) => {
      simulator.faults.silent = "mercury";
      return new Outcome(session.mercury.get(`hm://${i}`, { timeout: 5_000 }));
    });
    await time.settle();
    const commands = [...Object.values(Command), 0x00, 0x33, 0xff].filter(
      (command) => command !== Command.PongAck,
    );
    for (let i = 0; i < 5_000; i++) {
      const payload = random.bytes(random.below(120));
      // Half of them are Mercury packets with a sequence that a request waits for.
      if (random.chance(0.5) && payload.length > 10) payload.write("0008000000000000", 0, "hex");
      for (const connection of simulator.connections) connection.send(random.pick(commands), payload);
      if (i % 500 === 0) await time.settle();
    }
    await time.settle();
    assert.equal(session.state, "ready", `${random.hint}: ${session.error?.message}`);
    assert.equal(simulator.stats.connections, 1, random.hint);
    simulator.faults.silent = false;
    await time.advance(6_000);
    for (const { pending, error } of waiting) {
      assert.ok(!pending, random.hint);
      if (error)
        assert.ok(["TIMEOUT", "PROTOCOL_ERROR"].includes(error.code), `${random.hint}: ${error.message}`);
    }
    assert.equal((await session.tokens.getToken(["streaming"])).tokenType, "Bearer");
  });
});
