import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../src";
import { parseStoredToken, type CachedToken, type StoredToken } from "../../src/tokens/cached-token";

const NOW = Date.UTC(2026, 5, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A token that was minted half an hour ago, for an hour. */
const STORED: StoredToken = {
  accessToken: "BQ1234",
  scopes: ["streaming", "user-read-email"],
  requested: ["streaming"],
  clientId: CLIENT_IDS.keymaster,
  source: "keymaster",
  mintedAt: NOW - HOUR / 2,
  expiresAt: NOW + HOUR / 2,
};

describe("a stored token that is read", () => {
  const read = (document: unknown): CachedToken | undefined => parseStoredToken(document, NOW);

  it("is the token that was stored", () => assert.deepEqual(read(STORED)?.toStored(), STORED));

  it("has nothing else that was stored with it", () => {
    assert.deepEqual(read({ ...STORED, note: "other" })?.toStored(), STORED);
  });

  for (const [what, changes] of [
    ["is of login5", { source: "login5" }],
    ["is of an app", { source: "oauth" }],
    ["has no scopes", { scopes: [], requested: [] }],
    ["does not say which scopes it has", { scopes: null }],
    ["has a minute left", { expiresAt: NOW + MINUTE }],
    ["was minted a minute ahead of this clock", { mintedAt: NOW + MINUTE, expiresAt: NOW + HOUR }],
    ["lives 24 hours", { mintedAt: NOW - HOUR, expiresAt: NOW - HOUR + DAY }],
  ] as const)
    it(`is taken if it ${what}`, () => assert.ok(read({ ...STORED, ...changes })));

  for (const [what, changes] of [
    ["has no access token", { accessToken: undefined }],
    ["has an empty access token", { accessToken: "" }],
    ["has no client ID", { clientId: undefined }],
    ["has a text as its scopes", { scopes: "streaming" }],
    ["has a number among its scopes", { scopes: ["streaming", 5] }],
    ["has no list of scopes", { scopes: undefined }],
    ["does not say with which scopes it was requested", { requested: undefined }],
    ["has an unknown source", { source: "other" }],
    ["has a text as when it was minted", { mintedAt: String(STORED.mintedAt) }],
    ["has a text as when it expires", { expiresAt: String(STORED.expiresAt) }],
    ["has less than a minute left", { expiresAt: NOW + MINUTE - 1 }],
    ["comes from a clock that ran ahead", { mintedAt: NOW + MINUTE + 1, expiresAt: NOW + HOUR }],
    ["lives more than 24 hours", { mintedAt: NOW - HOUR, expiresAt: NOW - HOUR + DAY + 1 }],
  ] as const)
    it(`is ignored if it ${what}`, () => assert.equal(read({ ...STORED, ...changes }), undefined));

  for (const document of [null, undefined, 5, "text", [], {}])
    it(`is ignored if it is ${JSON.stringify(document)}`, () => assert.equal(read(document), undefined));
});
