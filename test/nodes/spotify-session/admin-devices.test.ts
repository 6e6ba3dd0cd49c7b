import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import type { ListedDevice } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { Flow } from "../support/flow";

interface Problem {
  error: { code: string; message: string };
}

describe("What the playback node's dialog asks a session", () => {
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

  async function ask(status = 200, id = "session"): Promise<unknown> {
    const response = await helper.request().get(`/spotify-session/${id}/devices`).expect(status);
    if (status !== 404) assert.equal(response.get("cache-control"), "no-store");
    return response.body as unknown;
  }

  it("is answered with the devices that Spotify lists, and wakes none", async () => {
    account.playback.resume();
    const phone = account.playback.addDevice({ name: "Phone", isOnline: false, conduct: { wakesAfter: 1 } });
    await flow.deploy(simulator, account, []);
    const devices = (await ask()) as ListedDevice[];
    // A speaker in the network of this machine may answer as well.
    assert.deepEqual(
      devices.filter(({ isAsleep }) => !isAsleep).map(({ name, type, isActive }) => [name, type, isActive]),
      [
        ["Kitchen", "speaker", true],
        ["Study", "computer", false],
      ],
    );
    assert.equal(phone.isOnline, false);
  });

  it("is followed by a notice when a new device comes", async () => {
    account.playback.resume();
    await flow.deploy(simulator, account, []);
    await ask();
    const { player } = flow.sessionNode.session!;
    assert.ok(player.listenerCount("change") > 0);
  });

  it("is answered with the reason if the account is not signed in", async () => {
    await flow.deploy(simulator, undefined, []);
    const { error } = (await ask(400)) as Problem;
    assert.equal(error.code, "NOT_SIGNED_IN");
  });

  it("is answered with 404 for an account that is not deployed, and for other nodes", async () => {
    await flow.deploy(simulator, account, []);
    await ask(404, "another");
    await ask(404, "catch");
  });
});
