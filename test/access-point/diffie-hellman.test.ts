import assert from "node:assert/strict";
import { getDiffieHellman } from "node:crypto";
import { DiffieHellman } from "../../src/access-point/diffie-hellman";
import { makeExchange } from "../simulator/access-point/handshake";
import { useStage } from "../support/stage";

const PRIME = getDiffieHellman("modp1").getPrime();

function minus(number: Buffer, subtrahend: bigint): Buffer {
  return Buffer.from(
    (BigInt(`0x${number.toString("hex")}`) - subtrahend).toString(16).padStart(192, "0"),
    "hex",
  );
}

describe("Diffie-Hellman", () => {
  it("uses group 1, and agrees with OpenSSL", () => {
    const theirs = getDiffieHellman("modp1");
    theirs.generateKeys();
    const ours = new DiffieHellman();
    const shared = theirs.computeSecret(ours.publicKey);
    // OpenSSL keeps leading zeros; librespot and Spotify do not.
    const stripped = shared.subarray(shared.findIndex((byte) => byte !== 0));
    assert.equal(ours.sharedSecret(theirs.getPublicKey()).toString("hex"), stripped.toString("hex"));
  });

  it("strips the leading zeros of our public value, of the server's, and of the secret", () => {
    for (let i = 0; i < 20; i++) {
      // 2^1 … 2^8: the shortest possible public values.
      const short = new DiffieHellman(Buffer.from([i % 8 || 8]));
      assert.equal(short.publicKey.length, i % 8 === 0 ? 2 : 1);
      assert.notEqual(short.publicKey[0], 0);
      const theirs = makeExchange(short.publicKey, "public");
      assert.ok(theirs.publicNumber.length < 96);
      assert.deepEqual(short.sharedSecret(theirs.publicNumber), theirs.sharedWith(short.publicKey));

      const ours = new DiffieHellman();
      const secret = makeExchange(ours.publicKey, "shared");
      const shared = ours.sharedSecret(secret.publicNumber);
      assert.ok(shared.length <= 95);
      assert.notEqual(shared[0], 0);
      assert.deepEqual(shared, secret.sharedWith(ours.publicKey));
    }
  });

  it("reads a public value that is padded with a zero", () => {
    const [ours, theirs] = [new DiffieHellman(), makeExchange()];
    const padded = Buffer.concat([Buffer.alloc(97 - theirs.publicNumber.length), theirs.publicNumber]);
    assert.deepEqual(ours.sharedSecret(padded), theirs.sharedWith(ours.publicKey));
  });

  it("refuses a public value that would make the secret known to everyone", () => {
    const ours = new DiffieHellman();
    const ones = Buffer.alloc(96, 0xff);
    for (const value of [
      Buffer.alloc(0),
      Buffer.from([0]),
      Buffer.from([1]),
      minus(PRIME, 1n),
      PRIME,
      ones,
      Buffer.alloc(98),
      Buffer.concat([Buffer.from([1]), Buffer.alloc(200)]),
    ]) {
      assert.throws(() => ours.sharedSecret(value), RangeError, value.toString("hex"));
    }
  });

  it("makes a new key for each connection", () => {
    assert.equal(
      new Set(Array.from({ length: 20 }, () => new DiffieHellman().publicKey.toString("hex"))).size,
      20,
    );
  });
});

describe("a handshake", () => {
  const stage = useStage();

  for (const shortNumbers of ["public", "shared", undefined] as const) {
    const times = shortNumbers ? 40 : 300;
    it(`succeeds ${times} times in a row${shortNumbers ? `, with short ${shortNumbers} numbers` : ""}`, async () => {
      const { simulator } = stage.current;
      simulator.policy.shortNumbers = shortNumbers;
      const account = stage.current.account();
      for (let i = 0; i < times; i++) {
        const session = stage.current.session(account);
        await session.connect();
        await session.close();
      }
      assert.equal(simulator.stats.connections, times);
      assert.equal(simulator.stats.handshakes, times);
      assert.equal(simulator.stats.handshakeFailures, 0);
    }).timeout(60_000);
  }
});
