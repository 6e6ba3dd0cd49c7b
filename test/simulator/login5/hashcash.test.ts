import assert from "node:assert/strict";
import { belongsTo, endsInZeros, isSolved, solve } from "./hashcash";

const hex = (text: string): Buffer => Buffer.from(text, "hex");

/** Challenges and solutions of other programs. */
const VECTORS = [
  {
    source: "PouleR/spotify-login tests/ChallengeSolverTest.php",
    context: hex(
      "0300c798435c4b0beb91e3b1db591d0a7f2e32816744a007af41cc7c8043b9295e1ed8a13cc323e4af2d0a3c42463b7a358ed116c3369598" +
        "9e0bfade0dab9c6bc6f7f928df5d49069e8ca4c04c34034669fc97e93da1ca17a7c11b2ffbb9b85f2265b10f6c83f7ef672240cb535eb122" +
        "265da9b6f8d1a55af522fcbb40efc4eb753756ea38a63aff95d3228219afb0ab887075ac2fe941f7920fd19d32226052fe0956c71f0cb63b" +
        "a702dd72d50d769920cd99ec6a45e00c85af5287b5d0031d6be4072efe71c59dffa5baa4077cd2eab4f22143eff18c31c69b8647e7f51746" +
        "8c84ed9548943fb1ba6b750ef63cdf9ce0a0fd07cb22d19484f4baa8ee6fa35fc573d9",
    ),
    prefix: hex("48859603d6c16c3202292df155501c55"),
    suffix: hex("7f7e558bd10c37d200000000000002c7"),
  },
  {
    source: "PouleR/spotify-login tests/SpotifyLoginTest.php",
    context: Buffer.from("some-context"),
    prefix: Buffer.from("00112233445566778899"),
    suffix: hex("5a8888c55ae342230000000000000c0d"),
  },
];

/** Source: go-librespot login5/hashcash_test.go, its cases as digest, length and answer. */
const DIGESTS: [digest: string, length: number, isEnough: boolean][] = [
  ["ff", 0, true],
  ["fe", 1, true],
  ["fe", 2, false],
  ["ff00", 8, true],
  ["fe00", 9, true],
  ["ff00", 9, false],
  ["ff0000", 16, true],
  ["00", 9, false],
  ["", 1, false],
];

describe("simulator: hashcash", () => {
  for (const [digest, length, isEnough] of DIGESTS) {
    it(`${digest || "an empty digest"} ${isEnough ? "ends" : "does not end"} in ${length} zero bits`, () => {
      assert.equal(endsInZeros(hex(digest), length), isEnough);
    });
  }

  for (const { source, context, prefix, suffix } of VECTORS) {
    describe(source, () => {
      const hashcash = { prefix, length: 10 };

      it("is solved, and belongs to its login", () => {
        assert.equal(isSolved(hashcash, suffix), true);
        assert.equal(belongsTo(context, suffix), true);
      });

      it("is found by the search", () => {
        assert.deepEqual(solve(context, hashcash), suffix);
      });

      it("solves no other challenge, and belongs to no other", () => {
        assert.equal(isSolved({ prefix: Buffer.from("another"), length: 10 }, suffix), false);
        assert.equal(belongsTo(Buffer.from("another"), suffix), false);
      });

      it("is not valid with another length", () => {
        assert.equal(isSolved({ prefix, length: 0 }, suffix.subarray(1)), false);
        assert.equal(belongsTo(context, Buffer.concat([suffix, Buffer.of(0)])), false);
      });
    });
  }

  it("begins like go-librespot login5/hashcash_test.go: at the end of the context's digest", () => {
    const suffix = solve(Buffer.from("some login context"), { prefix: Buffer.from("prefix"), length: 0 });
    // sha1sum of the context; these are its last 16 digits.
    assert.equal(suffix.toString("hex"), "8ebe834fb68bd5100000000000000000");
  });

  it("carries beyond 8 bytes", () => {
    const [vector] = VECTORS;
    assert.ok(vector);
    const before = hex("7f7e558bd10c350affffffffffffffff");
    assert.equal(belongsTo(vector.context, before), true);
    assert.equal(belongsTo(vector.context, hex("7f7e558bd10c350bffffffffffffffff")), false);
  });
});
