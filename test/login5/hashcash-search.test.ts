import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { findSuffix } from "../../src/login5/hashcash-search";
import { Randomness } from "../support/randomness";
import vectors from "./hashcash-vectors.json";

const NEVER = new AbortController().signal;

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
const hexOf = (data: Uint8Array): string => Buffer.from(data).toString("hex");

describe("the search for a hashcash", () => {
  it("finds the first solution for prefixes of every length", async () => {
    for (const { prefix, start, length, suffix } of vectors.prefixLengths) {
      const found = await findSuffix(bytes(prefix), bytes(start), length, NEVER);
      assert.equal(hexOf(found), suffix, `prefix of ${prefix.length / 2} bytes`);
    }
  });

  it("carries from byte to byte in both counters, and goes back to 0 after the last number", async () => {
    for (const { prefix, start, length, suffix } of vectors.carries) {
      assert.equal(
        hexOf(await findSuffix(bytes(prefix), bytes(start), length, NEVER)),
        suffix,
        `from ${start}`,
      );
    }
  });

  it("finds what Node's createHash takes, and misses nothing before it, for prefixes of every length", async () => {
    const random = new Randomness();
    for (let size = 0; size <= 260; size++) {
      const length = size % 9;
      const prefix = random.bytes(size);
      const found = Buffer.from(await findSuffix(prefix, random.bytes(8), length, NEVER));
      const endsInZeros = (suffix: Buffer): boolean => {
        const end = createHash("sha1").update(prefix).update(suffix).digest().readBigUInt64BE(12);
        return end % (1n << BigInt(length)) === 0n;
      };
      assert.ok(endsInZeros(found), `${size} bytes, ${random.hint}`);
      const earlier = Buffer.from(found);
      while (earlier.readBigUInt64BE(8) > 0n) {
        earlier.writeBigUInt64BE(BigInt.asUintN(64, earlier.readBigUInt64BE(0) - 1n), 0);
        earlier.writeBigUInt64BE(earlier.readBigUInt64BE(8) - 1n, 8);
        assert.ok(!endsInZeros(earlier), `${size} bytes, ${random.hint}`);
      }
    }
  });
});
