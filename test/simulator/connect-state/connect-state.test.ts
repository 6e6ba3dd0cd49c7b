import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import { fromBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  ClusterSchema,
  ClusterUpdateReason,
  ClusterUpdateSchema,
  PutStateReason,
  type Cluster,
  type ClusterUpdate,
} from "../../../src/proto/gen/connect_pb";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { Simulator, type Account } from "../index";
import { RawDevice, registration, type Message } from "../clients/raw-device";

const OURS = "a".repeat(40);
const PHONE = "b".repeat(40);
const JSON_TYPE = { "content-type": "application/json" };

describe("simulator: connect-state", () => {
  let simulator: Simulator;
  let ada: Account;
  let ours: RawDevice;
  let phone: RawDevice;

  beforeEach(async () => {
    simulator = await Simulator.start();
    ada = simulator.addAccount({ username: "ada" });
    ours = await RawDevice.open(simulator, ada, OURS);
    phone = await RawDevice.open(simulator, ada, PHONE);
  });

  afterEach(async () => {
    await ours.close();
    await phone.close();
    await simulator.close();
  });

  async function clusterOf(response: Response): Promise<Cluster> {
    assert.equal(response.status, 200);
    return fromBinary(ClusterSchema, new Uint8Array(await response.arrayBuffer()));
  }

  it("answers a registration with the cluster, including the new device", async () => {
    const response = await ours.put();
    assert.equal(response.headers.get("content-type"), "application/protobuf");
    const cluster = await clusterOf(response);
    assert.deepEqual(Object.keys(cluster.device), [OURS]);
    assert.equal(cluster.device[OURS]?.name, "Node-RED");
    assert.equal(cluster.device[OURS].clientId, CLIENT_IDS.keymaster);
    assert.equal(cluster.device[OURS].deviceId, OURS);
    assert.equal(cluster.activeDeviceId, "");
    const [record] = simulator.stats.connectStateRequests;
    const { method, deviceId, username, format, status } = record ?? {};
    assert.deepEqual([method, deviceId, username, format, status], ["PUT", OURS, "ada", "protobuf", 200]);
    assert.equal(Object(record?.body).put_state_reason, "NEW_DEVICE");
  });

  it("reads a compressed registration, and refuses an endless one", async () => {
    const headers = { "content-encoding": "gzip" };
    const compressed = (bytes: Uint8Array) => Buffer.from(gzipSync(bytes));
    assert.equal((await ours.ask("PUT", compressed(registration()), headers)).status, 200);
    assert.equal((await ours.ask("PUT", compressed(Buffer.alloc(8 << 20)), headers)).status, 400);
  });

  it("pushes each change to all devices, including the one that changed, compressed if they support it", async () => {
    await ours.put({ device: { deviceInfo: { capabilities: { supportsGzipPushes: true } } } });
    const own = update(await ours.receive(), "gzip");
    assert.equal(own.updateReason, ClusterUpdateReason.NEW_DEVICE_APPEARED);
    assert.deepEqual(own.devicesThatChanged, [OURS]);

    await phone.put({
      isActive: true,
      putStateReason: PutStateReason.PLAYER_STATE_CHANGED,
      device: {
        deviceInfo: { name: "Ada's phone", clientId: CLIENT_IDS.android },
        playerState: { playOrigin: { deviceIdentifier: PHONE }, isPlaying: true },
      },
    });
    for (const { updateReason, devicesThatChanged, cluster, ackId } of [
      update(await ours.receive(), "gzip"),
      update(await phone.receive()),
    ]) {
      assert.equal(updateReason, ClusterUpdateReason.NEW_DEVICE_APPEARED);
      assert.deepEqual(devicesThatChanged, [PHONE]);
      assert.ok(ackId);
      assert.equal(cluster?.activeDeviceId, PHONE);
      assert.equal(cluster.playerState?.playOrigin?.deviceIdentifier, PHONE);
      assert.equal(cluster.device[PHONE]?.clientId, CLIENT_IDS.android);
    }
  });

  it("names the reason: state, volume, another connection", async () => {
    const again = await RawDevice.open(simulator, ada, OURS);
    await ours.put();
    await ours.put();
    await ours.put({ device: { deviceInfo: { volume: 7 } } });
    await again.put();
    const reasons = [await ours.receive(), await ours.receive(), await ours.receive()].map(
      (message) => update(message).updateReason,
    );
    const { NEW_DEVICE_APPEARED, DEVICE_STATE_CHANGED, DEVICE_VOLUME_CHANGED, DEVICE_NEW_CONNECTION } =
      ClusterUpdateReason;
    assert.deepEqual(reasons, [NEW_DEVICE_APPEARED, DEVICE_STATE_CHANGED, DEVICE_VOLUME_CHANGED]);
    assert.equal(update(await again.receive()).updateReason, DEVICE_NEW_CONNECTION);
    // The first connection no longer has the device, so the device survives its end.
    assert.equal(await ours.isQuiet(), true);
    await ours.close();
    await simulator.waitFor(() => simulator.stats.openDealerConnections === 2);
    assert.equal(simulator.clusterOf(ada).devices.length, 1);
    await again.close();
  });

  it("removes a device with its dealer connection; the item that it played stays visible, paused", async () => {
    await ours.put();
    await ours.receive();
    await phone.put({ isActive: true, device: { playerState: { playOrigin: { deviceIdentifier: PHONE } } } });
    await ours.receive();
    await phone.close();
    const { updateReason, devicesThatChanged, cluster } = update(await ours.receive());
    assert.equal(updateReason, ClusterUpdateReason.DEVICES_DISAPPEARED);
    assert.deepEqual(devicesThatChanged, [PHONE]);
    assert.deepEqual(Object.keys(cluster?.device ?? {}), [OURS]);
    assert.equal(cluster?.activeDeviceId, "");
    assert.equal(cluster.playerState?.playOrigin?.deviceIdentifier, PHONE);
    assert.equal(cluster.playerState.isPaused, true);
  });

  it("has no active device after the active one stops", async () => {
    await ours.put({ isActive: true, device: { playerState: { isPlaying: true } } });
    await ours.put({ putStateReason: PutStateReason.PLAYER_STATE_CHANGED });
    const cluster = simulator.clusterOf(ada);
    assert.deepEqual([cluster.activeDeviceId, cluster.playerState?.isPaused], ["", true]);
    await ours.put({ isActive: true, putStateReason: PutStateReason.BECAME_INACTIVE });
    assert.equal(cluster.activeDeviceId, "");
  });

  for (const [who, takeOver] of [
    ["another device", () => phone.put({ isActive: true, device: { playerState: { isPlaying: true } } })],
    ["a simulated one", () => ada.playback.play({ device: ada.playback.devices[0]! })],
  ] as const) {
    it(`leaves ${who} active after a takeover, even if the one before still sends states, like librespot`, async () => {
      const isOurs = () => simulator.clusterOf(ada).activeDeviceId === OURS;
      await ours.put({ isActive: true, device: { playerState: { isPlaying: true } } });
      await takeOver();
      const stillActive = { isActive: true, device: { playerState: { isPlaying: true, isPaused: true } } };
      await ours.put(stillActive);
      assert.equal(isOurs(), false);
      await ours.ask("PUT", undefined, {}, `/${OURS}/inactive?notify=false`);
      assert.notEqual(simulator.clusterOf(ada).activeDeviceId, "");
      await ours.put(stillActive);
      assert.equal(isOurs(), true, "playback can be transferred to it again, paused");
    });
  }

  it("keeps another device active even if the one before reported that it plays before it knew of this", async () => {
    const plays = (since: number): Promise<Response> => {
      const body = registration({ isActive: true, device: { playerState: { isPlaying: true } } });
      // PutStateRequest.started_playing_at
      const startedPlayingAt = new BinaryWriter().tag(9, WireType.Varint).uint64(since).finish();
      return ours.ask("PUT", Buffer.concat([body, startedPlayingAt]));
    };
    const isOurs = () => simulator.clusterOf(ada).activeDeviceId === OURS;
    await plays(1_795_000_000_000);
    assert.equal(isOurs(), true);
    await phone.put({ isActive: true, device: { playerState: { isPlaying: true } } });
    await plays(1_795_000_000_000);
    assert.equal(isOurs(), false, "it was on its way when the phone took over");
    await plays(1_795_000_009_000);
    assert.equal(isOurs(), true, "its user has it play anew");
  });

  it("lets a device sign off: DELETE, and PUT …/inactive", async () => {
    await ours.put({ isActive: true, device: { playerState: {} } });
    assert.equal((await ours.ask("PUT", undefined, {}, `/${OURS}/inactive?notify=false`)).status, 204);
    assert.equal(simulator.clusterOf(ada).activeDeviceId, "");
    assert.equal((await ours.ask("DELETE")).status, 204);
    assert.equal((await ours.ask("DELETE")).status, 404);
    assert.deepEqual(simulator.clusterOf(ada).devices, []);
  });

  describe("the hidden observer", () => {
    it("receives its answer and its pushes in JSON, like the web player", async () => {
      const response = await ours.observe();
      assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
      const first = Object(await response.json());
      assert.deepEqual([first.active_device_id, first.devices], ["", {}]);

      await phone.put({
        isActive: true,
        device: {
          deviceInfo: { name: "Ada's phone", clientId: CLIENT_IDS.ios, brand: "Loopback" },
          playerState: { playOrigin: { deviceIdentifier: PHONE }, isPlaying: true, timestamp: 5n },
        },
      });
      const { uri, headers, payloads } = await ours.receive();
      assert.equal(uri, "hm://connect-state/v1/cluster");
      assert.deepEqual(headers, { "content-type": "application/json" });
      const { cluster, update_reason: reason, devices_that_changed: changed } = Object(payloads?.[0]);
      assert.equal(reason, "NEW_DEVICE_APPEARED");
      assert.deepEqual(changed, [PHONE]);
      assert.equal(cluster.active_device_id, PHONE);
      assert.equal(cluster.player_state.play_origin.device_identifier, PHONE);
      assert.equal(cluster.player_state.timestamp, "5");
      assert.match(cluster.timestamp, /^\d{13}$/);
      const { name, client_id: clientId, brand } = cluster.devices[PHONE];
      assert.deepEqual([name, clientId, brand], ["Ada's phone", CLIENT_IDS.ios, "Loopback"]);
    });

    it("is invisible: no device notices that it comes, exists or leaves", async () => {
      await phone.put();
      await phone.receive();
      await ours.observe();
      assert.deepEqual(Object.keys((await clusterOf(await phone.put())).device), [PHONE]);
      await phone.receive();
      await ours.close();
      await simulator.waitFor(() => simulator.stats.openDealerConnections === 1);
      assert.equal(await phone.isQuiet(), true);
      assert.deepEqual(simulator.clusterOf(ada).members.length, 1);
    });

    it("may use protobuf as well", async () => {
      const info = { capabilities: { hidden: true } };
      const body = registration({ device: { deviceInfo: info } });
      const response = await ours.ask("PUT", body, {}, `/hobs_${OURS}`);
      assert.deepEqual((await clusterOf(response)).device, {});
    });
  });

  describe("refuses", () => {
    const otherAccount = async () => {
      const other = await RawDevice.open(simulator, simulator.addAccount());
      await other.close();
      return other;
    };
    const cases: [string, number, () => Record<string, string> | Promise<Record<string, string>>][] = [
      [
        "the token of an own app",
        401,
        () => ({ authorization: `Bearer ${ada.accessToken({ clientId: simulator.addApp().clientId })}` }),
      ],
      ["no token", 401, () => ({ authorization: "" })],
      ["no client token", 400, () => ({ "client-token": "" })],
      ["an unknown client token", 400, () => ({ "client-token": "AAnonsense" })],
      ["no connection ID", 400, () => ({ "x-spotify-connection-id": "" })],
      ["a connection that is closed", 400, async () => connectionId(await otherAccount())],
      ["a body of another kind", 400, () => ({ ...JSON_TYPE })],
    ];
    for (const [what, status, headers] of cases) {
      it(`${what}: ${status}`, async () => {
        assert.equal((await ours.ask("PUT", registration(), await headers())).status, status);
        assert.deepEqual(simulator.clusterOf(ada).members, []);
      });
    }

    it("a connection of another account: 400", async () => {
      const other = await RawDevice.open(simulator, simulator.addAccount());
      assert.equal((await ours.ask("PUT", registration(), connectionId(other))).status, 400);
      await other.close();
    });

    it("an expired client token: 401, and a body that is not protobuf: 400", async () => {
      const { token } = simulator.clientTokens.grant(CLIENT_IDS.keymaster, OURS, -1);
      assert.equal((await ours.ask("PUT", registration(), { "client-token": token })).status, 401);
      assert.equal((await ours.ask("PUT", Buffer.alloc(64, 0xff))).status, 400);
      assert.equal((await ours.ask("PUT", "{", JSON_TYPE)).status, 400);
      assert.equal((await ours.ask("GET")).status, 405);
      assert.equal((await ours.ask("PUT", "", {}, "")).status, 404);
    });
  });

  it("fails according to a fault", async () => {
    const { faults } = simulator;
    faults.connectStateStatus = { value: 503, times: 1 };
    assert.equal((await ours.put()).status, 503);
    faults.connectStateRateLimited = { value: 9, times: 1 };
    assert.equal((await ours.put()).headers.get("retry-after"), "9");
    faults.connectStateBody = { value: "garbage", times: 1 };
    await assert.rejects(ours.put().then(clusterOf));
    faults.connectStateDrop = 1;
    await assert.rejects(ours.put());
    assert.deepEqual(
      simulator.stats.connectStateRequests.map(({ status }) => status),
      [503, 429, 200, 0],
    );
    assert.deepEqual(simulator.clusterOf(ada).members, []);
    await ours.put();
  });

  it("returns 10,000 devices if a fault says so", async () => {
    simulator.faults.clusterDevices = 10_000;
    await ours.observe();
    const cluster = await clusterOf(await phone.put());
    assert.equal(Object.keys(cluster.device).length, 10_001);
    const { payloads } = await ours.receive();
    assert.equal(Object.keys(Object(payloads?.[0]).cluster.devices).length, 10_001);
  });
});

function connectionId(device: RawDevice): Record<string, string> {
  return { "x-spotify-connection-id": device.connectionId };
}

function update({ uri, headers, payloads }: Message, encoding?: string): ClusterUpdate {
  assert.equal(uri, "hm://connect-state/v1/cluster");
  assert.equal(Object(headers)["Transfer-Encoding"], encoding);
  const bytes = Buffer.from(String(payloads?.[0]), "base64");
  return fromBinary(ClusterUpdateSchema, encoding === "gzip" ? gunzipSync(bytes) : bytes);
}
