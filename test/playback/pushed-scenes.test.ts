import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { readCluster, readClusterUpdate, type ClusterView } from "../../src/connect-state/cluster";
import type { Follower } from "../../src/connect-state/follower";
import { PushedScenes } from "../../src/playback/pushed-scenes";
import type { Scene } from "../../src/playback/scene";

const NEVER = new AbortController().signal;
const OWN = new Set(["us", "hobs_us"]);
const CLUSTER = {
  active_device_id: "kitchen",
  device: {
    kitchen: { name: "Kitchen", device_type: "SPEAKER", volume: 13_107 },
    us: { name: "Us" },
    observer: { name: "Hidden", capabilities: { hidden: true } },
  },
  player_state: {
    is_playing: true,
    playback_id: "playback 1",
    track: { uri: "spotify:track:0wKuMHryNyL3Fvj9iTFyRo" },
  },
};

describe("Scenes from pushes", () => {
  let follower: EventEmitter<{ cluster: [ClusterView] }> & { cluster?: ClusterView | undefined };
  let refreshed: number;
  /** The cluster after a refresh. */
  let later: ClusterView | undefined;
  let scenes: PushedScenes;

  beforeEach(() => {
    follower = new EventEmitter();
    refreshed = 0;
    later = readCluster(CLUSTER, OWN);
    scenes = new PushedScenes({
      follower: follower as unknown as Follower,
      refresh: () => {
        refreshed++;
        follower.cluster = later;
        return Promise.resolve();
      },
      receipt: () => ({ account: "anna", receivedAt: 0, at: 0, serverTime: 0 }),
    });
  });

  function targetsOf(device: object): Scene["targets"] {
    const heard: Scene[] = [];
    const stop = scenes.watch((scene) => heard.push(scene));
    follower.emit("cluster", readCluster({ device }, OWN));
    stop();
    return heard[0]!.targets;
  }

  it("come from the newest cluster, without a request", async () => {
    follower.cluster = readCluster(CLUSTER, OWN);
    const { state, targets, playbackId, ackId } = await scenes.now(NEVER);
    assert.equal(state.playing, true);
    assert.equal(state.device?.name, "Kitchen");
    assert.equal(state.source, "push");
    assert.deepEqual(
      targets.map(({ id, volume }) => ({ id, volume })),
      [{ id: "kitchen", volume: 20 }],
    );
    assert.equal(playbackId, "playback 1");
    assert.equal(ackId, undefined);
    assert.equal(refreshed, 0);
  });

  it("have the time at which Spotify made them, if it says", async () => {
    follower.cluster = readCluster({ ...CLUSTER, server_timestamp_ms: 1_764_028_800_000 }, OWN);
    assert.equal((await scenes.now(NEVER)).serverTime, 1_764_028_800_000);
    follower.cluster = readCluster(CLUSTER, OWN);
    assert.equal((await scenes.now(NEVER)).serverTime, undefined);
  });

  it("have no longer IDs than 256 characters", () => {
    const long = "x".repeat(300);
    const cluster = { ...CLUSTER, player_state: { ...CLUSTER.player_state, playback_id: long } };
    const heard: Scene[] = [];
    scenes.watch((scene) => heard.push(scene));
    follower.emit("cluster", readClusterUpdate({ cluster, ack_id: long }, OWN));
    assert.deepEqual([heard[0]?.playbackId?.length, heard[0]?.ackId?.length], [256, 256]);
  });

  it("are requested if there is no connection", async () => {
    assert.equal((await scenes.now(NEVER)).state.device?.name, "Kitchen");
    assert.equal(refreshed, 1);
  });

  it("are requested again if the caller wants it", async () => {
    follower.cluster = readCluster({}, OWN);
    assert.equal((await scenes.ask(NEVER)).state.device?.name, "Kitchen");
    assert.equal(refreshed, 1);
  });

  it("fail if the connection is lost meanwhile", async () => {
    later = undefined;
    await assert.rejects(scenes.ask(NEVER), { code: "UNREACHABLE" });
  });

  it("are reported as they come, with the finished command, until the caller stops", () => {
    const heard: (string | undefined)[] = [];
    const stop = scenes.watch(({ ackId }) => heard.push(ackId));
    follower.emit("cluster", readClusterUpdate({ cluster: CLUSTER, ack_id: "the ack" }, OWN));
    follower.emit("cluster", readCluster(CLUSTER, OWN));
    stop();
    follower.emit("cluster", readCluster(CLUSTER, OWN));
    assert.deepEqual(heard, ["the ack", undefined]);
    assert.equal(follower.listenerCount("cluster"), 0);
  });

  it("recognise a device by all its names", () => {
    const [group] = targetsOf({
      speaker: {
        name: "Speaker 7",
        device_aliases: {
          1: { id: 1, display_name: "Living room" },
          2: { id: 2, display_name: "Upstairs\u202e" },
          3: { id: 3, display_name: "" },
        },
        selected_alias_id: 1,
      },
    });
    assert.equal(group?.name, "Living room");
    assert.deepEqual(group?.aliases, ["Living room", "Upstairs", "Speaker 7"]);
    assert.equal(group?.isRestricted, false);
  });

  it("have only a few names of a device", () => {
    const many = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, id) => [id, { id, display_name: `Alias ${id} ${"x".repeat(500)}` }]),
    );
    const [target] = targetsOf({ speaker: { name: "Speaker", device_aliases: many } });
    assert.ok(target!.aliases.length <= 21);
    assert.ok(target!.aliases.every((alias) => alias.length <= 64));
  });
});
