import assert from "node:assert/strict";
import { SuffixSearch } from "../../src/login5/hashcash-search";
import vectors from "./hashcash-vectors.json";

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
const hexOf = (data: Uint8Array): string => Buffer.from(data).toString("hex");

function findSuffix(prefix: Buffer, start: Buffer, length: number): Uint8Array {
  const search = new SuffixSearch(prefix, start, length);
  for (;;) {
    // An odd number, so that the search continues in the middle.
    const suffix = search.next(7);
    if (suffix) return suffix;
  }
}

describe("the search for a hashcash", () => {
  it("finds the first solution, at any position of the suffix in its block and word", () => {
    for (const { prefix, start, length, suffix } of vectors.prefixLengths) {
      const found = findSuffix(bytes(prefix), bytes(start), length);
      assert.equal(hexOf(found), suffix, `prefix of ${prefix.length / 2} bytes`);
    }
  });

  it("carries from byte to byte in both counters, and continues at 0 after the largest number", () => {
    for (const { prefix, start, length, suffix } of vectors.carries) {
      assert.equal(hexOf(findSuffix(bytes(prefix), bytes(start), length)), suffix, `from ${start}`);
    }
  });
});
