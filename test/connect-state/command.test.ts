import assert from "node:assert/strict";
import { readCommand } from "../../src/connect-state/command";

const IDENT = "hm://connect-state/v1/player/command";

describe("A player command", () => {
  it("says what to do, and which device asks for it", () => {
    const document = { command: { endpoint: "transfer" }, sent_by_device_id: "phone" };
    assert.deepEqual(readCommand(IDENT, document), { endpoint: "transfer", from: "phone" });
  });

  it("is not read from a request with another name", () => {
    for (const ident of ["", "hm://playlist/v2", "__proto__"]) {
      assert.equal(readCommand(ident, { command: { endpoint: "play" } }), undefined);
    }
  });

  it("without sense is read as an unknown command without a sender", () => {
    for (const document of [
      null,
      undefined,
      7,
      "text",
      [],
      {},
      { command: null },
      { command: "play" },
      { command: [] },
    ]) {
      assert.deepEqual(readCommand(IDENT, document), { endpoint: "unknown", from: undefined });
    }
  });

  it("needs a name that can be logged, or it is read as an unknown one", () => {
    for (const endpoint of ["", "play\nINFO forged", "\u001b[31mplay", "x".repeat(65), 7, {}, "\ud800"]) {
      assert.equal(readCommand(IDENT, { command: { endpoint } })?.endpoint, "unknown");
    }
  });

  it("has no sender if the sender's ID is too long, empty or not a text", () => {
    for (const from of ["", "x".repeat(129), 7, null]) {
      assert.equal(readCommand(IDENT, { sent_by_device_id: from })?.from, undefined);
    }
  });
});
