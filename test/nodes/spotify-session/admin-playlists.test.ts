import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import type { Playlist } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { Flow } from "../support/flow";

interface Problem {
  error: { code: string; message: string };
}

describe("What a dialog asks a session about playlists", () => {
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "mira" });
    flow = new Flow();
  });

  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  async function ask(status = 200, id = "session"): Promise<unknown> {
    const response = await helper.request().get(`/spotify-session/${id}/playlists`).expect(status);
    assert.equal(response.get("cache-control"), "no-store");
    return response.body as unknown;
  }

  it("is answered with the account's playlists, in its order", async () => {
    account.playlists.add({ name: "Rainy Sunday" });
    await flow.deploy(simulator, account, []);
    const playlists = (await ask()) as Playlist[];
    assert.deepEqual(
      playlists.map(({ name }) => name),
      ["Rainy Sunday", "Protocol Hits", "Dinner", "Party", "DJ"],
    );
    assert.deepEqual(Object.keys(playlists[0] ?? {}), ["uri", "name", "owner", "image", "tracks"]);
  });

  it("is answered with the reason for a failure", async () => {
    await flow.deploy(simulator, account, []);
    simulator.faults.rootlistStatus = 403;
    const { error } = (await ask(400)) as Problem;
    assert.equal(error.code, "REQUEST_REFUSED");
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
