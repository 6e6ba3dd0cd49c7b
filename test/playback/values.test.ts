import assert from "node:assert/strict";
import { readDevice } from "../../src/playback/values";

describe("The device that a message names", () => {
  for (const [what, value, device] of [
    ["a name", " Kitchen ", "Kitchen"],
    ["the longest name", "x".repeat(256), "x".repeat(256)],
    ["an ID before a name", { id: "abc", name: "Kitchen" }, "abc"],
    ["a name without an ID", { id: null, name: "Kitchen" }, "Kitchen"],
  ] as const) {
    it(`can be ${what}`, () => assert.equal(readDevice(value), device));
  }

  for (const [what, value] of [
    ["spaces", "  "],
    ["a name that is too long", "x".repeat(257)],
    ["a number", 5],
    ["an object without a name", {}],
    ["a list", ["Kitchen"]],
    ["nothing", undefined],
  ] as const) {
    it(`cannot be ${what}`, () => {
      assert.throws(() => readDevice(value), { code: "INVALID_ARGUMENT" });
    });
  }
});
