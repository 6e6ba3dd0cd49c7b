import assert from "node:assert/strict";
import { readPlay } from "../../src/playback/read-play";

const ID = "5TFCp6cxCaJRhbdn6IWEGh";
const TRACK = `spotify:track:${ID}`;
const LIST = `spotify:playlist:${ID}`;

const HUNDRED: readonly string[] = Array.from({ length: 100 }, () => TRACK);

describe("What to play", () => {
  for (const [what, value, meaning] of [
    ["one hundred items", HUNDRED, { uris: HUNDRED }],
    ["one item as the list", { uris: TRACK }, { uris: [TRACK] }],
    ["words of 200 characters", "x".repeat(200), { search: "x".repeat(200) }],
    ["words with spaces and line breaks between them", "some\n\t  jazz", { search: "some jazz" }],
    ["the first item of a list", { context: LIST, offset: 0 }, { context: LIST, offset: 0 }],
    ["an item far down in a list", { context: LIST, offset: 100_000 }, { context: LIST, offset: 100_000 }],
    ["an item by its number as a text", { context: LIST, offset: " 12 " }, { context: LIST, offset: 12 }],
    ["an item by its URI", { context: LIST, offset: TRACK }, { context: LIST, offset: TRACK }],
    ["an item of a list that an array has", { uris: [LIST], offset: 3 }, { context: LIST, offset: 3 }],
  ] as const) {
    it(`can be ${what}`, () => {
      const { command } = readPlay(value);
      assert.deepEqual(command, { action: "play", what: meaning });
    });
  }

  for (const [what, value] of [
    ["more than one hundred items", [...HUNDRED, TRACK]],
    ["a search without words", { search: " " }],
    ["more than 200 characters of words", "x".repeat(201)],
    ["a context that is words", { context: "some jazz" }],
    ["half an item", { context: LIST, offset: 1.5 }],
    ["an item before the first one", { context: LIST, offset: -1 }],
    ["an item beyond the longest list", { context: LIST, offset: 100_001 }],
    ["an item beyond the longest list, as a text", { context: LIST, offset: "100001" }],
    ["a number with letters after it", { context: LIST, offset: "12x" }],
    ["a number with a letter in it", { context: LIST, offset: "1e5" }],
    ["a list as the item of a list", { context: LIST, offset: LIST }],
  ] as const) {
    it(`cannot be ${what}`, () => {
      assert.throws(() => readPlay(value), { code: "INVALID_ARGUMENT" });
    });
  }

  for (const [value, shuffle] of [
    [true, true],
    [false, false],
    ["true", true],
    ["false", false],
  ] as const) {
    it(`can have shuffle: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(readPlay({ shuffle: value }).command, { action: "play", what: undefined, shuffle });
    });
  }

  it("is played on the active device if the name of the device is empty", () => {
    assert.equal(readPlay({ uri: TRACK, device: "" }).device, undefined);
  });
});
