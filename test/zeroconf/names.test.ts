import assert from "node:assert/strict";
import { cleanName } from "../../src/core/clean-name";
import { displayName, instanceName } from "../../src/zeroconf/names";

describe("the name of a device", () => {
  it("is shown unchanged, including emoji", () => {
    assert.equal(displayName("Küche 🎵"), "Küche 🎵");
    assert.equal(displayName("Node.RED (0)"), "Node.RED (0)");
  });

  it("is cut between characters, never within one", () => {
    const family = "👨‍👩‍👧‍👦";
    assert.equal(Buffer.byteLength(family), 25);
    assert.equal(displayName(family.repeat(5)), family.repeat(2));
    assert.equal(instanceName("é".repeat(40)), "é".repeat(28));
    assert.equal(Buffer.byteLength(instanceName("x".repeat(100))), 57);
  });

  it("fits on one line, without characters that hide it or change its direction", () => {
    assert.equal(cleanName(" a\tb\r\nc\u2028d\u202ee\ud800 "), "a b c d e");
    assert.equal(cleanName("x".repeat(1_000_000)).length, 64);
  });

  it("is Node-RED if nothing is left of it", () => {
    for (const empty of ["", "  ", "\u0000\n", "\ud800"]) assert.equal(displayName(empty), "Node-RED");
    assert.equal(instanceName("..."), "Node-RED");
  });

  it("is one label in mDNS, and not a number that ciao cannot handle", () => {
    assert.equal(instanceName("Living.Room"), "Living Room");
    assert.equal(instanceName("Kitchen (0)"), "Kitchen 0");
    assert.equal(instanceName("Kitchen (2)"), "Kitchen (2)");
  });
});
