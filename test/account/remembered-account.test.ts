import assert from "node:assert/strict";
import { parseRememberedAccount } from "../../src/account/remembered-account";

const ACCOUNT = { username: "mira", authType: 1, authData: "QUJD", configuredAs: "", since: 5, by: "tap" };

describe("The account that was stored", () => {
  for (const by of ["pairing", "import", "tap"])
    it(`is read with all that it has, if it came by ${by}`, () =>
      assert.deepEqual(parseRememberedAccount({ ...ACCOUNT, by }), { ...ACCOUNT, by }));

  it("is read without what this version does not know", () => {
    assert.deepEqual(parseRememberedAccount({ ...ACCOUNT, colour: "green" }), ACCOUNT);
  });

  it("may have texts of 4,096 characters", () => {
    const long = { ...ACCOUNT, authData: "a".repeat(4_096) };
    assert.deepEqual(parseRememberedAccount(long), long);
  });

  for (const [what, change] of [
    ["an empty username", { username: "" }],
    ["no username", { username: undefined }],
    ["a username of 4,097 characters", { username: "a".repeat(4_097) }],
    ["an empty credential", { authData: "" }],
    ["a credential that is not a text", { authData: 5 }],
    ["a credential of 4,097 characters", { authData: "a".repeat(4_097) }],
    ["a type that is not a number", { authType: "1" }],
    ["a fingerprint that is not a text", { configuredAs: null }],
  ] as const)
    it(`is ignored if it has ${what}`, () =>
      assert.equal(parseRememberedAccount({ ...ACCOUNT, ...change }), undefined));

  it("is undefined if nothing was stored", () => {
    for (const nothing of [undefined, null]) assert.equal(parseRememberedAccount(nothing), undefined);
  });

  it("counts as handed out at 0 if a version before 0.2 stored it, which kept no time", () => {
    for (const since of [undefined, null, "5"])
      assert.deepEqual(parseRememberedAccount({ ...ACCOUNT, since }), { ...ACCOUNT, since: 0 });
  });

  it("tells no sign-in that it came from if that is unknown", () => {
    const account = { username: "mira", authType: 1, authData: "QUJD", configuredAs: "", since: 5 };
    for (const by of [undefined, "", "unknown", 5])
      assert.deepEqual(parseRememberedAccount({ ...ACCOUNT, by }), account);
  });
});
