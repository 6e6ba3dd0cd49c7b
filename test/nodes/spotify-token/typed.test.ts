/** Permissions and client ID of a spotify-token that come from elsewhere than the node. */
import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { Flow } from "../support/flow";

describe("the permissions and the client ID of a spotify-token", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  for (const [kind, scopes, message] of [
    ["msg", "needs", { needs: ["user-top-read"] }],
    ["msg", "needs.inside", { needs: { inside: "user-top-read" } }],
    ["flow", "needs", {}],
    ["global", "needs", {}],
    ["env", "NEEDS", {}],
    ["jsonata", '["user-top-read"]', {}],
  ] as const) {
    it(`come from ${kind}: ${scopes}`, async () => {
      flow.env = [{ name: "NEEDS", type: "str", value: "user-top-read" }];
      await flow.deploy(simulator, account, [{ scopes, scopesType: kind }]);
      const context = flow.node("t0").context();
      context.flow.set("needs", "user-top-read");
      context.global.set("needs", ["user-top-read"]);
      assert.deepEqual((await flow.ask(message)).payload.scopes, ["user-top-read"]);
    });
  }

  it("are those of msg.scopes and msg.clientId before all others", async () => {
    await flow.deploy(simulator, account, [
      { scopes: "needs", scopesType: "flow", clientId: "as", clientIdType: "flow" },
    ]);
    flow.node("t0").context().flow.set("as", "android");
    const { payload } = await flow.ask({ scopes: "user-top-read", clientId: "keymaster" });
    assert.deepEqual([payload.scopes, payload.clientId], [["user-top-read"], CLIENT_IDS.keymaster]);
  });

  it("are an error if they cannot be right, and the flow goes on", async () => {
    await flow.deploy(simulator, account, [
      { scopes: "needs", scopesType: "msg", clientId: "as", clientIdType: "msg" },
    ]);
    for (const [message, why] of [
      [{ needs: ["user-top-read"] }, /The client ID is missing/],
      [{ needs: ["No Scope"], as: "best" }, /scope/i],
      [{ needs: ["user-top-read"], as: "somebody" }, /client ID/i],
      [{ needs: ["user-top-read"], as: 5 }, /client ID/i],
    ] as const) {
      const { error } = await flow.askInVain(message);
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.match(error.message, why);
    }
    assert.equal((await flow.ask({ needs: "user-top-read", as: "keymaster" })).payload.source, "keymaster");
  });

  it("that come with a message need a message", async () => {
    await flow.deploy(simulator, account, [{ scopes: "needs", scopesType: "msg", emit: "both" }]);
    const { error } = await flow.askInVain({ needs: "user-top-read" });
    assert.equal(error.code, "INVALID_ARGUMENT");
    assert.match(error.message, /choose to send on input only/);
  });

  it("may come from a variable if the node sends by itself", async () => {
    flow.env = [{ name: "NEEDS", type: "str", value: "user-top-read" }];
    await flow.deploy(simulator, account, [{ scopes: "NEEDS", scopesType: "env", emit: "auto" }]);
    const { payload } = (await flow.next("s0")) as unknown as { payload: { scopes: string[] } };
    assert.deepEqual(payload.scopes, ["user-top-read"]);
  });
});
