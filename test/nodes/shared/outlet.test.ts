import assert from "node:assert/strict";
import type { NodeAPI } from "node-red";
import { checkOutput, put } from "../../../nodes/shared/outlet";
import { SpotifyError } from "../../../src";

const { util } = require("@node-red/util") as { util: NodeAPI["util"] };
const RED = { util } as NodeAPI;

describe("the property that a result is put into", () => {
  for (const [property, expected] of [
    ["payload", { payload: 1 }],
    ["token", { token: 1 }],
    ["spotify.now", { spotify: { now: 1 } }],
    ["list[0]", { list: [1] }],
    ["", {}],
  ] as const) {
    it(`may be ${property || "none"}`, () => {
      const message = {};
      checkOutput(RED, property);
      put(RED, message, property, 1);
      assert.deepEqual(message, expected);
    });
  }

  it("must be the path of a property", () => {
    for (const wrong of ["a..b", "a[", "1 2"]) {
      assert.throws(
        () => checkOutput(RED, wrong),
        (error) => error instanceof SpotifyError && error.code === "INVALID_ARGUMENT",
      );
    }
  });

  it("says so if the message does not let it be written", () => {
    const message = { fixed: Object.freeze({}), text: "a text" };
    for (const property of ["fixed.inside", "text.inside"]) {
      assert.throws(() => put(RED, message, property, 1), property);
    }
    assert.throws(() => put(RED, Object.freeze({ payload: 0 }), "payload", 1));
  });
});
