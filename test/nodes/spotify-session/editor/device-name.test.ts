import assert from "node:assert/strict";
import { deviceNameProblem } from "../../../../nodes/spotify-session/editor/device-name";

describe("the device's name in the dialog", () => {
  it("is required only if the session should be visible", () => {
    assert.equal(deviceNameProblem("", true), "missing");
    assert.equal(deviceNameProblem(" \t", true), "missing");
    assert.equal(deviceNameProblem(undefined, true), "missing");
    assert.equal(deviceNameProblem("", false), undefined);
    assert.equal(deviceNameProblem("x".repeat(500), false), undefined);
    assert.equal(deviceNameProblem("Kitchen", true), undefined);
  });

  it("may have 63 bytes of UTF-8", () => {
    assert.equal(deviceNameProblem("x".repeat(63), true), undefined);
    assert.equal(deviceNameProblem(` ${"x".repeat(63)} `, true), undefined);
    assert.equal(deviceNameProblem("x".repeat(64), true), "tooLong");
    assert.equal(deviceNameProblem("ü".repeat(31), true), undefined);
    assert.equal(deviceNameProblem("ü".repeat(32), true), "tooLong");
    assert.equal(deviceNameProblem("🎵".repeat(15), true), undefined);
    assert.equal(deviceNameProblem("🎵".repeat(16), true), "tooLong");
  });
});
