import assert from "node:assert/strict";
import { Controller } from "../../src/connect-state/controller";
import { readCluster, type ClusterView } from "../../src/connect-state/cluster";
import type { FrameNews } from "../../src/connect-state/remote-frames";
import { CLIENT_IDS } from "../../src/core/knowledge";

const { android, ios } = CLIENT_IDS;

function frame(id: string, clientId: string): FrameNews {
  return { kind: "client", clientId, device: { id } };
}

/** @param devices the devices in the cluster, with their client IDs */
function cluster(active: string, devices: Record<string, string>): ClusterView {
  const words = Object.entries(devices).map(([id, client_id]) => [id, { client_id }]);
  return readCluster({ active_device_id: active, devices: Object.fromEntries(words) }, new Set());
}

describe("Control", () => {
  let told: string[];
  let controller: Controller;
  let seen: ClusterView | undefined;

  function see(view: ClusterView): void {
    controller.onCluster(view, seen);
    seen = view;
  }

  beforeEach(() => {
    told = [];
    seen = undefined;
    controller = new Controller({
      controlTaken: (clientId, reason, device) => told.push(`${reason} ${clientId} ${device?.id}`),
      controlReleased: () => told.push("left"),
    });
  });

  it("is taken by a frame, and returned only by the goodbye of the same app", () => {
    controller.onFrame(frame("anna", android));
    controller.onFrame({ kind: "goodbye", deviceId: "bert" });
    assert.deepEqual(told, [`remote-frame ${android} anna`]);
    controller.onFrame({ kind: "goodbye", deviceId: "anna" });
    assert.deepEqual(told.slice(1), ["left"]);
  });

  it("is taken through the cluster, and returned when no device is active", () => {
    see(cluster("", { anna: android }));
    see(cluster("anna", { anna: android }));
    see(cluster("", { anna: android }));
    assert.deepEqual(told, [`cluster ${android} anna`, "left"]);
  });

  it("goes from one app to the next", () => {
    see(cluster("anna", { anna: android, bert: ios }));
    see(cluster("bert", { anna: android, bert: ios }));
    controller.onFrame(frame("anna", android));
    assert.deepEqual(told, [
      `cluster ${android} anna`,
      `cluster ${ios} bert`,
      `remote-frame ${android} anna`,
    ]);
  });

  it("is not taken back by a cluster that says the same as before", () => {
    see(cluster("anna", { anna: android, bert: ios }));
    controller.onFrame(frame("bert", ios));
    see(cluster("anna", { anna: android, bert: ios }));
    assert.deepEqual(told.slice(1), [`remote-frame ${ios} bert`]);
  });

  it("that came with a frame ends when its app disappears from the cluster", () => {
    see(cluster("", { anna: android }));
    controller.onFrame(frame("anna", android));
    see(cluster("", {}));
    assert.deepEqual(told, [`remote-frame ${android} anna`, "left"]);
  });

  it("that came with a frame is not ended by a cluster in which the app never was", () => {
    controller.onFrame(frame("anna", android));
    see(cluster("", {}));
    see(cluster("", { bert: ios }));
    assert.deepEqual(told, [`remote-frame ${android} anna`]);
  });

  it("is taken by the device that sends us a command", () => {
    const view = cluster("", { anna: android });
    controller.onCommand("anna", view);
    controller.onCommand("stranger", view);
    assert.deepEqual(told, [`cluster ${android} anna`]);
  });

  it("is returned once when the source of news is lost", () => {
    controller.onFrame(frame("anna", android));
    controller.reset();
    controller.reset();
    assert.deepEqual(told.slice(1), ["left"]);
  });
});
