import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { DEALER_GARBAGE, Simulator, type Account, type Faults } from "../index";
import { login5Token, RawDevice } from "../clients/raw-device";

describe("simulator: dealer", () => {
  let simulator: Simulator;
  let ada: Account;
  const devices: RawDevice[] = [];

  beforeEach(async () => {
    simulator = await Simulator.start();
    ada = simulator.addAccount({ username: "ada" });
  });

  afterEach(async () => {
    await Promise.all(devices.splice(0).map((device) => device.close()));
    await simulator.close();
  });

  async function open(account = ada): Promise<RawDevice> {
    const device = await RawDevice.open(simulator, account);
    devices.push(device);
    return device;
  }

  async function connect(options?: { token?: string; path?: string }): Promise<RawDevice> {
    const device = await RawDevice.connect(simulator, ada, options);
    devices.push(device);
    return device;
  }

  it("first sends a connection its ID, as message and in its URI", async () => {
    const device = await connect();
    const message = await device.receive();
    const id = String(Object(message["headers"])["Spotify-Connection-Id"]);
    assert.match(Buffer.from(id, "base64").toString(), /^[0-9a-f-]{36}\+dealer\+tcp:/);
    assert.equal(decodeURIComponent(id.replaceAll("+", " ")), id, "read as if it were part of a URL");
    assert.deepEqual(message, {
      type: "message",
      method: "PUT",
      uri: `hm://pusher/v1/connections/${encodeURIComponent(id)}`,
      headers: { "Spotify-Connection-Id": id },
    });
    assert.equal(simulator.dealer.connection(id)?.account, ada);
    assert.equal(simulator.stats.openDealerConnections, 1);
  });

  it("accepts a client without a User-Agent, like librespot", async () => {
    await open();
    assert.deepEqual(simulator.stats.userAgents, [{ service: "dealer", userAgent: "" }]);
  });

  const tokens: Record<string, () => string> = {
    Login5: () => login5Token(simulator, ada),
    keymaster: () =>
      simulator.accounts.mintKeymaster("ada", CLIENT_IDS.keymaster, ["playlist-read"]).accessToken,
    "the token endpoint": () => ada.accessToken(),
  };
  for (const [where, tokenOf] of Object.entries(tokens)) {
    it(`accepts a token of the desktop client ID, such as librespot-python's, that comes from ${where}`, async () => {
      const token = tokenOf();
      const device = await connect({ token });
      assert.ok(Object(await device.receive()).headers["Spotify-Connection-Id"]);
      const headers = { authorization: `Bearer ${token}`, "user-agent": "test" };
      const path = "/metadata/4/track/00000000000000000000000000000000";
      assert.notEqual((await fetch(simulator.endpoints.spclient + path, { headers })).status, 401);
    });
  }

  it("answers each ping with a pong", async () => {
    const device = await open();
    device.send({ type: "ping" });
    assert.deepEqual(await device.receive(), { type: "pong" });
    assert.equal(simulator.stats.dealerMessages[0]?.type, "ping");
  });

  describe("refuses", () => {
    it("a token of the user's own app, an unknown one, or an expired one: 401", async () => {
      const foreign = ada.accessToken({ clientId: simulator.addApp().clientId });
      simulator.policy.login5TokenLifetime = -1;
      for (const token of ["", "BQnonsense", foreign, login5Token(simulator, ada)]) {
        // oxlint-disable-next-line no-await-in-loop
        await assert.rejects(connect({ token }), { status: 401 });
      }
      assert.equal(simulator.stats.dealerRefusals, 4);
      assert.equal(simulator.stats.dealerConnections, 0);
    });

    it("another path: 404", async () => {
      await assert.rejects(connect({ path: "/elsewhere" }), { status: 404 });
    });

    it("with any status of a fault, as often as the fault says", async () => {
      simulator.faults.dealerStatus = { value: 503, times: 1 };
      simulator.faults.dealerRateLimited = { value: 7, times: 1 };
      await assert.rejects(connect(), { status: 503 });
      await assert.rejects(connect(), { status: 429, retryAfter: "7" });
      await open();
    });
  });

  it("pushes bytes as base64, compressed if requested, to one account only", async () => {
    const device = await open();
    const other = await open(simulator.addAccount());
    simulator.dealer.push(ada, "hm://playlist/v2/1", Buffer.from("plain"));
    simulator.dealer.push(ada, "hm://playlist/v2/2", Buffer.from("compressed"), { gzip: true });
    const plain = await device.receive();
    assert.equal(plain.uri, "hm://playlist/v2/1");
    assert.deepEqual(plain.payloads, [Buffer.from("plain").toString("base64")]);
    const compressed = await device.receive();
    assert.deepEqual(compressed["headers"], { "Transfer-Encoding": "gzip" });
    const bytes = gunzipSync(Buffer.from(String(compressed.payloads?.[0]), "base64"));
    assert.equal(bytes.toString(), "compressed");
    assert.equal(await other.isQuiet(), true);
  });

  it("sends requests, and waits for the reply with the same key", async () => {
    const device = await open();
    const connection = simulator.dealer.connections[0];
    assert.ok(connection);
    const first = connection.request("hm://connect-state/v1/player/command", { message_id: 1 });
    const second = connection.request("hm://connect-state/v1/player/command", { message_id: 2 });
    const requests = [await device.receive(), await device.receive()];
    const { type, message_ident: ident, payload } = requests[0] ?? {};
    assert.deepEqual([type, ident], ["request", "hm://connect-state/v1/player/command"]);
    const body = gunzipSync(Buffer.from(String(Object(payload).compressed), "base64")).toString();
    assert.deepEqual(JSON.parse(body), { message_id: 1 });
    device.send({ type: "reply", key: requests[1]?.["key"], payload: { success: true } });
    device.send({ type: "reply", key: requests[0]?.["key"], payload: { success: false } });
    assert.deepEqual(await Promise.all([first, second]), [{ success: false }, { success: true }]);
  });

  it("reports clients that do not reply, or have gone", async () => {
    const device = await open();
    const connection = simulator.dealer.connections[0];
    assert.ok(connection);
    await assert.rejects(connection.request("hm://x", {}, 1), /reply in 1 ms/);
    const waiting = assert.rejects(connection.request("hm://x", {}), /closed/);
    await device.close();
    await waiting;
    await assert.rejects(connection.request("hm://x", {}), /closed/);
  });

  describe("faults", () => {
    it("drop, and close with a code, as soon as a connection is accepted", async () => {
      simulator.faults.dealerDrop = 1;
      simulator.faults.dealerClose = { value: 1013, times: 1 };
      assert.equal(await (await connect()).closed(), 1006);
      assert.equal(await (await connect()).closed(), 1013);
      await open();
    });

    it("drop and close the existing ones", async () => {
      const device = await open();
      simulator.dealer.drop(ada);
      assert.equal(await device.closed(), 1006);
      const again = await open();
      simulator.dealer.closeConnections(1001);
      assert.equal(await again.closed(), 1001);
      await simulator.waitFor(() => simulator.stats.openDealerConnections === 0);
    });

    it("fall silent: no connection ID, no pong", async () => {
      simulator.faults.dealerSilent = { value: "connection-id", times: 1, next: { value: "pong", times: 1 } };
      const device = await connect();
      device.send({ type: "ping" });
      device.send({ type: "ping" });
      assert.deepEqual(await device.receive(), { type: "pong" });
      await simulator.waitFor(() => simulator.stats.dealerMessages.length === 2);
      assert.equal(await device.isQuiet(), true);
    });

    for (const kind of DEALER_GARBAGE) {
      it(`send an invalid message, and then a valid one: ${kind}`, async () => {
        simulator.faults.dealerGarbage = { value: kind, times: 1 };
        const device = await connect();
        const nonsense = await device.receiveRaw();
        if (kind === "binary") assert.ok(Buffer.isBuffer(nonsense));
        if (kind === "large") assert.ok(nonsense.length > 10 << 20);
        assert.match(String((await device.receive()).uri), /^hm:\/\/pusher/);
      });
    }

    it("include 100 MiB in about 100 KB", async () => {
      const device = await open();
      simulator.dealer.sendGarbage("gzip-bomb");
      const { payloads } = await device.receive();
      const compressed = Buffer.from(String(payloads?.[0]), "base64");
      assert.ok(compressed.length < 200_000);
      assert.equal(gunzipSync(compressed).length, 100 << 20);
    });

    it("do not apply to the official app", async () => {
      const all: Partial<Faults> = { dealerDrop: true, dealerStatus: 503, connectStateStatus: 500 };
      Object.assign(simulator.faults, all);
      const app = simulator.officialApp(ada, { clientId: "9a8d2f0ce77a4e248bb71fefcb557637" });
      await app.look();
      await app.leave();
      assert.equal(simulator.stats.connectStateRequests.length, 0);
    });
  });

  it("disconnects a client that sends messages without end", async () => {
    const device = await open();
    device.send({ type: "ping", padding: "x".repeat(2 << 20) });
    assert.equal(await device.closed(), 1009);
  });

  it("delays messages by the simulator's round trip", async () => {
    const far = await Simulator.start({ roundTrip: 40 });
    try {
      const account = far.addAccount();
      const before = performance.now();
      const device = await RawDevice.open(far, account);
      assert.ok(performance.now() - before >= 99);
      const asked = performance.now();
      assert.equal(await device.isQuiet(), true);
      assert.ok(performance.now() - asked >= 39);
      await device.close();
    } finally {
      await far.close();
    }
  });
});
