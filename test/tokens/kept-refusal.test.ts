import assert from "node:assert/strict";
import { CLIENT_IDS, SpotifyError, type SpotifyErrorCode } from "../../src";
import { errorOf, nameOf, parseKeptRefusal, toKept, type KeptRefusal } from "../../src/tokens/kept-refusal";
import { InvalidScopeError } from "../../src/tokens/token-errors";

const NOW = Date.UTC(2026, 5, 1);
const MINUTE = 60_000;
const WEEK = 7 * 86_400_000;
const TIMES = { since: NOW - MINUTE, until: NOW + MINUTE, duration: 2 * MINUTE };
const REQUEST = { clientId: CLIENT_IDS.keymaster, scopes: ["streaming", "user-read-email"] };
const KEPT: KeptRefusal = { name: "client", code: "INVALID_CLIENT", message: "No.", ...REQUEST, ...TIMES };

const stored = (error: SpotifyError): unknown => JSON.parse(JSON.stringify(toKept("client", error, TIMES)));

/** What another session makes of an error that was stored. */
function restored(error: SpotifyError): SpotifyError {
  const kept = parseKeptRefusal(stored(error), NOW);
  assert.ok(kept);
  return errorOf(kept);
}

describe("a refusal that is stored for other sessions", () => {
  it("has its name, its times, and what its error says of the request", () => {
    const error = new SpotifyError("REQUEST_REFUSED", "No.", REQUEST);
    assert.deepEqual(toKept("client", error, TIMES), { ...KEPT, code: "REQUEST_REFUSED" });
  });

  it("has no more than that", () => {
    const error = new SpotifyError("RATE_LIMITED", "Later.", {
      retryAfter: 5,
      cause: new Error("the answer"),
    });
    const kept = { name: "client", code: "RATE_LIMITED", message: "Later.", ...TIMES };
    assert.deepEqual(toKept("client", error, TIMES), kept);
  });

  for (const [what, details] of [
    ["of a client ID and scopes", REQUEST],
    ["of a client ID", { clientId: REQUEST.clientId }],
    ["of scopes", { scopes: REQUEST.scopes }],
    ["without details", {}],
  ] as const)
    it(`is the same error in the other session: ${what}`, () => {
      const error = new SpotifyError("REQUEST_REFUSED", "No.", details);
      assert.deepEqual(restored(error), error);
    });

  it("names the scopes that were not granted in the other session, too", () => {
    const error = new InvalidScopeError("No.", ["streaming"], REQUEST);
    assert.deepEqual(restored(error), error);
  });

  it("has a name; a document that is no refusal has none", () => {
    assert.equal(nameOf(KEPT), "client");
    for (const document of [null, undefined, 5, "text", [], {}]) assert.equal(nameOf(document), undefined);
  });
});

describe("a stored refusal that is read", () => {
  const isTaken = (changes: object): boolean => parseKeptRefusal({ ...KEPT, ...changes }, NOW) !== undefined;

  for (const code of [
    "BAD_CREDENTIALS",
    "INVALID_CLIENT",
    "INVALID_SCOPE",
    "PROTOCOL_ERROR",
    "RATE_LIMITED",
    "REQUEST_REFUSED",
  ] satisfies SpotifyErrorCode[])
    it(`may be ${code}`, () => assert.ok(isTaken({ code })));

  it("is the document", () => assert.deepEqual(parseKeptRefusal(KEPT, NOW), KEPT));

  for (const [what, changes] of [
    ["names neither a client ID nor scopes", { clientId: undefined, scopes: undefined }],
    ["lists the scopes that were not granted", { missing: ["streaming"] }],
    ["began a minute ahead of this clock", { since: NOW + MINUTE }],
    ["is over in a week", { until: NOW + WEEK }],
    ["is over in a moment", { until: NOW + 1 }],
    ["has a message of 1024 characters", { message: "x".repeat(1024) }],
  ] as const)
    it(`is taken if it ${what}`, () => assert.ok(isTaken(changes)));

  for (const [what, changes] of [
    ["has no name", { name: undefined }],
    ["has no message", { message: undefined }],
    ["has a message of more than 1024 characters", { message: "x".repeat(1025) }],
    ["has no code", { code: undefined }],
    ["has a code for which no source is left alone", { code: "TIMEOUT" }],
    ["has a number as its client ID", { clientId: 5 }],
    ["has a text as its scopes", { scopes: "streaming" }],
    ["has a scope that is a number", { scopes: ["streaming", 5] }],
    ["has a text as what was not granted", { missing: "streaming" }],
    ["has a number among what was not granted", { missing: ["streaming", 5] }],
    ["comes from a clock that ran ahead", { since: NOW + MINUTE + 1 }],
    ["does not say since when", { since: undefined }],
    ["is since a text", { since: String(TIMES.since) }],
    ["is over", { until: NOW }],
    ["does not say until when", { until: undefined }],
    ["is over in more than a week", { until: NOW + WEEK + 1 }],
    ["is until a text", { until: String(TIMES.until) }],
    ["has no duration", { duration: undefined }],
    ["has a duration of 0", { duration: 0 }],
    ["has a text as its duration", { duration: String(TIMES.duration) }],
  ] as const)
    it(`is ignored if it ${what}`, () => assert.ok(!isTaken(changes)));

  for (const document of [null, undefined, 5, "text", [], {}])
    it(`is ignored if it is ${JSON.stringify(document)}`, () =>
      assert.equal(parseKeptRefusal(document, NOW), undefined));
});
