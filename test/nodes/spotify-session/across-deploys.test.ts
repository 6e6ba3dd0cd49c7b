import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import { SignInStage } from "./sign-in-support";

describe("a sign-in that is under way when the flows are deployed", () => {
  let stage: SignInStage;

  beforeEach(async () => {
    stage = await SignInStage.open();
    await stage.deploy();
  });
  afterEach(() => stage.close());

  const redeploy = async (): Promise<void> => {
    await stage.flow.stop();
    await stage.deploy();
  };

  it("continues: a code that is typed after the deploy signs in", async () => {
    const { code, path } = await stage.beginPairing();
    await redeploy();
    stage.simulator.pair(code, stage.account);
    assert.deepEqual(await stage.outcome(path), { state: "done", username: "mira", error: null });
    assert.deepEqual(await stage.signIns(), ["stored"]);
  });

  it("loses nothing that Spotify grants while the account is closed", async () => {
    const { code, path } = await stage.beginPairing();
    const asked = stage.simulator.next("token");
    stage.simulator.pair(code, stage.account);
    await asked;
    await redeploy();
    assert.deepEqual(await stage.outcome(path), { state: "done", username: "mira", error: null });
  });

  it("continues with the user's own app: the browser comes back after the deploy", async () => {
    const { url, cookie, path } = await stage.beginAuthorization();
    const back = await stage.agree(url);
    await redeploy();
    const { headers } = await stage.ask("get", back, undefined, cookie);
    assert.equal(headers["location"], "callback/done");
    assert.equal((await stage.outcome(path))["username"], "mira");
  });

  it("can be polled and cancelled during the deploy", async () => {
    const { path } = await stage.beginPairing();
    await stage.flow.stop();
    assert.equal((await stage.ask("get", path)).body["state"], "waiting");
    assert.equal((await stage.ask("delete", path)).status, 200);
    assert.equal((await stage.ask("get", path)).status, 404);
  });

  it("ends with an explanation if the deploy deletes the account", async () => {
    const { path } = await stage.beginPairing();
    await helper.setFlows([{ id: "tab", type: "tab" }], "full");
    const { state, error } = await stage.outcome(path);
    assert.equal(state, "failed");
    assert.match((error as { message: string }).message, /deleted/);
  });
});
