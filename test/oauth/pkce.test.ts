import assert from "node:assert/strict";
import { makePkce } from "../../src/oauth/pkce";

describe("PKCE", () => {
  it("makes the challenge of RFC 7636, appendix B", () => {
    const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert.deepEqual(makePkce(verifier), {
      verifier,
      challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    });
  });

  it("makes a verifier of 43 characters, the minimum in RFC 7636, which is different each time", () => {
    const made = Array.from({ length: 100 }, () => makePkce().verifier);
    for (const verifier of made) assert.match(verifier, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(new Set(made).size, 100);
  });
});
