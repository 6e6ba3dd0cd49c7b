import assert from "node:assert/strict";
import type { NodeAPI } from "node-red";
import { readAction, readPlaybackSettings } from "../../../nodes/spotify-playback/playback-settings";

/** These settings need nothing else of Node-RED. */
const RED = { util: { normalisePropertyExpression: () => [] } } as unknown as NodeAPI;
const INVALID = { code: "INVALID_ARGUMENT" };

describe("the settings of a spotify-playback", () => {
  it("are those of a new node where they are missing; only the action is then the message's", () => {
    assert.deepEqual(readPlaybackSettings(RED, {}), {
      action: undefined,
      device: { name: "device", text: "", kind: "str" },
      value: { name: "value", text: "", kind: "msg" },
      output: "payload",
      options: { wake: true, confirm: true, timeout: 8_000, route: "auto" },
    });
  });

  it("may all be different", () => {
    const stored = {
      action: " Pause ",
      device: "ROOM",
      deviceType: "env",
      value: "level",
      valueType: "flow",
      output: "kept",
      wake: false,
      confirm: "false",
      timeout: "30",
      route: "web-api",
    };
    assert.deepEqual(readPlaybackSettings(RED, stored), {
      action: "pause",
      device: { name: "device", text: "ROOM", kind: "env" },
      value: { name: "value", text: "level", kind: "flow" },
      output: "kept",
      options: { wake: false, confirm: false, timeout: 30_000, route: "web-api" },
    });
  });

  it("give a command from 1 to 120 seconds", () => {
    for (const timeout of [1, 120]) {
      assert.equal(readPlaybackSettings(RED, { timeout }).options.timeout, timeout * 1000);
    }
    for (const timeout of [0.99, 120.01]) {
      const message = 'The property "timeout" must be from 1 to 120 seconds.';
      assert.throws(() => readPlaybackSettings(RED, { timeout }), { ...INVALID, message });
    }
  });

  it("name a way that exists", () => {
    const message = 'The property "route" must be one of these: auto, internal, web-api.';
    assert.throws(() => readPlaybackSettings(RED, { route: "by air" }), { ...INVALID, message });
  });

  it("name an action that exists", () => {
    const message = /^The property "action" must be one of these: play, pause, /;
    assert.throws(() => readPlaybackSettings(RED, { action: "sing" }), { ...INVALID, message });
  });
});

describe("an action in a message", () => {
  it("may have spaces around it, and capitals", () => {
    assert.equal(readAction(" Next\n", "msg.action"), "next");
  });

  for (const value of [undefined, null, "", "sing", 7, ["play"]]) {
    it(`is not ${JSON.stringify(value)}`, () => {
      const message = /^msg\.action must be one of these: play, pause, /;
      assert.throws(() => readAction(value, "msg.action"), { ...INVALID, message });
    });
  }
});
