import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { RawDevice, type Message } from "../clients/raw-device";
import { Simulator, type Account } from "../index";

const SPEAKER = "b".repeat(40);
const PLAYLIST = "spotify:playlist:Sim0000000000000000001";
const [FIRST, SECOND] = ["spotify:track:5im0000000000000000001", "spotify:track:5im0000000000000000002"];

describe("simulator: the Web API with a registered device", () => {
  let simulator: Simulator;
  let ada: Account;
  let speaker: RawDevice;

  beforeEach(async () => {
    simulator = await Simulator.start();
    ada = simulator.addAccount({ username: "ada" });
    speaker = await RawDevice.open(simulator, ada, SPEAKER);
    await speaker.put({ isActive: true, device: { deviceInfo: { volume: 0 } } });
  });

  afterEach(async () => {
    await speaker.close();
    await simulator.close();
  });

  async function call(method: string, path: string, body?: object): Promise<number> {
    const token = ada.accessToken({ scopes: ["user-modify-playback-state"], clientId: "a".repeat(32) });
    const { status } = await fetch(`${simulator.endpoints.api}/v1/me/player${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return status;
  }

  async function told(isIt: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one message comes after the other
      const message = await speaker.receive();
      if (isIt(message)) return message;
    }
  }

  async function command(): Promise<Record<string, unknown>> {
    const { payload } = await told(({ type }) => type === "request");
    const body = gunzipSync(Buffer.from(String(Object(payload).compressed), "base64")).toString();
    return Object(JSON.parse(body)).command;
  }

  it("plays a context from the requested item and position", async () => {
    const wanted = { context_uri: PLAYLIST, position_ms: 9_000 };
    assert.equal(await call("PUT", "/play", { ...wanted, offset: { position: 2 } }), 204);
    const { endpoint, context, options } = await command();
    assert.deepEqual([endpoint, Object(context).uri], ["play", PLAYLIST]);
    assert.deepEqual(options, { skip_to: { track_index: 2 }, seek_to: 9_000 });
    await call("PUT", "/play", { ...wanted, offset: { uri: SECOND } });
    assert.deepEqual(Object((await command())["options"]).skip_to, { track_uri: SECOND });
  });

  it("plays items without a context", async () => {
    await call("PUT", "/play", { uris: [FIRST, SECOND] });
    const { context } = await command();
    assert.deepEqual(context, { metadata: {}, pages: [{ tracks: [{ uri: FIRST }, { uri: SECOND }] }] });
  });

  it("resumes where it was paused", async () => {
    await call("PUT", "/play");
    assert.deepEqual(await command(), { endpoint: "resume", logging_params: {} });
  });

  it("sends no command without logging_params, which librespot refuses", async () => {
    const calls = {
      "PUT /pause": "pause",
      "POST /next": "skip_next",
      "POST /previous": "skip_prev",
      "PUT /seek?position_ms=1000": "seek_to",
      "PUT /shuffle?state=true": "set_shuffling_context",
      "PUT /repeat?state=track": "set_options",
      [`POST /queue?uri=${FIRST}`]: "add_to_queue",
    };
    for (const [name, expected] of Object.entries(calls)) {
      const [method = "", path = ""] = name.split(" ");
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      assert.equal(await call(method, path), 204);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { endpoint, logging_params: logging } = await command();
      assert.deepEqual([endpoint, logging], [expected, {}]);
    }
  });

  it("sets the volume, unless the device does not let it", async () => {
    assert.equal(await call("PUT", "/volume?volume_percent=50"), 204);
    const { payloads } = await told(({ uri }) => uri === "hm://connect-state/v1/connect/volume");
    // Field 1, 32,768.
    assert.deepEqual(payloads, [Buffer.of(0x08, 0x80, 0x80, 0x02).toString("base64")]);
    await speaker.put({ isActive: true, device: { deviceInfo: { capabilities: { disableVolume: true } } } });
    assert.equal(await call("PUT", "/volume?volume_percent=50"), 403);
    assert.equal(await call("PUT", "/volume?volume_percent=101"), 400);
  });

  it("makes a simulated device continue the playback of such a device, playing or paused", async () => {
    const [, study] = ada.playback.devices;
    await speaker.put({
      isActive: true,
      device: {
        playerState: {
          timestamp: BigInt(Date.now()),
          contextUri: PLAYLIST,
          track: { uri: SECOND, provider: "context" },
          positionAsOfTimestamp: 9_000n,
          duration: 100_000n,
          isPlaying: true,
          isPaused: true,
        },
      },
    });
    assert.equal(await call("PUT", "", { device_ids: [study!.id] }), 204);
    const { device, item, position, status } = ada.playback.state;
    assert.deepEqual([device, item.uri, position, status], [study, SECOND, 9_000, "paused"]);
  });
});
