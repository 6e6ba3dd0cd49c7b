import assert from "node:assert/strict";
import { newStateKey } from "../../../../nodes/spotify-session/editor/state-key";

const random = (bytes: Uint8Array<ArrayBuffer>): unknown => crypto.getRandomValues(bytes);

describe("a new state key", () => {
  it("is 32 random bytes as hex, with leading zeros", () => {
    assert.equal(
      newStateKey((bytes) => bytes.fill(10)),
      "0a".repeat(32),
    );
  });

  it("is different each time", () => {
    assert.notEqual(newStateKey(random), newStateKey(random));
  });
});
