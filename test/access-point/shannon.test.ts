import assert from "node:assert/strict";
import { Shannon } from "../../src/access-point/shannon";
import { Shannon as Independent } from "../simulator/access-point/shannon";
import { pieces, Randomness } from "../support/randomness";

const KEY = Buffer.from("00112233445566778899aabbccddeeff0102030405060708090a0b0c0d0e0f10", "hex");
const NONCE = Buffer.from("00000007", "hex");
const PLAIN = Buffer.from("hello spotify, this is 29 byt");
const CIPHER = "5dda0524f1c3bd872f78d752e0fecebfb3116dea73f907de28a47bd32a";
const MAC = "2fcd625a";

function run(
  direction: "encrypt" | "decrypt",
  input: Buffer,
  cuts: Buffer[] = [Buffer.from(input)],
): [string, string] {
  const shannon = new Shannon(KEY);
  shannon.nonce(NONCE);
  for (const piece of cuts) shannon[direction](piece);
  return [Buffer.concat(cuts).toString("hex"), shannon.finish(4).toString("hex")];
}

describe("Shannon", () => {
  it("gives the ciphertext and the MAC of the published vector, in both directions", () => {
    assert.deepEqual(run("encrypt", PLAIN), [CIPHER, MAC]);
    assert.deepEqual(run("decrypt", Buffer.from(CIPHER, "hex")), [PLAIN.toString("hex"), MAC]);
  });

  it("gives the same if the text comes in pieces of any length", () => {
    for (let first = 0; first <= PLAIN.length; first++) {
      for (let second = first; second <= PLAIN.length; second++) {
        for (const [direction, input, output] of [
          ["encrypt", PLAIN, CIPHER],
          ["decrypt", Buffer.from(CIPHER, "hex"), PLAIN.toString("hex")],
        ] as const) {
          const cuts = [input.subarray(0, first), input.subarray(first, second), input.subarray(second)];
          const result = run(
            direction,
            input,
            cuts.map((cut) => Buffer.from(cut)),
          );
          assert.deepEqual(result, [output, MAC], `${direction}, cut at ${first} and ${second}`);
        }
      }
    }
    const bytes = [...PLAIN].map((byte) => Buffer.from([byte]));
    assert.deepEqual(run("encrypt", PLAIN, bytes), [CIPHER, MAC]);
  });

  it("starts again with each nonce, no matter what was left of the last packet", () => {
    const shannon = new Shannon(KEY);
    shannon.nonce(Buffer.from("00000001", "hex"));
    shannon.encrypt(Buffer.from("abc"));
    shannon.nonce(NONCE);
    const bytes = Buffer.from(PLAIN);
    shannon.encrypt(bytes);
    assert.equal(bytes.toString("hex"), CIPHER);
    assert.equal(shannon.finish(4).toString("hex"), MAC);
  });

  it("agrees with an independent implementation for any key, nonce, length and chunking", () => {
    const random = new Randomness();
    for (let i = 0; i < 300; i++) {
      const key = random.bytes(32);
      const nonce = random.below(2 ** 32);
      const plain = random.bytes(random.below(200));
      const [ours, theirs] = [new Shannon(key), new Independent(key)];
      const nonceBytes = Buffer.alloc(4);
      nonceBytes.writeUInt32BE(nonce);
      ours.nonce(nonceBytes);
      theirs.nonce(nonce);
      const cuts = pieces(Buffer.from(plain), random);
      for (const cut of cuts) ours.encrypt(cut);
      const expected = Buffer.from(plain);
      theirs.encrypt(expected);
      assert.equal(Buffer.concat(cuts).toString("hex"), expected.toString("hex"), random.hint);
      assert.equal(ours.finish(4).toString("hex"), theirs.mac(4).toString("hex"), random.hint);
    }
  });

  it("gives another MAC if any bit of a message changes", () => {
    const seen = new Set([MAC]);
    for (let bit = 0; bit < PLAIN.length * 8; bit++) {
      const bytes = Buffer.from(PLAIN);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      seen.add(run("encrypt", bytes)[1]);
    }
    assert.equal(seen.size, PLAIN.length * 8 + 1);
  });
});
