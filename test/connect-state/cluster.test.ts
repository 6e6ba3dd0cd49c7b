import assert from "node:assert/strict";
import { create, equals, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { readCluster, readClusterUpdate, type ClusterView } from "../../src/connect-state/cluster";
import {
  ClusterSchema,
  ClusterUpdateReason,
  ClusterUpdateSchema,
  DeviceType,
  type ProvidedTrackSchema,
} from "../../src/proto/gen/connect_pb";
import { clusterJson, clusterUpdateJson } from "../simulator/connect-state/cluster-json";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { thrownBy } from "../support/failure";

const own = new Set(["us", "hobs_us"]);
const phone = {
  deviceId: "phone",
  name: "Anna's phone",
  brand: "Google",
  model: "Pixel",
  clientId: CLIENT_IDS.android,
};
const speaker = { deviceId: "speaker", name: "Kitchen", clientId: "f".repeat(32) };
const us = { deviceId: "us", name: "Node-RED", clientId: CLIENT_IDS.keymaster };

type Init = MessageInitShape<typeof ClusterSchema>;

/** The same cluster as Spotify sends it in each of its forms. */
const forms: Record<string, (init: Init) => ClusterView> = {
  "answered as protobuf": (init) => readCluster(toBinary(ClusterSchema, create(ClusterSchema, init)), own),
  "pushed as protobuf": (init) =>
    readClusterUpdate(toBinary(ClusterUpdateSchema, create(ClusterUpdateSchema, { cluster: init })), own),
  "answered as JSON": (init) => readCluster(asJson(init), own),
  "pushed as JSON": (init) => readClusterUpdate({ cluster: asJson(init) }, own),
  "answered as JSON with every field": (init) => readCluster(clusterJson(create(ClusterSchema, init)), own),
};

/** All fields that differ in JSON, and those that a player shows. */
const WHOLE: Init = {
  changedTimestampMs: 1783749990601n,
  serverTimestampMs: 1783749990700n,
  activeDeviceId: "speaker",
  device: {
    phone: { ...phone, deviceType: DeviceType.SMARTPHONE, volume: 65535, isPrivateSession: true },
    speaker: { ...speaker, deviceType: DeviceType.CAST_AUDIO, capabilities: { disableVolume: true } },
  },
  playerState: {
    timestamp: 1783749129687n,
    positionAsOfTimestamp: 121347n,
    duration: 238114n,
    playbackSpeed: 1.5,
    isPlaying: true,
    isPaused: true,
    contextUri: "spotify:playlist:37i9dQZF1EYkqdzj48dyYq",
    contextMetadata: { context_description: "A list" },
    playOrigin: { featureIdentifier: "playlist", deviceIdentifier: "phone" },
    index: { page: 1, track: 7 },
    track: {
      uri: "spotify:track:5PbDuVKV2IFXxNNkjWbGB4",
      uid: "q0",
      provider: "queue",
      metadata: { title: "藍(あお)", artist_name: "Mrs. GREEN APPLE", album_title: "TWELVE" },
    },
    nextTracks: [{ uri: "spotify:track:1", metadata: { is_queued: "true" } }, { uri: "spotify:delimiter" }],
    prevTracks: [{ uri: "spotify:track:2", restrictions: { disallowPlayingReasons: ["removed"] } }],
    options: { shufflingContext: true, modes: { context_enhancement: "RECOMMENDATION" } },
    restrictions: { disallowSkippingPrevReasons: ["no_prev_track"] },
    queueRevision: "12345678901234567890",
  },
};

function asJson(init: Init): object {
  const { activeDeviceId, playerState, device } = create(ClusterSchema, init);
  const devices = Object.entries(device).map(([id, { name, clientId, brand, model }]) => [
    id,
    { device_id: id, name, client_id: clientId, brand, model },
  ]);
  const document = {
    active_device_id: activeDeviceId,
    player_state: { play_origin: { device_identifier: playerState?.playOrigin?.deviceIdentifier } },
    devices: Object.fromEntries(devices),
  };
  return JSON.parse(JSON.stringify(document)) as object;
}

for (const [form, read] of Object.entries(forms)) {
  describe(`A cluster ${form}`, () => {
    const devices = { phone, speaker, us };

    it("names the app that started the playback of the active device", () => {
      const view = read({
        activeDeviceId: "speaker",
        playerState: { playOrigin: { deviceIdentifier: "phone" } },
        device: devices,
      });
      assert.deepEqual(view.controller, {
        clientId: CLIENT_IDS.android,
        device: { id: "phone", name: "Anna's phone", brand: "Google", model: "Pixel" },
      });
    });

    it("names the active device if that app is not known", () => {
      const view = read({ activeDeviceId: "phone", device: devices });
      assert.equal(view.controller?.device.id, "phone");
      const gone = read({
        activeDeviceId: "phone",
        playerState: { playOrigin: { deviceIdentifier: "somebody who left" } },
        device: devices,
      });
      assert.equal(gone.controller?.device.id, "phone");
    });

    it("names no app if no device is active, or if we are the active device", () => {
      assert.equal(read({ device: devices }).isActive, false);
      assert.equal(read({ device: devices }).controller, undefined);
      assert.equal(read({ activeDeviceId: "us", device: devices }).controller, undefined);
    });

    it("names no app if the client ID is invalid", () => {
      const view = read({ activeDeviceId: "phone", device: { phone: { ...phone, clientId: "android" } } });
      assert.equal(view.controller, undefined);
      assert.equal(view.isActive, true);
    });

    it("knows its devices, and finds none by names that all objects have", () => {
      const view = read({ device: devices });
      assert.equal(view.has("phone"), true);
      assert.equal(view.app("speaker")?.clientId, speaker.clientId);
      for (const id of ["nobody", "__proto__", "constructor", "toString", ""]) {
        assert.equal(view.has(id), false, id);
        assert.equal(view.app(id), undefined, id);
      }
    });
  });
}

describe("The whole of a cluster", () => {
  const cluster = create(ClusterSchema, WHOLE);
  const update = create(ClusterUpdateSchema, {
    cluster: WHOLE,
    updateReason: ClusterUpdateReason.DEVICE_VOLUME_CHANGED,
    ackId: "wz5S0pyivvdsw9Z4zhY_200DsyU",
    devicesThatChanged: ["speaker"],
  });

  for (const [form, answer] of Object.entries({
    protobuf: toBinary(ClusterSchema, cluster),
    JSON: JSON.parse(JSON.stringify(clusterJson(cluster))) as object,
  })) {
    it(`is kept unchanged from an answer in ${form}`, () => {
      assert.ok(equals(ClusterSchema, readCluster(answer, own).cluster, cluster));
      assert.equal(readCluster(answer, own).update, undefined);
    });
  }

  for (const [form, payload] of Object.entries({
    protobuf: toBinary(ClusterUpdateSchema, update),
    JSON: JSON.parse(JSON.stringify(clusterUpdateJson(update))) as object,
  })) {
    it(`is kept unchanged from a push in ${form}, with the reason and the confirmed command`, () => {
      const view = readClusterUpdate(payload, own);
      assert.ok(equals(ClusterSchema, view.cluster, cluster));
      assert.ok(view.update && equals(ClusterUpdateSchema, view.update, update));
      assert.equal(view.controller?.device.id, "phone");
    });
  }

  it("is read from JSON that has new fields and words", () => {
    const json = { ...clusterUpdateJson(update), update_reason: "SOMETHING_NEW", more: [1] };
    assert.equal(readClusterUpdate(json, own).controller?.device.id, "phone");
  });

  it("holds no fields that are not in the schema, such as a device's public IP address", () => {
    // DeviceInfo { name 3: "x", public_ip 22: "203.0.113.7" }
    const info = Buffer.from("1a0178b2010b3230332e302e3131332e37", "hex");
    const entry = Buffer.concat([Buffer.from([0x0a, 1, 0x61, 0x12, info.length]), info]);
    const view = readCluster(Buffer.concat([Buffer.from([0x22, entry.length]), entry]), own);
    assert.equal(view.cluster.device["a"]?.name, "x");
    assert.deepEqual(view.cluster.device["a"].$unknown ?? [], []);
  });
});

describe("The size of a cluster", () => {
  const many = <Value>(count: number, value: (at: number) => Value): Record<string, Value> =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [at, value(at)]));
  const tracks = (count: number, init: MessageInitShape<typeof ProvidedTrackSchema> = {}) =>
    Array.from({ length: count }, () => init);

  const pushed: Record<string, (init: Init) => ClusterView> = {
    "answered as protobuf": forms["answered as protobuf"]!,
    "pushed as protobuf": forms["pushed as protobuf"]!,
    "answered as JSON": (init) => readCluster(clusterJson(create(ClusterSchema, init)), own),
    "pushed as JSON": (init) =>
      readClusterUpdate(
        clusterUpdateJson(create(ClusterUpdateSchema, { cluster: create(ClusterSchema, init) })),
        own,
      ),
  };

  const large: Init = {
    ...WHOLE,
    device: many(100, (at) => ({
      ...phone,
      deviceId: String(at),
      capabilities: { supportedTypes: ["audio/track", "audio/episode"], volumeSteps: 64 },
      deviceAliases: { 1: { id: 1, displayName: "Everywhere", isGroup: true } },
    })),
    playerState: {
      nextTracks: tracks(150, { uri: "spotify:track:1", metadata: many(15, () => "x") }),
      prevTracks: tracks(50, { uri: "spotify:track:2", metadata: many(15, () => "x") }),
    },
  };
  const tooLarge: Record<string, Init> = {
    devices: { device: many(5_000, () => ({})) },
    "names of one device": { device: { a: { deviceAliases: many(5_000, () => ({})) } } },
    tracks: { playerState: { nextTracks: tracks(50_000) } },
    "notes of one track": { playerState: { track: { metadata: many(50_000, () => "") } } },
    reasons: {
      playerState: { restrictions: { disallowPausingReasons: Array.from({ length: 50_000 }, () => "") } },
    },
  };

  for (const [form, read] of Object.entries(pushed)) {
    it(`may be as large as 100 devices and 200 tracks need, ${form}`, () => {
      assert.equal(Object.keys(read(large).cluster.device).length, 100);
    });

    for (const [what, init] of Object.entries(tooLarge)) {
      it(`has a limit, so that thousands of tiny ${what} do not block everything else, ${form}`, () => {
        thrownBy(() => read(init), "PROTOCOL_ERROR");
      });
    }
  }
});

describe("Data that is not a cluster", () => {
  it("is a PROTOCOL_ERROR that quotes none of it", () => {
    for (const payload of [Buffer.from("secret"), { cluster: "secret" }, {}, [], null, "secret", 7]) {
      const failure = thrownBy(() => readClusterUpdate(payload, own), "PROTOCOL_ERROR");
      assert.doesNotMatch(JSON.stringify(failure) + failure.message, /secret/);
    }
    const wrongKind = { active_device_id: 7, secret: "secret", devices: { secret: "secret" } };
    for (const answer of [Buffer.alloc(0), Buffer.from("secret"), wrongKind, [], null, undefined, "secret"]) {
      const failure = thrownBy(() => readCluster(answer, own), "PROTOCOL_ERROR");
      assert.doesNotMatch(JSON.stringify(failure) + failure.message + String(failure.cause), /secret/);
    }
  });
});
