import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { findSuffix } from "../../src/login5/hashcash-search";
import { compress, paddedWords, SHA1_INITIAL } from "../../src/login5/sha1";
import { Randomness } from "../support/randomness";
import vectors from "./hashcash-vectors.json";

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
const hexOf = (data: Uint8Array): string => Buffer.from(data).toString("hex");

describe("the search for a hashcash", () => {
  it("finds the first solution, wherever in its block and word the suffix stands", () => {
    for (const { prefix, start, length, suffix } of vectors.prefixLengths) {
      const found = findSuffix(bytes(prefix), bytes(start), length);
      assert.equal(hexOf(found), suffix, `prefix of ${prefix.length / 2} bytes`);
    }
  });

  it("carries from byte to byte in both counters, and begins again at 0 behind the last number", () => {
    for (const { prefix, start, length, suffix } of vectors.carries) {
      assert.equal(hexOf(findSuffix(bytes(prefix), bytes(start), length)), suffix, `from ${start}`);
    }
  });

  it("hashes as Node does, messages of every length", () => {
    const random = new Randomness();
    for (let length = 0; length <= 260; length++) {
      const message = random.bytes(length);
      const words = paddedWords(message);
      const state = Int32Array.from(SHA1_INITIAL);
      for (let at = 0; at < words.length; at += 16) compress(state, words, at);
      const digest = Buffer.alloc(20);
      state.forEach((word, i) => digest.writeInt32BE(word, 4 * i));
      const expected = createHash("sha1").update(message).digest("hex");
      assert.equal(digest.toString("hex"), expected, `${length} bytes, ${random.hint}`);
    }
  });
});
