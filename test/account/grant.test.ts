import assert from "node:assert/strict";
import { grantEnds, grantOf, MAX_GRANTS, parseGrants } from "../../src/account/grant";
import { CLIENT_ID, grantWith } from "../support/grant";

const MINTED = { accessToken: "access", askedAt: 1, lifetime: 3600, scopes: ["streaming"] };
const TOKENS = { accessToken: "access", lifetime: 3600, refreshToken: "refresh" };
const CONTEXT = { clientId: CLIENT_ID, username: "mira", authorizedAt: 1 };

const clientId = (index: number): string => index.toString(16).padStart(32, "0");

describe("The grant of a sign-in", () => {
  it("ends 181 days after the user agreed", () => {
    const days = (grantEnds({ authorizedAt: Date.UTC(2026, 0, 1) }) - Date.UTC(2026, 0, 1)) / 86_400_000;
    assert.equal(days, 181);
  });

  it("has the scopes that Spotify names", () => {
    const grant = grantOf({ ...TOKENS, scopes: ["streaming"] }, { ...CONTEXT, asked: ["a", "b"] });
    assert.deepEqual(grant, grantWith());
  });

  it("has the scopes that were asked for if Spotify names none", () => {
    const grant = grantOf({ ...TOKENS, scopes: null }, { ...CONTEXT, asked: ["a", "b"] });
    assert.deepEqual(grant, grantWith({ scopes: ["a", "b"] }));
  });

  it("tells when the Web API took its token, if it did", () => {
    const context = { ...CONTEXT, asked: [] };
    assert.equal(grantOf({ ...TOKENS, scopes: [] }, { ...context, checkedAt: 5 }).checkedAt, 5);
    const unchecked = grantOf({ ...TOKENS, scopes: [] }, { ...context, checkedAt: undefined });
    assert.equal("checkedAt" in unchecked, false);
  });
});

describe("A grant that was stored", () => {
  it("is read with all that it has", () => {
    for (const grant of [
      grantWith({ username: undefined }),
      grantWith({ checkedAt: 3, minted: MINTED, copyId: "copy" }),
      grantWith({ refreshToken: "", endedAt: 2, endedWith: "fingerprint" }),
    ])
      assert.deepEqual(parseGrants([structuredClone(grant)]), [grant]);
  });

  it("is read without what this version does not know", () => {
    assert.deepEqual(parseGrants([{ ...grantWith(), colour: "green" }]), [grantWith()]);
  });

  for (const [what, change] of [
    ["a client ID that is too long", { clientId: "0".repeat(33) }],
    ["a client ID that is too short", { clientId: "0".repeat(31) }],
    ["a client ID with other characters", { clientId: "Z".repeat(32) }],
    ["a client ID in a longer text", { clientId: `x${"0".repeat(32)}` }],
    ["a client ID that is not a text", { clientId: [CLIENT_ID] }],
    ["a refresh token that is not a text", { refreshToken: 5 }],
    ["no refresh token, although it has not ended", { refreshToken: "" }],
    ["no refresh token, and an end that is not a time", { refreshToken: "", endedAt: "yesterday" }],
    ["a username that is not a text", { username: null }],
    ["no time at which the user agreed", { authorizedAt: undefined }],
    ["scopes that are not a list", { scopes: "streaming" }],
    ["a scope that is not a text", { scopes: ["streaming", 5] }],
  ] as const)
    it(`is left out alone if it has ${what}`, () => {
      const other = grantWith({ clientId: clientId(1) });
      assert.deepEqual(parseGrants([{ ...grantWith(), ...change }, null, other]), [other]);
    });

  for (const [what, change] of [
    ["an end that is not a time", { endedAt: "2" }],
    ["a check that is not at a time", { checkedAt: "3" }],
    ["a fingerprint that is not a text", { endedWith: 5 }],
    ["a copy whose name is not a text", { copyId: 5 }],
    ["no access token", { minted: null }],
    ["an access token that is not a text", { minted: { ...MINTED, accessToken: 5 } }],
    ["an access token that is empty", { minted: { ...MINTED, accessToken: "" } }],
    ["an access token asked for at no time", { minted: { ...MINTED, askedAt: null } }],
    ["an access token without a lifetime", { minted: { ...MINTED, lifetime: "3600" } }],
    ["an access token whose scopes are not a list", { minted: { ...MINTED, scopes: "streaming" } }],
    ["an access token with a scope that is not a text", { minted: { ...MINTED, scopes: ["streaming", 5] } }],
  ] as const)
    it(`loses no more than ${what}`, () => {
      assert.deepEqual(parseGrants([{ ...grantWith(), ...change }]), [grantWith()]);
    });

  it("takes the place of an earlier one of its client ID", () => {
    const later = grantWith({ refreshToken: "later" });
    assert.deepEqual(parseGrants([grantWith(), later]), [later]);
  });

  it("is one of 32 at most", () => {
    const many = Array.from({ length: MAX_GRANTS + 1 }, (_, index) =>
      grantWith({ clientId: clientId(index) }),
    );
    assert.deepEqual(parseGrants(many), many.slice(0, 32));
  });

  it("is ignored if what was stored is not a list", () => {
    for (const value of [undefined, null, "grants", { length: 1, 0: grantWith() }])
      assert.deepEqual(parseGrants(value), []);
  });
});
