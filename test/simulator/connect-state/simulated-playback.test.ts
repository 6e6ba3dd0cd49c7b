import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { fromBinary } from "@bufbuild/protobuf";
import {
  ClusterSchema,
  ClusterUpdateReason,
  ClusterUpdateSchema,
  DeviceType,
  PutStateReason,
  type Cluster,
  type ClusterUpdate,
  type PlayerState,
} from "../../../src/proto/gen/connect_pb";
import { RawDevice, type PutRequest } from "../clients/raw-device";
import { Simulator, type Account, type Habit, type SimulatedDevice } from "../index";
import { CATALOGUE, type ItemEntry } from "../world/catalogue";
import { DEFAULT_CONTEXT, ITEMS } from "../world/content";

const APP = "0123456789abcdef0123456789abcdef";
const [first, second] = ITEMS;
assert.ok(first && second);

describe("simulator: simulated devices in the cluster", () => {
  let simulator: Simulator;
  let ada: Account;
  let kitchen: SimulatedDevice;
  let study: SimulatedDevice;
  let observer: RawDevice;

  beforeEach(async () => {
    simulator = await Simulator.start();
    ada = simulator.addAccount({ username: "ada" });
    [kitchen, study] = ada.playback.devices as [SimulatedDevice, SimulatedDevice];
    observer = await RawDevice.open(simulator, ada, "a".repeat(40));
  });

  afterEach(async () => {
    await observer.close();
    await simulator.close();
  });

  const hidden: PutRequest = {
    device: { deviceInfo: { capabilities: { hidden: true, supportsGzipPushes: true } } },
  };

  async function register(device = observer, request = hidden): Promise<Cluster> {
    const response = await device.put(request);
    assert.equal(response.status, 200);
    return fromBinary(ClusterSchema, new Uint8Array(await response.arrayBuffer()));
  }

  async function pushed(device = observer): Promise<ClusterUpdate> {
    const { headers, payloads } = await device.receive();
    const bytes = Buffer.from(String(payloads?.[0]), "base64");
    const isCompressed = Object(headers)["Transfer-Encoding"] === "gzip";
    return fromBinary(ClusterUpdateSchema, isCompressed ? gunzipSync(bytes) : bytes);
  }

  async function pushedState(): Promise<PlayerState> {
    const state = (await pushed()).cluster?.playerState;
    assert.ok(state);
    return state;
  }

  async function webApi(method: string, path = ""): Promise<{ status: number; body: unknown; text: string }> {
    const authorization = `Bearer ${ada.accessToken({ clientId: APP })}`;
    const response = await fetch(`${simulator.endpoints.api}/v1/me/player${path}`, {
      method,
      headers: { authorization },
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return { status: response.status, text, body: isJson ? JSON.parse(text) : undefined };
  }

  it("exist as soon as someone listens with the account, not before", async () => {
    const bob = simulator.addAccount();
    const device = await RawDevice.open(simulator, bob);
    assert.deepEqual(Object.keys((await register(device)).device), []);
    const [speaker, computer] = bob.playback.devices;
    const { updateReason, devicesThatChanged, cluster } = await pushed(device);
    assert.equal(updateReason, ClusterUpdateReason.NEW_DEVICE_APPEARED);
    assert.deepEqual(devicesThatChanged, [speaker?.id, computer?.id]);
    assert.equal(cluster?.activeDeviceId, speaker?.id);
    await device.close();
  });

  it("answer a registration with the playback, and all fields of a player", async () => {
    const before = Date.now();
    const { activeDeviceId, device, playerState, serverTimestampMs } = await register();
    assert.equal(activeDeviceId, kitchen.id);
    const { name, volume, deviceType, canPlay } = device[kitchen.id] ?? {};
    assert.deepEqual([name, volume, deviceType, canPlay], ["Kitchen", 26_214, DeviceType.SPEAKER, true]);
    assert.ok(Number(serverTimestampMs) >= before);
    assert.ok(playerState);
    const { track, options, index, restrictions, isPlaying, isPaused, nextTracks, duration } = playerState;
    assert.equal(playerState.contextUri, DEFAULT_CONTEXT.uri);
    assert.equal(playerState.contextMetadata["context_description"], DEFAULT_CONTEXT.name);
    assert.equal(track?.uri, first.uri);
    assert.equal(track.metadata["title"], first.name);
    assert.equal(track.metadata["artist_name"], "The Ephemeral Ports");
    assert.match(track.metadata["image_xlarge_url"] ?? "", /^spotify:image:ab67616d0000b273[0-9a-f]{24}$/);
    assert.equal(Number(duration), first.durationMs);
    assert.deepEqual([isPlaying, isPaused], [true, false]);
    assert.deepEqual([options?.repeatingContext, options?.modes], [true, { context_enhancement: "NONE" }]);
    assert.deepEqual([index?.page, index?.track], [0, 0]);
    assert.deepEqual(restrictions?.disallowResumingReasons, ["not_paused"]);
    assert.deepEqual(restrictions.disallowPausingReasons, []);
    assert.match(playerState.sessionId + playerState.playbackId, /^[0-9a-f]{64}$/);
    assert.match(playerState.queueRevision, /^\d{20}$/);
    assert.equal(nextTracks[0]?.uri, second.uri);
    // With repeat on, the context starts again after a delimiter.
    assert.equal(nextTracks[ITEMS.length - 1]?.uri, "spotify:delimiter");
    assert.equal(nextTracks[ITEMS.length]?.uri, first.uri);
  });

  it("are pushed in protobuf and in JSON, with the same content", async () => {
    const web = await RawDevice.open(simulator, ada, "b".repeat(40));
    await register();
    await web.observe();
    ada.playback.pause();
    const { updateReason, devicesThatChanged, ackId, cluster } = await pushed();
    assert.equal(updateReason, ClusterUpdateReason.DEVICE_STATE_CHANGED);
    assert.deepEqual(devicesThatChanged, [kitchen.id]);
    const state = cluster?.playerState;
    assert.deepEqual([state?.isPlaying, state?.isPaused], [true, true]);
    const [payload] = (await web.receive()).payloads ?? [];
    const update = Object(payload);
    assert.deepEqual(
      [update.update_reason, update.devices_that_changed, update.ack_id],
      ["DEVICE_STATE_CHANGED", [kitchen.id], ackId],
    );
    assert.equal(update.cluster.active_device_id, kitchen.id);
    assert.equal(update.cluster.player_state.timestamp, String(state?.timestamp));
    assert.equal(update.cluster.player_state.track.metadata.title, first.name);
    assert.equal(update.cluster.player_state.is_paused, true);
    assert.match(update.cluster.server_timestamp_ms, /^\d{13}$/);
    assert.deepEqual(Object.keys(update.cluster.devices), [kitchen.id, study.id]);
    await web.close();
  });

  it("report the time of the position, and the server's time with each push", async () => {
    await register();
    ada.playback.seek(61_000);
    const sought = await pushed();
    ada.playback.setVolume(10);
    const louder = await pushed();
    for (const { cluster } of [sought, louder]) {
      assert.equal(cluster?.playerState?.positionAsOfTimestamp, 61_000n);
      assert.equal(cluster.playerState.timestamp, sought.cluster?.playerState?.timestamp);
    }
    assert.equal(louder.updateReason, ClusterUpdateReason.DEVICE_VOLUME_CHANGED);
    assert.equal(louder.cluster?.device[kitchen.id]?.volume, 6554);
    assert.ok(louder.cluster.serverTimestampMs >= sought.cluster!.serverTimestampMs);
  });

  it("push the end of an item", async () => {
    await register();
    ada.playback.seek(first.durationMs - 20);
    await pushed();
    const { track } = await pushedState();
    assert.equal(track?.uri, second.uri);
  });

  it("keep the last state when no device is active: even that it plays", async () => {
    await register();
    ada.playback.stop();
    const { cluster } = await pushed();
    assert.equal(cluster?.activeDeviceId, "");
    const { track, isPlaying, isPaused } = cluster.playerState ?? {};
    assert.deepEqual([track?.uri, isPlaying, isPaused], [first.uri, true, false]);
    assert.equal((await webApi("GET")).status, 204);
  });

  it("leave the cluster, and come back", async () => {
    await register();
    kitchen.disconnect();
    const gone = await pushed();
    assert.deepEqual(Object.keys(gone.cluster?.device ?? {}), [study.id]);
    assert.deepEqual([gone.cluster?.activeDeviceId, gone.updateReason], ["", 1]);
    kitchen.connect();
    assert.ok((await pushed()).cluster?.device[kitchen.id]);
  });

  it("say that they are hidden, private or without a volume", async () => {
    const { playback } = ada;
    const one = playback.addDevice({ name: "One", hidden: true, isPrivate: true, disableVolume: true });
    const info = (await register()).device[one.id];
    const { hidden: isHidden, disableVolume } = info?.capabilities ?? {};
    assert.deepEqual([isHidden, disableVolume, info?.isPrivateSession], [true, true, true]);
  });

  const names = ["title", "artist_name", "artist_uri", "album_title", "image_url"];
  const habits: Record<Habit, { says: string[]; pausedSpeed: number; pausedBuffers?: boolean }> = {
    full: { says: names, pausedSpeed: 1 },
    librespot: { says: [], pausedSpeed: 0, pausedBuffers: true },
    "go-librespot": { says: ["title", "artist_uri", "album_title", "image_url"], pausedSpeed: 0 },
    iphone: { says: ["title", "artist_uri"], pausedSpeed: 1 },
  };
  for (const [habit, { says, pausedSpeed, pausedBuffers = false }] of Object.entries(habits)) {
    it(`send the same fields of an item as devices with this habit: ${habit}`, async () => {
      kitchen.habit = habit as Habit;
      ada.playback.pause();
      const { playerState } = await register();
      const { metadata = {}, uri } = playerState?.track ?? {};
      assert.equal(uri, first.uri);
      assert.deepEqual(
        names.filter((name) => metadata[name] !== undefined),
        says,
      );
      assert.equal(playerState?.playbackSpeed, pausedSpeed);
      assert.equal(playerState.isBuffering, pausedBuffers);
    });
  }

  it("send the duration of the previous item while they load an item, if they are like librespot", async () => {
    await register();
    kitchen.habit = "librespot";
    ada.playback.play({ context: DEFAULT_CONTEXT, item: 1 });
    const states = [await pushed(), await pushed()].map(({ cluster }) => cluster?.playerState);
    assert.deepEqual(
      states.map((state) => [state?.track?.uri, state?.isBuffering, Number(state?.duration)]),
      [
        [second.uri, true, first.durationMs],
        [second.uri, false, second.durationMs],
      ],
    );
  });

  it("number an item's artists", async () => {
    const artists = [...first.artists, ...second.artists];
    ada.playback.play({ item: { ...first, artists } });
    const { metadata = {} } = (await register()).playerState?.track ?? {};
    assert.deepEqual(
      [metadata["artist_name"], metadata["artist_name:1"], metadata["artist_uri:1"]],
      [artists[0]?.name, artists[1]?.name, artists[1]?.uri],
    );
  });

  it("mark queued items, and list at most 80 next items and 10 previous ones", async () => {
    const items = Array.from({ length: 200 }, (_, at) => ({ ...first, uri: `spotify:track:${at}` }));
    ada.playback.play({ context: { ...DEFAULT_CONTEXT, items }, item: 100 });
    ada.playback.queue(second);
    const { nextTracks = [], prevTracks = [] } = (await register()).playerState ?? {};
    assert.deepEqual([nextTracks.length, prevTracks.length], [80, 10]);
    const [queued, next] = nextTracks;
    assert.deepEqual(
      [queued?.uri, queued?.provider, queued?.uid, queued?.metadata["is_queued"]],
      [second.uri, "queue", "q0", "true"],
    );
    assert.deepEqual([next?.uri, next?.provider], ["spotify:track:101", "context"]);
    assert.equal(prevTracks.at(-1)?.uri, "spotify:track:99");
  });

  it("say which actions are not possible, and why", async () => {
    const { playback } = ada;
    playback.play({ item: first });
    playback.setRepeat("off");
    playback.pause();
    const { restrictions, contextUri } = (await register()).playerState ?? {};
    assert.equal(contextUri, first.uri);
    assert.deepEqual(restrictions?.disallowPausingReasons, ["not_playing"]);
    assert.deepEqual(restrictions.disallowSkippingNextReasons, ["no_next_track"]);
    assert.deepEqual(restrictions.disallowSkippingPrevReasons, ["no_prev_track"]);
    assert.deepEqual(restrictions.disallowTogglingShuffleReasons, ["no_associated_track"]);
    playback.advert(30);
    const { track, restrictions: during, adBreakContext } = (await register()).playerState ?? {};
    assert.match(track?.uri ?? "", /^spotify:ad:/);
    assert.deepEqual(during?.disallowSeekingReasons, ["not_supported_by_content_type"]);
    assert.equal(adBreakContext?.maxSecondsRemaining, 30);
  });

  it("send only the URI of a local file", async () => {
    const local: ItemEntry = { ...first, uri: "spotify:local:J%C3%B6rg::L%C3%A4rm:61", durationMs: 61_000 };
    ada.playback.play({ items: [local] });
    const { track, duration } = (await register()).playerState ?? {};
    assert.deepEqual([track?.uri, track?.metadata["title"], duration], [local.uri, undefined, 61_000n]);
  });

  it("play the DJ's choice, and the DJ's words between two songs", async () => {
    ada.playback.play({ context: CATALOGUE.dj });
    const { contextUri, contextUrl, track } = (await register()).playerState ?? {};
    assert.equal(contextUri, "spotify:playlist:37i9dQZF1EYkqdzj48dyYq");
    assert.match(contextUrl ?? "", /^hm:\/\/lexicon-session-provider\/.*contextUri=spotify:playlist:37i9/);
    assert.equal(track?.uri, CATALOGUE.dj.items[0]?.uri);
    const narration = CATALOGUE.dj.items.findIndex(({ uri }) =>
      CATALOGUE.narrations.some((one) => one.uri === uri),
    );
    ada.playback.play({ item: narration });
    assert.equal((await pushedState()).track?.uri, CATALOGUE.dj.items[narration]?.uri);
  });

  it("are also in the Web API: after each change the same as in the push", async () => {
    const { playback } = ada;
    await register();
    const changes: (() => void)[] = [
      () => playback.next(),
      () => playback.seek(61_000),
      () => playback.pause(),
      () => playback.setVolume(3),
      () => playback.setShuffle(true, true),
      () => playback.setRepeat("track"),
      () => playback.transfer(study),
    ];
    for (const change of changes) {
      change();
      // oxlint-disable no-await-in-loop -- one change after the other
      const { cluster } = await pushed();
      const body = Object((await webApi("GET")).body);
      // oxlint-enable no-await-in-loop
      const state = cluster?.playerState;
      const active = cluster?.device[cluster.activeDeviceId];
      assert.equal(body.item.uri, state?.track?.uri);
      assert.equal(body.item.name, state?.track?.metadata["title"]);
      assert.equal(body.context.uri, state?.contextUri);
      assert.equal(body.is_playing, state?.isPaused === false);
      assert.equal(body.device.id, active?.deviceId);
      assert.equal(body.device.volume_percent, Math.round(((active?.volume ?? 0) * 100) / 65_535));
      assert.equal(body.shuffle_state, state?.options?.shufflingContext);
      assert.equal(body.smart_shuffle, state?.options?.modes["context_enhancement"] === "RECOMMENDATION");
      assert.equal(body.repeat_state === "track", state?.options?.repeatingTrack);
      assert.ok(body.progress_ms >= Number(state?.positionAsOfTimestamp));
      assert.ok(body.progress_ms < Number(state?.positionAsOfTimestamp) + 5000);
      assert.equal(body.timestamp, Number(cluster?.changedTimestampMs));
    }
  });

  it("are pushed after a command of the Web API, with the text of its answer as ack_id", async () => {
    await register();
    assert.equal((await webApi("PUT", "/pause")).status, 204);
    assert.equal((await pushedState()).isPaused, true);
    simulator.policy.webApi.success = "text";
    const { status, text } = await webApi("PUT", "/play");
    assert.equal(status, 200);
    const { ackId, cluster } = await pushed();
    assert.deepEqual([ackId, cluster?.playerState?.isPaused], [text, false]);
  });

  describe("beside a registered device", () => {
    let speaker: RawDevice;
    const LIBRESPOT = "c".repeat(40);
    const song = {
      uri: second.uri,
      provider: "context",
    };

    beforeEach(async () => {
      speaker = await RawDevice.open(simulator, ada, LIBRESPOT);
      await register();
    });

    afterEach(() => speaker.close());

    async function plays(more: PutRequest = {}): Promise<void> {
      await speaker.put({
        isActive: true,
        putStateReason: PutStateReason.PLAYER_STATE_CHANGED,
        device: {
          deviceInfo: { name: "Attic", deviceType: DeviceType.SPEAKER, volume: 32_768 },
          playerState: {
            timestamp: BigInt(Date.now()),
            contextUri: DEFAULT_CONTEXT.uri,
            track: song,
            duration: 211_500n,
            positionAsOfTimestamp: 1000n,
            playbackSpeed: 1,
            isPlaying: true,
            options: { repeatingTrack: true },
          },
        },
        ...more,
      });
    }

    it("give way to it: its state is used in the cluster and in the Web API", async () => {
      await plays();
      const { cluster } = await pushed();
      assert.equal(cluster?.activeDeviceId, LIBRESPOT);
      assert.equal(cluster.playerState?.track?.uri, second.uri);
      assert.deepEqual(Object.keys(cluster.device).toSorted(), [kitchen.id, study.id, LIBRESPOT].toSorted());
      assert.equal(ada.playback.state.status, "idle");
      const body = Object((await webApi("GET")).body);
      assert.deepEqual(
        [body.device.id, body.device.name, body.device.volume_percent, body.item.name, body.repeat_state],
        [LIBRESPOT, "Attic", 50, second.name, "track"],
      );
      assert.ok(body.progress_ms >= 1000);
      const { devices } = Object((await webApi("GET", "/devices")).body);
      assert.deepEqual(devices.map(({ is_active }: { is_active: boolean }) => is_active).toSorted(), [
        false,
        false,
        true,
      ]);
    });

    it("take over from it again", async () => {
      await plays();
      await pushed();
      ada.playback.transfer(kitchen);
      const { cluster } = await pushed();
      assert.equal(cluster?.activeDeviceId, kitchen.id);
      assert.equal(cluster.playerState?.track?.uri, first.uri);
      // The device reports that it no longer plays, which does not affect the kitchen.
      await speaker.put({ putStateReason: PutStateReason.BECAME_INACTIVE });
      assert.equal((await pushed()).cluster?.activeDeviceId, kitchen.id);
    });

    it("keep its last state when it stops", async () => {
      await plays();
      await pushed();
      await speaker.put({ putStateReason: PutStateReason.BECAME_INACTIVE });
      const { cluster } = await pushed();
      assert.equal(cluster?.activeDeviceId, "");
      assert.equal(cluster.playerState?.track?.uri, second.uri);
      assert.equal((await webApi("GET")).status, 204);
    });

    it("leave the Web API's commands to it", async () => {
      await plays();
      await speaker.receive();
      assert.equal((await webApi("PUT", "/pause")).status, 204);
      const { type, message_ident: ident, payload } = await speaker.receive();
      assert.deepEqual([type, ident], ["request", "hm://connect-state/v1/player/command"]);
      const body: unknown = JSON.parse(
        gunzipSync(Buffer.from(Object(payload).compressed, "base64")).toString(),
      );
      assert.deepEqual(Object(body).command, { logging_params: {}, endpoint: "pause" });
    });
  });
});
