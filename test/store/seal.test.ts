import assert from "node:assert/strict";
import { seal, unseal } from "../../src/store/seal";

describe("a seal", () => {
  const text = seal("the state", "a key", "an account");
  const [version, salt, nonce, tag, sealed] = text.split(".") as [string, string, string, string, string];

  it("can be opened with its key in its place, and with no other key or place", () => {
    assert.equal(unseal(text, "a key", "an account"), "the state");
    assert.equal(unseal(text, "another key", "an account"), undefined);
    assert.equal(unseal(text, "a key", "another account"), undefined);
    assert.equal(unseal(text, "a key"), undefined);
  });

  it("can be opened with a line break after it, as an editor leaves it", () => {
    assert.equal(unseal(`${text}\n`, "a key", "an account"), "the state");
  });

  for (let parts = 0; parts < 5; parts++) {
    it(`cannot be opened with only ${parts} of its parts`, () => {
      const part = [version, salt, nonce, tag, sealed].slice(0, parts).join(".");
      assert.equal(unseal(part, "a key", "an account"), undefined);
    });
  }

  // A tag of four bytes can be guessed by trying: GCM itself accepts one, for protocols that agreed on it.
  for (const bytes of [0, 4, 8, 12, 15]) {
    it(`cannot be opened with the first ${bytes} bytes of its tag`, () => {
      const short = Buffer.from(tag, "base64url").subarray(0, bytes).toString("base64url");
      assert.equal(unseal([version, salt, nonce, short, sealed].join("."), "a key", "an account"), undefined);
    });
  }
});
