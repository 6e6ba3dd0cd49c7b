import assert from "node:assert/strict";
import { RawClient } from "../clients/raw-client";
import { Simulator } from "../index";

describe("simulator: life cycle", () => {
  it("closes at once with clients of every kind connected, and may be closed twice", async () => {
    const simulator = await Simulator.start({ accessPoints: 2 });
    const idle = await RawClient.connect(simulator, 1);
    const session = await RawClient.login(simulator, simulator.addAccount());
    simulator.faults.resolverSlow = 3_600_000;
    const waiting = assert.rejects(fetch(`${simulator.endpoints.apResolve}/?type=accesspoint`));
    await simulator.next("resolver");
    await Promise.all([simulator.close(), simulator.close()]);
    assert.equal(await idle.closed(), "ECONNRESET");
    assert.equal(await session.closed(), "ECONNRESET");
    await waiting;
    assert.equal(simulator.stats.openConnections, 0);
  });

  it("answers a request to the resolver with the servers of the requested kinds", async () => {
    const simulator = await Simulator.start({ accessPoints: 3 });
    try {
      const url = `${simulator.endpoints.apResolve}/?type=accesspoint&type=dealer&type=spclient&type=nonsense`;
      const answer: unknown = await (await fetch(url)).json();
      assert.deepEqual(answer, {
        accesspoint: simulator.accessPoints,
        dealer: [new URL(simulator.endpoints.dealer).host],
        spclient: [new URL(simulator.endpoints.spclient).host],
      });
      assert.equal(new Set(simulator.accessPoints).size, 3);
      assert.equal(simulator.stats.resolverRequests, 1);
    } finally {
      await simulator.close();
    }
  });

  it("resolves a wait when its event happens, and names the event that did not happen", async () => {
    const simulator = await Simulator.start();
    try {
      const connected = simulator.next("connection");
      const client = await RawClient.connect(simulator);
      const [connection] = await connected;
      assert.equal(connection.isOpen, true);
      client.close();
      await simulator.waitFor(() => simulator.stats.openConnections === 0);
      await assert.rejects(
        simulator.waitFor(() => simulator.stats.badMacs > 0, 1),
        /badMacs/,
      );
      await assert.rejects(
        simulator.next("login", () => true, 1),
        /login/,
      );
    } finally {
      await simulator.close();
    }
  });
});
