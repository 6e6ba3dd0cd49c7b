import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import FakeTimers from "@sinonjs/fake-timers";
import helper from "node-red-node-test-helper";
import type { AccountUser } from "../../../nodes/shared/account-node";
import { CLIENT_IDS } from "../../../src";
import { Simulator, type Account } from "../../simulator";
import { setEnvironment } from "../../support/environment";
import { deadAddress } from "../../support/wiretap";
import { Flow } from "../support/flow";

const PHONE = { id: "5b07", name: "Anna’s phone", brand: "Google", model: "Pixel 8" };

describe("spotify-session", () => {
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

  const stateFile = (): string => join(flow.userDir, "spotify-session", "session.state");

  it("has one connection for all its users", async () => {
    await flow.deploy(simulator, account, [{}, {}, {}]);
    await Promise.all([0, 1, 2].map((index) => flow.ask({}, index)));
    assert.equal(simulator.stats.logins.length, 1);
    assert.deepEqual(Object.keys(flow.sessionNode.users).toSorted(), ["t0", "t1", "t2"]);
  });

  it("does not connect while no node uses it", async () => {
    await flow.deploy(simulator, account, []);
    assert.equal(flow.sessionNode.session, undefined);
    assert.equal(simulator.stats.connections, 0);
  });

  describe("with connect on", () => {
    const visible = async (): Promise<unknown> => {
      const session = flow.sessionNode.session!;
      while (session.visibility === "off") await once(session, "visibility");
      return session.visibility;
    };

    it("is on the LAN after a deploy, even if no node uses it and it is not signed in, for a tap", async () => {
      await flow.deploy(simulator, undefined, [], { connect: true, deviceName: "Kitchen" });
      assert.equal(await visible(), "visible");
      assert.equal(simulator.stats.connections, 0);
    });

    it("has the configured port, also from an environment variable, or else the same port as before", async () => {
      const portNow = async (): Promise<number> => {
        await visible();
        return flow.sessionNode.session!.discoveryPort!;
      };
      await flow.deploy(simulator, undefined, [], { connect: true });
      const first = await portNow();
      await flow.stop();
      await flow.deploy(simulator, undefined, [], { connect: true, port: "" });
      assert.equal(await portNow(), first);
      await flow.stop();
      const chosen = Number((await deadAddress()).split(":")[1]);
      const back = setEnvironment({ SPOTIFY_PORT: String(chosen) });
      await flow.deploy(simulator, undefined, [], { connect: true, port: "${SPOTIFY_PORT}" });
      back();
      assert.equal(await portNow(), chosen);
      // Another program may take the port between two deploys.
    }).retries(2);

    it("says which setting is wrong if the port is invalid", async () => {
      await flow.deploy(simulator, undefined, [], { connect: true, port: "auto" });
      assert.equal(flow.sessionNode.problem?.code, "INVALID_ARGUMENT");
      assert.match(flow.sessionNode.problem.message, /port/);
    });

    it("stays on the LAN when the last node that used it is gone, and when its dialog was opened", async () => {
      await flow.deploy(simulator, account, [], { connect: true });
      const clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
      try {
        const user = flow.node("caught") as unknown as AccountUser;
        user.accountChanged = (): void => undefined;
        flow.sessionNode.register(user);
        flow.sessionNode.deregister(user, () => undefined);
        flow.sessionNode.open();
        clock.tick(60 * 60_000);
      } finally {
        clock.uninstall();
      }
      assert.equal(await visible(), "visible");
    });

    it("leaves the LAN after a deploy that turns it off", async () => {
      await flow.deploy(simulator, account, [], { connect: true });
      await visible();
      const session = flow.sessionNode.session!;
      const definitions = flow.definitions.map((node) =>
        node.id === "session" ? { ...node, connect: false } : node,
      );
      await helper.setFlows(definitions, "full");
      assert.equal(session.discoveryPort, undefined);
      assert.equal(flow.sessionNode.session, undefined);
    });
  });

  it("shows a broken connection in the status of every user", async () => {
    await flow.deploy(simulator, account, [{}, {}]);
    await flow.sessionState("ready");
    await simulator.stopAccessPoints();
    await Promise.all(["t0", "t1"].map((id) => flow.status(id, ({ fill }) => fill === "yellow")));
    await simulator.startAccessPoints();
    await Promise.all(["t0", "t1"].map((id) => flow.status(id, ({ fill }) => fill === "green")));
  });

  it("starts with the platform's client ID if none is set", async () => {
    await flow.deploy(simulator, account, [{}], { clientId: "" });
    assert.equal(flow.sessionNode.session!.clientId, CLIENT_IDS.keymaster);
  });

  it("reports an invalid client ID", async () => {
    await flow.deploy(simulator, account, [{}], { clientId: "spotify" });
    assert.equal(flow.sessionNode.problem?.code, "INVALID_ARGUMENT");
    assert.equal((await flow.askInVain()).error.code, "INVALID_ARGUMENT");
  });

  it("sends nothing to an endpoint that is neither https nor this machine", async () => {
    const settings = { spotifySessionEndpoints: { apResolve: "http://192.0.2.1" } };
    await flow.deploy(simulator, account, [{}], {}, settings);
    assert.equal((await flow.askInVain()).error.code, "INVALID_ARGUMENT");
  });

  it("refuses an access point that signs with another key, and never sends it the credential", async () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const settings = { spotifySessionAccessPointKey: publicKey.export({ type: "spki", format: "pem" }) };
    await flow.deploy(simulator, account, [{}], {}, settings);
    assert.equal((await flow.askInVain()).error.code, "UNTRUSTED_SERVER");
    await flow.status("t0", ({ text }) => text === "spotify-token.errors.UNTRUSTED_SERVER");
    assert.equal(simulator.stats.logins.length, 0);
  });

  describe("a restart", () => {
    it("serves the first token without any request", async () => {
      await flow.deploy(simulator, account, [{}]);
      const before = (await flow.ask()).payload;
      await flow.stop();
      await simulator.stopAccessPoints();
      await flow.deploy(simulator, account, [{}]);
      const after = (await flow.ask()).payload;
      assert.equal(after.accessToken, before.accessToken);
      assert.equal(simulator.stats.keymasterRequests.length, 1);
    });

    it("keeps the device ID, and does not ask the resolver", async () => {
      await flow.deploy(simulator, account, [{}]);
      await flow.ask();
      await flow.stop();
      await flow.deploy(simulator, account, [{}]);
      await flow.sessionState("ready");
      const [first, second] = simulator.stats.logins;
      assert.equal(first?.deviceId, second?.deviceId);
      assert.equal(simulator.stats.resolverRequests, 1);
    });

    it("with another credential serves no token of the first account", async () => {
      await flow.deploy(simulator, account, [{}]);
      const before = (await flow.ask()).payload;
      await flow.stop();
      await flow.deploy(simulator, simulator.addAccount(), [{}]);
      assert.notEqual((await flow.ask()).payload.accessToken, before.accessToken);
      assert.equal(simulator.stats.keymasterRequests.length, 2);
    });
  });

  describe("the state file", () => {
    it("can be read only by its owner, and holds nothing in plain text", async () => {
      await flow.deploy(simulator, account, [{}]);
      const { payload } = await flow.ask();
      await flow.stop();
      assert.equal(statSync(stateFile()).mode & 0o777, 0o600);
      assert.equal(statSync(join(stateFile(), "..")).mode & 0o777, 0o700);
      const text = readFileSync(stateFile(), "utf8");
      assert.ok(!text.includes(payload.accessToken) && !text.includes(account.username));
      const left = readdirSync(join(stateFile(), "..")).toSorted();
      const kept = [".accounts", ".place", ".session.state.reserve", "session.state"];
      assert.deepEqual(left, kept, "no temporary file is left, and no lock");
    });

    it("keeps a sign-in from before the editor made a key: over a restart, and when there is a key", async () => {
      flow.stateKey = undefined;
      await flow.deploy(simulator, undefined, [{}]);
      await flow.sessionNode.session!.signIns.import(account.credentialsJson);
      assert.equal((await flow.ask()).payload.clientId, CLIENT_IDS.keymaster);
      await flow.stop();
      assert.equal(statSync(join(stateFile(), "..", ".key")).mode & 0o777, 0o600);
      await flow.deploy(simulator, undefined, [{}]);
      await flow.sessionState("ready");
      await flow.stop();
      flow.stateKey = "made by the editor";
      await flow.deploy(simulator, undefined, [{}]);
      await flow.sessionState("ready");
      assert.equal(flow.sessionNode.session!.username, account.username);
    });

    it("is not written if the runtime is read-only; the token is still kept over a redeploy", async () => {
      const settings = { readOnly: true };
      await flow.deploy(simulator, account, [{}], {}, settings);
      const before = (await flow.ask()).payload;
      await flow.stop();
      assert.equal(existsSync(stateFile()), false);
      await flow.deploy(simulator, account, [{}], {}, settings);
      assert.equal((await flow.ask()).payload.accessToken, before.accessToken);
    });

    const stateProblem = async (): Promise<Record<string, string>> => {
      const { body } = await helper.request().get("/spotify-session/session/status").expect(200);
      return body.stateProblem as Record<string, string>;
    };

    it("is reported in the dialog if it cannot be opened, and is kept", async () => {
      await flow.deploy(simulator, account, [{}]);
      await flow.ask();
      await flow.stop();
      const before = readFileSync(stateFile(), "utf8");
      writeFileSync(stateFile(), before.slice(0, -9));
      await flow.deploy(simulator, account, [{}]);
      await flow.sessionState("ready");
      const { kind, file, keptAs } = await stateProblem();
      assert.deepEqual(
        { kind, file, keptAs },
        { kind: "aside", file: stateFile(), keptAs: `${stateFile()}.unreadable` },
      );
      assert.equal(readFileSync(keptAs!, "utf8"), before.slice(0, -9));
    });

    it("is reported in the dialog if there is no key to encrypt it", async () => {
      flow.stateKey = undefined;
      const key = join(stateFile(), "..", ".key");
      mkdirSync(join(stateFile(), ".."));
      writeFileSync(key, "no key");
      await flow.deploy(simulator, undefined, [{}]);
      await flow.sessionNode.session!.signIns.import(account.credentialsJson);
      const { kind, file, cause } = await stateProblem();
      assert.deepEqual({ kind, file, cause }, { kind: "no-key", file: key, cause: "damaged" });
      assert.equal(existsSync(stateFile()), false);
    });

    it("is reported in the dialog if nothing may be written", async () => {
      await flow.deploy(simulator, account, [{}], {}, { readOnly: true });
      await flow.sessionState("ready");
      assert.equal((await stateProblem())["kind"], "no-disk");
    });

    it("is deleted with the config node, and kept when the node is only disabled", async () => {
      await flow.deploy(simulator, account, [{}]);
      await flow.ask();
      const [tab, session, ...rest] = structuredClone(flow.definitions);
      await helper.setFlows([tab!, { ...session!, d: true }, ...rest], "full");
      assert.equal(existsSync(stateFile()), true);
      await helper.setFlows([tab!], "full");
      await gone(stateFile());
    });

    it("is deleted when the config node is deleted while it runs", async () => {
      await flow.deploy(simulator, account, [{}]);
      await flow.ask();
      await helper.setFlows([flow.definitions[0]!], "full");
      assert.equal(existsSync(stateFile()), false);
    });
  });

  it("is closed within a second, with a request under way", async () => {
    simulator.faults.silent = "mercury";
    await flow.deploy(simulator, account, [{}]);
    await flow.sessionState("ready");
    flow.send({});
    const started = performance.now();
    await flow.stop();
    assert.ok(performance.now() - started < 1_000);
    assert.equal(simulator.connections.length, 0);
  });

  describe("the dialog's status request", () => {
    it("names the account, and has no secret", async () => {
      await flow.deploy(simulator, account, [{}]);
      const { payload } = await flow.ask();
      const response = await helper.request().get("/spotify-session/session/status").expect(200);
      assert.equal(response.body.state, "ready");
      assert.equal(response.body.username, account.username);
      assert.equal(response.body.clientIdName, "keymaster");
      assert.equal(response.body.clientIdReason, "configured");
      assert.equal(response.body.error, null);
      assert.ok(!response.text.includes(payload.accessToken));
    });

    it("says which client ID Spotify has set, when, why, and which device caused it", async () => {
      await flow.deploy(simulator, account, [{}]);
      await flow.sessionState("ready");
      flow.sessionNode.session!.setClientId(CLIENT_IDS.android, "cluster", PHONE);
      const { body } = await helper.request().get("/spotify-session/session/status").expect(200);
      assert.equal(body.clientIdName, "android");
      assert.equal(body.clientIdReason, "cluster");
      assert.equal(body.clientIdSince, flow.sessionNode.session!.clientIdState.since);
      assert.deepEqual(body.clientIdDevice, PHONE);
      assert.equal(body.clientIdReport, null);
    });

    it("says what Spotify sent last if the client ID is pinned", async () => {
      await flow.deploy(simulator, account, [{}], { followClientId: false });
      await flow.sessionState("ready");
      flow.sessionNode.session!.setClientId(CLIENT_IDS.ios, "cluster");
      flow.sessionNode.session!.setClientId(CLIENT_IDS.android, "remote-frame", PHONE);
      const { body } = await helper.request().get("/spotify-session/session/status").expect(200);
      assert.equal(body.clientId, CLIENT_IDS.keymaster);
      const { at, ...report } = body.clientIdReport as { at: number };
      assert.deepEqual(report, {
        clientId: CLIENT_IDS.android,
        kept: CLIENT_IDS.keymaster,
        reason: "remote-frame",
        device: PHONE,
      });
      assert.ok(at <= Date.now());
    });

    it("says whether the LAN sees it, and under which name", async () => {
      const visibility = async (): Promise<unknown[]> => {
        const { body } = await helper.request().get("/spotify-session/session/status").expect(200);
        return [body.visibility, body.deviceName, body.visibilityError];
      };
      await flow.deploy(simulator, account, [{}]);
      assert.deepEqual(await visibility(), ["off", "Node-RED", null]);
      await flow.stop();
      await flow.deploy(simulator, account, [{}], { connect: true, deviceName: " Kitchen 🎵 " });
      while (flow.sessionNode.session!.visibility === "off")
        await once(flow.sessionNode.session!, "visibility");
      const [state, name, error] = await visibility();
      // A machine without a network cannot be visible, and says so.
      assert.equal(typeof error === "string", state === "failed");
      assert.equal(name, "Kitchen 🎵");
    });

    it("says what is wrong", async () => {
      simulator.faults.loginFailed = 11;
      await flow.deploy(simulator, account, [{}]);
      await flow.sessionState("closed");
      const { body } = await helper.request().get("/spotify-session/session/status").expect(200);
      assert.equal(body.error.code, "PREMIUM_REQUIRED");
    });

    it("opens no session, and says so if it is closed", async () => {
      await flow.deploy(simulator, account, []);
      const { body } = await helper.request().get("/spotify-session/session/status").expect(200);
      assert.deepEqual([body.isOpen, body.isDeployed, body.signIns], [false, true, []]);
      assert.equal(flow.sessionNode.session, undefined);
      assert.equal(simulator.stats.connections, 0);
    });

    it("is opened when its dialog needs it, and says why if it cannot be opened", async () => {
      const open = (status: number): Promise<{ body: { error?: { message: string } } }> =>
        helper.request().post("/spotify-session/session/open").send({}).expect(status);
      await flow.deploy(simulator, account, []);
      await open(200);
      const { body } = await helper.request().get("/spotify-session/session/status").expect(200);
      assert.equal(body.isOpen, true);
      await flow.stop();
      await flow.deploy(simulator, account, [], { clientId: "spotify" });
      assert.match((await open(400)).body.error!.message, /client ID/);
    });

    it("is answered with 404 for a node that is not a session, or not deployed", async () => {
      await flow.deploy(simulator, account, [{}]);
      await helper.request().get("/spotify-session/t0/status").expect(404);
      await helper.request().get("/spotify-session/nobody/status").expect(404);
    });
  });
});

/** Resolves when the file is gone, which may be some time after a deploy. */
async function gone(path: string): Promise<void> {
  for (let turns = 0; existsSync(path); turns++) {
    assert.ok(turns < 10_000, `${path} is still there`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
