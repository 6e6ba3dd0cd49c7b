import assert from "node:assert/strict";
import { SpotifyError } from "../../src";
import { readCluster, readClusterUpdate } from "../../src/connect-state/cluster";
import { DeviceIndex, MAX_JSON_BYTES, parseLargeJson } from "../../src/dealer/large-json";
import { CLIENT_IDS } from "../../src/core/knowledge";
import { failureOf } from "../support/failure";
import { Randomness } from "../support/randomness";

const NOBODY = new Set<string>();

/** More devices than can be parsed at once, with all that JSON has in them. */
function manyDevices(count = 10_000): Record<string, unknown> {
  const entries = Array.from({ length: count }, (_, at) => [
    `device ${at} \\ " } ] , : é 🍳`,
    { name: `"${at}\\`, client_id: CLIENT_IDS.ios, list: [1.5e3, -2, null, true, [[]], {}, ']}\\"'], at },
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function clusterOf(devices: object, more: object = {}): object {
  const active = Object.keys(devices)[7];
  return { active_device_id: active, player_state: { play_origin: {} }, devices, last: ["]", {}], ...more };
}

function bytesOf(document: unknown, space?: string): Buffer {
  return Buffer.from(JSON.stringify(document, null, space));
}

describe("JSON with a cluster of 10,000 devices", () => {
  for (const [how, space] of [
    ["written tightly", undefined],
    ["written wide", "\t \r"],
  ] as const) {
    it(`is parsed but for its devices, which are found when they are asked for, ${how}`, async () => {
      const devices = manyDevices();
      const cluster = clusterOf(devices);
      const bytes = bytesOf(cluster, space);
      assert.ok(bytes.length > MAX_JSON_BYTES);
      const document = (await parseLargeJson(bytes)) as { devices: unknown };
      assert.deepEqual({ ...document, devices: {} }, { ...cluster, devices: {} });
      assert.ok(document.devices instanceof DeviceIndex);
      for (const [id, device] of Object.entries(devices)) assert.deepEqual(document.devices.get(id), device);
      assert.equal(document.devices.has("nobody"), false);
      assert.equal(document.devices.get("nobody"), undefined);
    });
  }

  it("says who has control, answered and pushed", async () => {
    const devices = manyDevices();
    const cluster = clusterOf(devices);
    const [, , , , , , , id] = Object.keys(devices);
    const update = {
      type: "message",
      uri: "hm://x",
      headers: {},
      payloads: [{ ack: "]", cluster }, 7, "x"],
      z: 1,
    };
    const pushed = (await parseLargeJson(bytesOf(update))) as typeof update;
    assert.equal(pushed.z, 1);
    for (const view of [
      readCluster((await parseLargeJson(bytesOf(cluster))) as object, NOBODY),
      readClusterUpdate(pushed.payloads[0] as object, NOBODY),
    ]) {
      assert.equal(view.controller?.clientId, CLIENT_IDS.ios);
      assert.equal(view.controller.device.id, id);
      assert.equal(view.has('device 9999 \\ " } ] , : é 🍳'), true);
      for (const name of ["__proto__", "constructor", "toString"]) assert.equal(view.has(name), false);
    }
  });

  it("is refused where it is too large without them, or there are too many", async () => {
    const long = "x".repeat(MAX_JSON_BYTES);
    for (const document of [
      [long],
      { long },
      { devices: [long] },
      { cluster: { devices: long } },
      clusterOf(manyDevices(), { long }),
      clusterOf({ one: { long } }),
      { first: "x".repeat(MAX_JSON_BYTES / 2), second: "x".repeat(MAX_JSON_BYTES / 2), devices: {} },
      clusterOf(
        Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`a device, number ${at}`, {}])),
      ),
    ]) {
      await failureOf(parseLargeJson(bytesOf(document)), "PROTOCOL_ERROR");
    }
  });

  it("damaged anywhere is a PROTOCOL_ERROR, or says as much as is whole", async () => {
    const random = new Randomness();
    const bytes = bytesOf(clusterOf(manyDevices(4_000)));
    for (let round = 0; round < 60; round++) {
      const damaged = random.mutated(bytes);
      const outcome = await parseLargeJson(damaged).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        assert.ok(outcome instanceof SpotifyError, random.hint);
        assert.equal(outcome.code, "PROTOCOL_ERROR");
      } else readCluster(Object(outcome) as object, NOBODY);
    }
  });

  it("cut off at any place is a PROTOCOL_ERROR", async () => {
    const bytes = bytesOf(clusterOf(manyDevices()));
    for (let length = bytes.length - 1; length > MAX_JSON_BYTES; length -= 33_331) {
      await failureOf(parseLargeJson(bytes.subarray(0, length)), "PROTOCOL_ERROR");
    }
  });

  it("is parsed as anything else where it is small", async () => {
    assert.deepEqual(await parseLargeJson(bytesOf({ devices: { a: 1 } })), { devices: { a: 1 } });
    await failureOf(parseLargeJson(Buffer.from("no JSON")), "PROTOCOL_ERROR");
  });
});
