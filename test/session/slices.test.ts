import assert from "node:assert/strict";
import { PARSERS } from "../../src/session/slices";
import type { SliceName } from "../../src/store/slice-store";

/** The slices of a document that are not empty. */
function parsed(document: Partial<Record<SliceName, unknown>>): Record<string, unknown> {
  const names = Object.keys(PARSERS) as SliceName[];
  const values = names.map((name) => [name, PARSERS[name](document[name])] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

const NOTHING = { grants: [], rateLimits: [], refusals: [], webApi: [], tokens: [] };

describe("a state that is read", () => {
  it("is the same as the written one", () => {
    const state = {
      deviceId: "abc",
      account: { username: "u", authType: 1, authData: "eA==", configuredAs: "f", since: 7, by: "tap" },
      accessPoints: { resolver: "https://r", addresses: ["h:1"], at: 5 },
      clientToken: { token: "t", clientId: "c", deviceId: "d", askedAt: 1, refreshAt: 2, expiresAt: 3 },
      connectPort: 4070,
      keymaster: { serves: false, since: 5 },
      signedOutOf: "f",
      tokens: [{ anything: true }],
      grants: [
        {
          clientId: "0123456789abcdef0123456789abcdef",
          refreshToken: "r",
          scopes: ["streaming"],
          authorizedAt: 1,
          username: "u",
          endedAt: 2,
          checkedAt: 3,
        },
      ],
      rateLimits: [{ anything: true }],
      refusals: [{ anything: true }],
      webApi: [{ anything: true }],
    };
    assert.deepEqual(parsed(structuredClone(state)), state);
  });

  it("with invalid parts loses only these parts", () => {
    assert.deepEqual(
      parsed({ deviceId: "a b", account: { username: "u" }, accessPoints: [], tokens: "x" }),
      NOTHING,
    );
    assert.deepEqual(parsed({ deviceId: "abc", accessPoints: { resolver: "r", addresses: [5], at: 1 } }), {
      deviceId: "abc",
      ...NOTHING,
    });
    for (const nothing of [undefined, null, 5, "", []]) {
      const names = Object.keys(PARSERS) as SliceName[];
      const document = Object.fromEntries(names.map((name) => [name, nothing]));
      const { connectPort, signedOutOf, ...rest } = parsed(document);
      assert.deepEqual(rest, NOTHING);
      assert.equal(connectPort, nothing === 5 ? 5 : undefined);
      assert.equal(signedOutOf, nothing === "" ? "" : undefined);
    }
    for (const connectPort of [0, -1, 65_536, 1.5, "80"]) assert.deepEqual(parsed({ connectPort }), NOTHING);
  });

  it("keeps the valid ones of several grants, and one for each client ID", () => {
    const good = {
      clientId: "0".repeat(32),
      refreshToken: "r",
      scopes: ["streaming"],
      authorizedAt: 1,
      username: undefined,
    };
    const bad = [
      { clientId: "x" },
      { refreshToken: "" },
      { refreshToken: 5 },
      { username: null },
      { scopes: [5] },
      { scopes: "streaming" },
      { authorizedAt: "1" },
      { authorizedAt: null },
    ];
    const grants = [
      good,
      ...bad.map((change) => ({ ...good, clientId: "1".repeat(32), ...change })),
      null,
      5,
      [],
    ];
    assert.deepEqual(PARSERS.grants(grants), [good]);
    assert.deepEqual(PARSERS.grants([good, { ...good, refreshToken: "s" }]), [
      { ...good, refreshToken: "s" },
    ]);
  });

  it("is limited in size", () => {
    assert.equal(PARSERS.tokens(Array.from({ length: 5000 }, () => ({}))).length, 256);
    const account = { username: "u".repeat(10_000), authType: 1, authData: "x", configuredAs: "" };
    assert.equal(PARSERS.account(account), undefined);
  });
});
