import assert from "node:assert/strict";
import { Shannon } from "./shannon";

const KEY = Buffer.from("00112233445566778899aabbccddeeff0102030405060708090a0b0c0d0e0f10", "hex");
const PLAIN = Buffer.from("hello spotify, this is 29 byt");
const CIPHER = "5dda0524f1c3bd872f78d752e0fecebfb3116dea73f907de28a47bd32a";
const MAC = "2fcd625a";

describe("simulator: Shannon", () => {
  it("gives the ciphertext and MAC that two other implementations agree on", () => {
    const shannon = new Shannon(KEY);
    shannon.nonce(7);
    const bytes = Buffer.from(PLAIN);
    shannon.encrypt(bytes);
    assert.equal(bytes.toString("hex"), CIPHER);
    assert.equal(shannon.mac().toString("hex"), MAC);
  });

  it("decrypts what it encrypted, with the same MAC, in pieces of any length", () => {
    for (const size of [1, 2, 3, 4, 5, 7, 13, 29]) {
      const shannon = new Shannon(KEY);
      shannon.nonce(7);
      const bytes = Buffer.from(CIPHER, "hex");
      for (let at = 0; at < bytes.length; at += size) shannon.decrypt(bytes.subarray(at, at + size));
      assert.equal(bytes.toString(), PLAIN.toString(), `in pieces of ${size}`);
      assert.equal(shannon.mac().toString("hex"), MAC, `in pieces of ${size}`);
    }
  });

  it("starts again with every nonce", () => {
    const shannon = new Shannon(KEY);
    shannon.nonce(0);
    shannon.encrypt(Buffer.from("something else entirely"));
    shannon.mac();
    shannon.nonce(7);
    const bytes = Buffer.from(PLAIN);
    shannon.encrypt(bytes);
    assert.equal(bytes.toString("hex"), CIPHER);
  });

  it("gives another MAC when one bit of the message differs", () => {
    const shannon = new Shannon(KEY);
    shannon.nonce(7);
    const bytes = Buffer.from(CIPHER, "hex");
    bytes.writeUInt8(bytes.readUInt8(28) ^ 1, 28);
    shannon.decrypt(bytes);
    assert.notEqual(shannon.mac().toString("hex"), MAC);
  });
});
