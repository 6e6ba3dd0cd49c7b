import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import redisStore = require("../../../src/store/redis");
import { Simulator, type Account } from "../../simulator";
import { describeWithRedis, RedisServer } from "../../support/redis-server";
import { Flow } from "../support/flow";

describeWithRedis("the state of a shared account", () => {
  let server: RedisServer;
  let simulator: Simulator;
  let account: Account;
  let flow: Flow;

  before(async () => (server = await RedisServer.start()));
  after(() => server.close());
  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    flow = new Flow();
    if (!server.isRunning) await server.start();
    await server.command("FLUSHALL");
  });
  afterEach(async () => {
    await flow.dispose();
    await simulator.close();
  });

  const DOCUMENT = "spotify-session:{session}";
  const stateFile = (): string => join(flow.userDir, "spotify-session", "session.state");
  const isShared = async (): Promise<boolean> => Number(await server.command("EXISTS", DOCUMENT)) === 1;

  async function deploy(store: unknown, users: object[] = [{}]): Promise<void> {
    const settings = { spotifySessionStore: store };
    await flow.deploy(simulator, undefined, users as Record<string, unknown>[], {}, settings);
  }

  async function statusText(): Promise<{ kind: string; message: string } | null> {
    const { body } = await helper.request().get("/spotify-session/session/status").expect(200);
    return body.stateProblem as { kind: string; message: string } | null;
  }

  it("is on the server, not in the user directory, and another instance can read it", async () => {
    await deploy(redisStore({ url: server.url }));
    await flow.sessionNode.session!.signIns.import(account.credentialsJson);
    const { accessToken } = (await flow.ask()).payload;
    await flow.stop();
    assert.equal(existsSync(stateFile()), false);
    const other = new Flow();
    await other.deploy(
      simulator,
      undefined,
      [{}],
      {},
      { spotifySessionStore: redisStore({ url: server.url }) },
    );
    assert.equal((await other.ask()).payload.accessToken, accessToken);
    await other.dispose();
  });

  it("is moved to the server from the user directory, once, and the file is deleted", async () => {
    await deploy(undefined);
    await flow.sessionNode.session!.signIns.import(account.credentialsJson);
    const { accessToken } = (await flow.ask()).payload;
    await flow.stop();
    assert.equal(existsSync(stateFile()), true);
    await deploy(redisStore({ url: server.url }));
    assert.equal((await flow.ask()).payload.accessToken, accessToken);
    assert.equal(await isShared(), true);
    assert.equal(existsSync(stateFile()), false);
  });

  it("stays in the user directory too if the server already has one of the account, which is used", async () => {
    const sign = async (): Promise<string> => {
      await flow.sessionNode.session!.signIns.import(account.credentialsJson);
      return (await flow.ask()).payload.accessToken;
    };
    await deploy(redisStore({ url: server.url }));
    const shared = await sign();
    await flow.stop();
    await deploy(undefined);
    await sign();
    await flow.stop();
    await deploy(redisStore({ url: server.url }));
    assert.equal((await flow.ask()).payload.accessToken, shared);
    assert.equal(existsSync(stateFile()), true);
  });

  it("is deleted with the account", async () => {
    await deploy(redisStore({ url: server.url }));
    await flow.sessionNode.session!.signIns.import(account.credentialsJson);
    await flow.ask();
    assert.equal(await isShared(), true);
    await flow.redeploy("full", ({ id, ...rest }) => (id === "tab" ? { id, ...rest } : undefined));
    while (await isShared()) await new Promise(setImmediate);
  });

  it("is not shared if there is no key that the others have, and this is reported", async () => {
    flow.stateKey = undefined;
    await deploy(redisStore({ url: server.url }));
    await flow.sessionNode.session!.signIns.import(account.credentialsJson);
    await flow.ask();
    assert.equal((await statusText())?.kind, "not-shared");
    assert.equal(await isShared(), false);
    await flow.stop();
    await deploy(redisStore({ url: server.url, secret: "the same in all instances" }));
    await flow.ask();
    assert.equal(await statusText(), null);
    assert.equal(await isShared(), true);
  });

  it("is reported in the status and the dialog if it cannot be read; later, the account recovers", async () => {
    await deploy(redisStore({ url: server.url }));
    await flow.sessionNode.session!.signIns.import(account.credentialsJson);
    await flow.ask();
    await flow.stop();
    await server.kill();
    await deploy(redisStore({ url: server.url }));
    const status = await flow.status("t0", ({ fill }) => fill === "yellow");
    assert.match(String(status.text), /UNREACHABLE/);
    const error = (await flow.askInVain()).error;
    assert.equal(error.code, "UNREACHABLE");
    assert.equal((await statusText())?.kind, "away");
    await server.start();
    const { session } = flow.sessionNode;
    while (session!.stateProblem) await once(session!, "stateProblem");
    while (session!.signIns.list().length === 0) await once(session!.signIns, "change");
    await flow.ask();
    assert.equal(await statusText(), null);
  });

  for (const [what, store] of [
    ["a text", "redis://hunter2@localhost"],
    ["an object", { url: "redis://hunter2@localhost" }],
  ] as const) {
    it(`is refused with advice if settings.js gives ${what} as the store`, async () => {
      await deploy(store);
      const { error } = await flow.askInVain();
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.match(error.message, /spotifySessionStore in settings\.js is not a store: .*\/redis/);
      assert.doesNotMatch(error.message, /hunter2/);
    });
  }
});
