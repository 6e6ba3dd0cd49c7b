import assert from "node:assert/strict";
import { readPlaybackSettings } from "../../../nodes/spotify-playback/playback-settings";
import { requestOf, type Request } from "../../../nodes/spotify-playback/request";
import { plainNode, type PlainNode } from "../support/plain-node";

describe("what a message asks a spotify-playback for", () => {
  let plain: PlainNode;

  before(async () => (plain = await plainNode()));
  after(() => plain.close());

  const request = (message: object, properties: object = {}): Promise<Request> => {
    const { RED, node } = plain;
    return requestOf(RED, node, message as never, readPlaybackSettings(RED, properties));
  };

  it("is the node's action, if it has one", async () => {
    const message = { action: "next", topic: "next", payload: 7 };
    assert.deepEqual(await request(message, { action: "volume", value: "payload" }), {
      action: "volume",
      value: 7,
      device: undefined,
    });
  });

  it("is else the action in msg.action, or the one in msg.topic", async () => {
    assert.equal((await request({ action: "next", topic: "pause" })).action, "next");
    assert.equal((await request({ topic: "pause" })).action, "pause");
  });

  for (const [message, place] of [
    [{ action: "sing", topic: "pause" }, "msg.action"],
    [{ action: "", topic: "pause" }, "msg.action"],
    [{ topic: "sing" }, "msg.action or msg.topic"],
    [{}, "msg.action or msg.topic"],
  ] as const) {
    it(`is an error that says where no action is: ${JSON.stringify(message)}`, async () => {
      await assert.rejects(request(message), (error: Error & { code: string }) => {
        assert.equal(error.code, "INVALID_ARGUMENT");
        return error.message.startsWith(`${place} must be one of these: `);
      });
    });
  }

  it("is for the device of the message rather than for the node's", async () => {
    const properties = { action: "pause", device: "Study" };
    assert.equal((await request({ device: "Kitchen" }, properties)).device, "Kitchen");
    assert.equal((await request({}, properties)).device, "Study");
  });

  const properties = { action: "pause", device: "where", deviceType: "msg" };

  for (const [where, device] of [
    [undefined, undefined],
    [null, undefined],
    ["", undefined],
    [" ", undefined],
    [" Kitchen ", "Kitchen"],
    ["x".repeat(256), "x".repeat(256)],
    [{ id: "0123", name: "Kitchen" }, "0123"],
  ] as const) {
    it(`is for ${device?.slice(0, 20) ?? "the active device"}: ${JSON.stringify(where)?.slice(0, 40)}`, async () => {
      assert.equal((await request({ where }, properties)).device, device);
    });
  }

  for (const where of [7, true, [], {}, { id: 7 }, { id: ["0123"] }, { id: null }, "x".repeat(257)]) {
    it(`is an error if it names something else as a device: ${JSON.stringify(where).slice(0, 40)}`, async () => {
      await assert.rejects(request({ where }, properties), {
        code: "INVALID_ARGUMENT",
        message: "The device must be the name or the ID of a device, as a text.",
      });
    });
  }
});
