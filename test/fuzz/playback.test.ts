import assert from "node:assert/strict";
import { create, toBinary, toJson } from "@bufbuild/protobuf";
import { readCluster, readClusterUpdate, type ClusterView } from "../../src/connect-state/cluster";
import type { NameSource } from "../../src/player/names";
import { NowPlaying } from "../../src/player/now-playing";
import { PLAYBACK_CHANGES, type PlaybackState } from "../../src/player/playback-state";
import { ClusterSchema, ClusterUpdateSchema, DeviceType } from "../../src/proto/gen/connect_pb";
import { Randomness } from "../support/randomness";
import { onlyTypedErrors, withoutGrowing } from "./support";

const OWN = new Set(["us", "hobs_us"]);
const NO_NAMES: NameSource = {
  known: () => undefined,
  wants: () => false,
  lookUp: () => Promise.resolve(),
};
const STATUSES = new Set(["playing", "paused", "idle"]);
const TYPES = new Set(["track", "episode", "ad", "local", "other", null]);
const REPEATS = new Set(["off", "context", "track"]);
const KEYS = 25;

const song = {
  uri: "spotify:track:5PbDuVKV2IFXxNNkjWbGB4",
  provider: "queue",
  metadata: {
    title: "藍(あお)",
    artist_name: "Ada",
    "artist_name:1": "Bert",
    artist_uri: "spotify:artist:1",
    album_title: "Latency",
    album_uri: "spotify:album:1",
    image_url: "spotify:image:ab67616d00001e020000000000000000000000aa",
    duration: "200000",
  },
};
const cluster = create(ClusterSchema, {
  changedTimestampMs: 1_783_749_990_601n,
  serverTimestampMs: 1_783_749_990_601n,
  activeDeviceId: "phone",
  device: {
    phone: {
      name: "Anna's phone",
      deviceType: DeviceType.SMARTPHONE,
      volume: 32_768,
      selectedAliasId: 1,
      deviceAliases: { 1: { id: 1, displayName: "Downstairs" } },
    },
    kitchen: { name: "Kitchen", capabilities: { disableVolume: true } },
  },
  playerState: {
    timestamp: 1_783_749_980_601n,
    positionAsOfTimestamp: 30_000n,
    duration: 200_000n,
    playbackSpeed: 1.5,
    isPlaying: true,
    contextUri: "spotify:playlist:1",
    contextMetadata: { context_description: "Dinner" },
    options: {
      shufflingContext: true,
      repeatingTrack: true,
      modes: { context_enhancement: "RECOMMENDATION" },
    },
    restrictions: { disallowSkippingPrevReasons: ["no_prev_track"] },
    track: song,
    nextTracks: [{ uri: "spotify:local:a:b:c:1" }, song, { uri: "spotify:delimiter" }],
  },
});
const update = create(ClusterUpdateSchema, { cluster, devicesThatChanged: ["phone"] });
const asBinary = Buffer.from(toBinary(ClusterSchema, cluster));
const asPush = Buffer.from(toBinary(ClusterUpdateSchema, update));
const asJson = Buffer.from(JSON.stringify(toJson(ClusterSchema, cluster, { useProtoFieldName: true })));
/** Values of the wrong type. */
const ODD = [null, true, -1, 1e300, "", "spotify:", [], {}, "\u0000".repeat(50), "9".repeat(30), NaN];

/** A cluster that was changed in some place, in the form in which Spotify sends it. */
function damaged(random: Randomness): ClusterView {
  switch (random.below(4)) {
    case 0:
      return readCluster(random.mutated(asBinary), OWN);
    case 1:
      return readClusterUpdate(random.mutated(asPush), OWN);
    case 2:
      return readCluster(parsed(random.mutated(asJson).toString()), OWN);
    default:
      return readClusterUpdate({ cluster: swapped(random, parsed(asJson.toString())) }, OWN);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The document with one value of the wrong type. */
function swapped(random: Randomness, document: unknown): unknown {
  if (typeof document !== "object" || document === null || Object.keys(document).length === 0) {
    return random.pick(ODD);
  }
  const entries = Object.entries(document);
  const [key, value] = random.pick(entries);
  const other = random.chance(0.1) ? random.pick(ODD) : swapped(random, value);
  return Array.isArray(document) ? [other] : { ...document, [key]: other };
}

/** Fails unless flows can rely on the state. */
function check(state: PlaybackState, hint: string): void {
  assert.equal(Object.keys(state).length, KEYS, hint);
  assert.ok(!Object.values(state).includes(undefined), hint);
  assert.ok(STATUSES.has(state.status) && TYPES.has(state.type) && REPEATS.has(state.repeat), hint);
  assert.equal(state.playing, state.status === "playing", hint);
  const { position, duration, volume, queue, uri, image } = state;
  if (position !== null) assert.ok(Number.isSafeInteger(position) && position >= 0, hint);
  if (duration !== null) assert.ok(duration > 0 && (position ?? 0) <= duration, hint);
  if (volume !== null) assert.ok(Number.isInteger(volume) && volume >= 0 && volume <= 100, hint);
  if (image !== null) assert.ok(image.startsWith("https://i.scdn.co/image/"), hint);
  assert.ok(queue !== null && queue.length <= 20, hint);
  assert.ok((uri?.length ?? 0) <= 1_024 && (state.title?.length ?? 0) <= 500, hint);
}

describe("playback with random input", () => {
  const { stackTraceLimit } = Error;

  afterEach(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  it("100,000 clusters in all forms: typed errors, or a state with every key, and no growth", function () {
    this.timeout(120_000);
    // Two thirds of the clusters cannot be read, so error stacks would take most of the time.
    Error.stackTraceLimit = 0;
    const random = new Randomness();
    const source = { refresh: () => Promise.resolve() };
    const player = new NowPlaying({ names: NO_NAMES, source, account: () => "anna" });
    let changes = 0;
    let read = 0;
    player.on("change", ({ state, changed }) => {
      changes++;
      check(state, random.hint);
      assert.ok(changed.every((change) => PLAYBACK_CHANGES.includes(change)));
    });
    withoutGrowing(100_000, () =>
      onlyTypedErrors(random, () => {
        player.readCluster(damaged(random));
        read++;
        check(player.state!, random.hint);
      }),
    );
    player.reset();
    assert.ok(read > 20_000, `${read} clusters could be read`);
    assert.ok(changes > 1_000, `${changes} changes were told`);
  });
});
