import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { ClusterUpdateSchema } from "../../../src/proto/gen/connect_pb";
import { RawDevice, type Message } from "../clients/raw-device";
import { RawRemote, type RemoteAnswer } from "../clients/raw-remote";
import { Simulator, type Account, type Playback } from "../index";
import { CATALOGUE } from "../world/catalogue";

const SPEAKER = "b".repeat(40);
const { dinner, defaultPlaylist } = CATALOGUE;

type Json = ReturnType<ObjectConstructor>;

describe("simulator: commands to devices that have registered themselves", () => {
  let simulator: Simulator;
  let ada: Account;
  let playback: Playback;
  let speaker: RawDevice;
  let remote: RawRemote;

  beforeEach(async () => {
    simulator = await Simulator.start();
    ada = simulator.addAccount();
    ({ playback } = ada);
    speaker = await RawDevice.open(simulator, ada, SPEAKER);
    await speaker.put();
    remote = new RawRemote(simulator, ada);
  });

  afterEach(async () => {
    await speaker.close();
    await simulator.close();
  });

  async function told(isIt: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one message comes after the other
      const message = await speaker.receive();
      if (isIt(message)) return message;
    }
  }

  /** The request that the device is sent, and replies to. */
  async function handled(success = true): Promise<Json> {
    const { payload, key, message_ident: ident } = await told(({ type }) => type === "request");
    assert.equal(ident, "hm://connect-state/v1/player/command");
    speaker.send({ type: "reply", key, payload: { success } });
    return Object(JSON.parse(gunzipSync(Buffer.from(Object(payload).compressed, "base64")).toString()));
  }

  async function sent(answer: Promise<RemoteAnswer>): Promise<Json> {
    const request = await handled();
    assert.equal((await answer).status, 200);
    return request.command;
  }

  /** The `ack_id` of the next pushed cluster. */
  async function pushedAck(): Promise<string> {
    const { payloads = [] } = await told(({ uri }) => uri === "hm://connect-state/v1/cluster");
    return fromBinary(ClusterUpdateSchema, Buffer.from(String(payloads[0]), "base64")).ackId;
  }

  it("name their sender, and are numbered", async () => {
    const answer = remote.command(SPEAKER, "pause");
    const { message_id: number, sent_by_device_id: from, command } = await handled();
    await answer;
    assert.deepEqual([from, command], [remote.deviceId, { endpoint: "pause", logging_params: {} }]);
    const next = remote.command(SPEAKER, "resume");
    assert.equal((await handled()).message_id, number + 1);
    await next;
  });

  it("are renamed: devices know the older names", async () => {
    assert.equal((await sent(remote.command(SPEAKER, "next_track"))).endpoint, "skip_next");
    const prepared = { skip_to: { track_index: 2 }, initially_paused: true };
    const play = {
      context: { uri: dinner.uri },
      prepare_play_options: prepared,
      play_options: { reason: "interactive" },
    };
    const {
      options,
      prepare_play_options: left,
      play_options: kept,
    } = await sent(remote.command(SPEAKER, "play", play));
    assert.deepEqual([options, left, kept], [prepared, undefined, { reason: "interactive" }]);
    const queue = { next_tracks: [], prev_tracks: [], queue_revision: 12 };
    assert.equal((await sent(remote.command(SPEAKER, "set_queue", queue))).queue_revision, "12");
  });

  it("are answered with the device's reply", async () => {
    const good = remote.command(SPEAKER, "pause");
    await handled(true);
    assert.match(String((await good).body["ack_id"]), /^[\w-]{27}$/);
    const bad = remote.command(SPEAKER, "pause");
    await handled(false);
    const { status, body } = await bad;
    assert.deepEqual([status, body], [400, { error_type: "CONTEXT_PLAYER_ERROR" }]);
    const lost = remote.command(SPEAKER, "pause");
    await told(({ type }) => type === "request");
    await speaker.close();
    assert.equal((await lost).status, 404);
    assert.equal((await remote.command(SPEAKER, "pause")).status, 404);
  });

  it("are acknowledged when the device names one as its last command", async () => {
    const answer = remote.command(SPEAKER, "pause");
    const { message_id: lastCommandMessageId } = await handled();
    const { ack_id: ackId } = (await answer).body;
    await speaker.put();
    assert.notEqual(await pushedAck(), ackId);
    await speaker.put({ lastCommandMessageId });
    assert.equal(await pushedAck(), ackId);
    await speaker.put({ lastCommandMessageId });
    assert.notEqual(await pushedAck(), ackId);
  });

  it("set the volume, unless the device does not let it", async () => {
    const { status } = await remote.volume(SPEAKER, 32_768);
    assert.equal(status, 200);
    const { payloads } = await told(({ uri }) => uri === "hm://connect-state/v1/connect/volume");
    assert.deepEqual(payloads, [Buffer.of(0x08, 0x80, 0x80, 0x02).toString("base64")]);
    await speaker.put({ device: { deviceInfo: { capabilities: { disableVolume: true } } } });
    assert.equal((await remote.volume(SPEAKER, 1)).status, 400);
  });

  describe("to transfer", () => {
    it("have the item, the position, and the queue", async () => {
      playback.play({ context: dinner, item: 1, position: 9_000 });
      playback.setShuffle(false);
      playback.setRepeat("context");
      playback.queue(CATALOGUE.lonelyTrack);
      playback.pause();
      const command = await sent(remote.transfer(SPEAKER, { options: { restore_paused: "restore" } }));
      assert.deepEqual(
        [
          command.endpoint,
          command.options.restore_paused,
          command.from_device_identifier,
          command.logging_params,
        ],
        ["transfer", "restore", remote.deviceId, {}],
      );
      const state = messageOf(Buffer.from(command.data, "base64"));
      const [options, what, session, queue] = [1, 2, 3, 4].map((field) => messageOf(state.get(field)));
      assert.deepEqual(
        [1, 2, 3].map((field) => options?.get(field)),
        [0, 1, 0],
      );
      assert.deepEqual([what?.get(2), what?.get(4)], [playback.state.position, 1]);
      assert.equal(textOf(messageOf(what?.get(5)).get(1)), dinner.items[1]?.uri);
      assert.equal(textOf(messageOf(session?.get(2)).get(1)), dinner.uri);
      assert.equal(textOf(messageOf(queue?.get(1)).get(1)), CATALOGUE.lonelyTrack.uri);
      assert.equal(queue?.get(2), 0);
    });

    it("name every option, as librespot requires, even if an app sends only a few", async () => {
      for (const body of [{}, { options: { restore_position: "last_known" } }]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const { options } = await sent(remote.transfer(SPEAKER, body));
        const names = ["license", "restore_paused", "restore_position", "restore_track", "retain_session"];
        assert.deepEqual(Object.keys(options).toSorted(), names);
        assert.equal(options.restore_position, body.options?.restore_position ?? "extrapolate");
      }
    });

    it("come from the Web API as well", async () => {
      const answer = fetch(`${simulator.endpoints.api}/v1/me/player`, {
        method: "PUT",
        headers: { authorization: `Bearer ${ada.accessToken({ clientId: "f".repeat(32) })}` },
        body: JSON.stringify({ device_ids: [SPEAKER], play: true }),
      });
      const { endpoint, options, data } = (await handled()).command;
      assert.equal((await answer).status, 204);
      assert.deepEqual([endpoint, options.restore_paused], ["transfer", "resume"]);
      assert.notEqual(data, "");
    });

    it("make a simulated device continue the playback of such a device", async () => {
      const [, study] = playback.devices;
      await speaker.put({
        isActive: true,
        device: {
          playerState: {
            timestamp: BigInt(Date.now()),
            contextUri: dinner.uri,
            track: { uri: dinner.items[1]!.uri, provider: "context" },
            positionAsOfTimestamp: 9_000n,
            duration: BigInt(dinner.items[1]!.durationMs),
            isPlaying: true,
            isPaused: true,
            options: { repeatingTrack: true },
          },
        },
      });
      assert.equal(simulator.clusterOf(ada).activeDeviceId, SPEAKER);
      assert.equal((await remote.transfer(study!.id)).status, 200);
      const { device, context, item, position, status, repeat } = playback.state;
      assert.deepEqual(
        [device?.id, context?.uri, item.uri, position, status, repeat],
        [study!.id, dinner.uri, dinner.items[1]!.uri, 9_000, "paused", "track"],
      );
      assert.notEqual(context?.uri, defaultPlaylist.uri);
      assert.equal(simulator.clusterOf(ada).activeDeviceId, study!.id);
    });
  });
});

/** The fields of a protobuf: numbers, and bytes; the first one if a field is repeated. */
function messageOf(bytes: Uint8Array | number | undefined): Map<number, Uint8Array | number> {
  assert.ok(bytes instanceof Uint8Array);
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, Uint8Array | number>();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const value =
      type === WireType.Varint
        ? Number(reader.int64())
        : type === WireType.Bit64
          ? reader.double()
          : new Uint8Array(reader.bytes());
    if (!fields.has(field)) fields.set(field, value);
  }
  return fields;
}

function textOf(bytes: Uint8Array | number | undefined): string {
  assert.ok(bytes instanceof Uint8Array);
  return Buffer.from(bytes).toString();
}
