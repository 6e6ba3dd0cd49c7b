import assert from "node:assert/strict";
import { MemoryStateStore, Session } from "../../../src";
import { signInWithApp } from "../../support/own-app";
import { Simulator, type Memory } from "../index";

describe("simulator: memory", () => {
  const simulators: Simulator[] = [];

  async function start(memory?: Memory): Promise<Simulator> {
    // As JSON, the form in which it is stored.
    const kept = memory && (JSON.parse(JSON.stringify(memory)) as Memory);
    const simulator = await Simulator.start(kept ? { memory: kept } : {});
    simulators.push(simulator);
    return simulator;
  }

  afterEach(async () => {
    for (const simulator of simulators.splice(0)) await simulator.close();
  });

  it("continues with all accounts: credentials, apps, grants and tokens are known again", async () => {
    const before = await start();
    const ada = before.addAccount({ username: "ada", premium: false, keymaster: "refused" });
    const state = new MemoryStateStore();
    const open = (simulator: Simulator): Session =>
      new Session({
        credentials: ada.credentialsJson,
        endpoints: { ...simulator.endpoints },
        accessPointKey: simulator.accessPointKey,
        observe: false,
        state,
      });
    const first = open(before);
    const app = await signInWithApp(before, first, ada, ["user-read-email"]);
    const token = await first.tokens.getTokenWithClientId(["user-read-email"], app);
    await first.close();

    const after = await start(before.remember());
    const again = after.accounts.get("ada");
    assert.deepEqual([again?.premium, again?.keymaster], [false, "refused"]);
    assert.equal(again?.credentialsJson, ada.credentialsJson);
    const headers = { authorization: `Bearer ${token.accessToken}` };
    assert.equal((await fetch(`${after.endpoints.api}/v1/me`, { headers })).status, 200);
    const next = open(after);
    try {
      await next.connect();
      next.tokens.refused(token.accessToken);
      const fresh = await next.tokens.getTokenWithClientId(["user-read-email"], app);
      assert.equal(fresh.source, "oauth");
      assert.notEqual(fresh.accessToken, token.accessToken);
    } finally {
      await next.close();
    }
    assert.equal(after.grants.length, 1);
  });

  it("leaves out tokens that have expired", async () => {
    const before = await start();
    before.policy.tokenLifetime = 0;
    before.addAccount({ username: "ada" }).accessToken();
    assert.deepEqual(before.remember().tokens.oauth, []);
  });
});
