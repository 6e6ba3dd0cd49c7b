import assert from "node:assert/strict";
import { Simulator } from "../simulator";
import { Flow } from "./support/flow";

describe("a node that is deployed again while its account stays open", () => {
  let simulator: Simulator;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    flow = new Flow();
  });
  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  it("leaves no listener on the session: a token node that sends by itself, and an events node", async () => {
    await flow.deploy(simulator, simulator.addAccount({ username: "mira" }), [{ emit: "auto" }], {}, {}, [
      {},
    ]);
    await flow.sessionState("ready");
    const session = flow.sessionNode.session!;
    const counts = (): number[] => [
      ...(["state", "clientId", "clientIdReport", "signInExpiring"] as const).map((name) =>
        session.listenerCount(name),
      ),
      session.tokens.listenerCount("token"),
      session.signIns.listenerCount("change"),
    ];
    const before = counts();
    for (let times = 1; times <= 3; times++) {
      await flow.redeploy("nodes", (definition) =>
        ["t0", "e0"].includes(definition.id) ? { ...definition, name: `again ${times}` } : definition,
      );
    }
    assert.equal(flow.sessionNode.session, session);
    assert.deepEqual(counts(), before);
  });
});
