import assert from "node:assert/strict";
import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { readCluster, readClusterUpdate, type ClusterView } from "../../src/connect-state/cluster";
import { ClusterSchema, ClusterUpdateSchema } from "../../src/proto/gen/connect_pb";
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
};

function asJson(init: Init): object {
  const { activeDeviceId, playerState, device } = create(ClusterSchema, init);
  const devices = Object.entries(device).map(([id, { name, clientId, brand, model }]) => [
    id,
    { device_id: id, name, client_id: clientId, brand, model },
  ]);
  return {
    active_device_id: activeDeviceId,
    player_state: { play_origin: { device_identifier: playerState?.playOrigin?.deviceIdentifier } },
    devices: Object.fromEntries(devices),
  };
}

for (const [form, read] of Object.entries(forms)) {
  describe(`A cluster ${form}`, () => {
    const devices = { phone, speaker, us };

    it("names the app that started what the active device plays", () => {
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

    it("names the active device where that app is not known", () => {
      const view = read({ activeDeviceId: "phone", device: devices });
      assert.equal(view.controller?.device.id, "phone");
      const gone = read({
        activeDeviceId: "phone",
        playerState: { playOrigin: { deviceIdentifier: "somebody who left" } },
        device: devices,
      });
      assert.equal(gone.controller?.device.id, "phone");
    });

    it("names nobody while no device is active, nor where that is us", () => {
      assert.equal(read({ device: devices }).isActive, false);
      assert.equal(read({ device: devices }).controller, undefined);
      assert.equal(read({ activeDeviceId: "us", device: devices }).controller, undefined);
    });

    it("names nobody by what is no client ID", () => {
      const view = read({ activeDeviceId: "phone", device: { phone: { ...phone, clientId: "android" } } });
      assert.equal(view.controller, undefined);
      assert.equal(view.isActive, true);
    });

    it("knows who is there, and nobody by the names that objects have anyway", () => {
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

describe("What is no cluster", () => {
  it("is a PROTOCOL_ERROR that quotes none of it", () => {
    for (const payload of [Buffer.from("secret"), { cluster: "secret" }, {}, []]) {
      const failure = thrownBy(() => readClusterUpdate(payload, own), "PROTOCOL_ERROR");
      assert.doesNotMatch(JSON.stringify(failure) + failure.message, /secret/);
    }
  });
});
