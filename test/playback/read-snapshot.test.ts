import assert from "node:assert/strict";
import { readSnapshot } from "../../src/playback/read-snapshot";

const ID = "5TFCp6cxCaJRhbdn6IWEGh";
const SNAPSHOT = {
  device: { id: "abc", name: "Kitchen" },
  context: `spotify:playlist:${ID}`,
  uri: `spotify:track:${ID}`,
  position: 5_000,
  volume: 40,
  shuffle: false,
  repeat: "off",
  playing: true,
};

describe("A snapshot", () => {
  for (const [what, change] of [
    ["all that a device shows", {}],
    ["no device", { device: null }],
    ["a device without a name", { device: { id: "abc", name: null } }],
    ["nothing that plays", { context: null, uri: null, position: null }],
    ["the start of an item and a silent device", { position: 0, volume: 0 }],
    ["the end of a day and the loudest volume", { position: 86_400_000, volume: 100 }],
    ["repeat of a context", { repeat: "context" }],
    ["repeat of a track", { repeat: "track" }],
  ] as const) {
    it(`can have ${what}`, () => {
      const snapshot = { ...SNAPSHOT, ...change };
      assert.deepEqual(readSnapshot(snapshot), snapshot);
    });
  }

  for (const [what, change] of [
    ["a name in place of the device", { device: "Kitchen" }],
    ["no word about the device", { device: undefined }],
    ["a list in place of the device", { device: ["abc"] }],
    ["a device without an ID", { device: { name: "Kitchen" } }],
    ["a number as the item", { uri: 5 }],
    ["words as the context", { context: "some jazz" }],
    ["a position before the start", { position: -1 }],
    ["a position after a day", { position: 86_400_001 }],
    ["a text as the position", { position: "5000" }],
    ["a volume above 100", { volume: 101 }],
    ["a text as shuffle", { shuffle: "true" }],
    ["a number as playing", { playing: 1 }],
    ["an unknown repeat", { repeat: "all" }],
  ] as const) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => readSnapshot({ ...SNAPSHOT, ...change }), { code: "INVALID_ARGUMENT" });
    });
  }
});
