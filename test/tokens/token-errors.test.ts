import assert from "node:assert/strict";
import { CLIENT_IDS, SpotifyError, type SpotifyErrorCode } from "../../src";
import type { CurrentClientId } from "../../src/core/client-id";
import * as errors from "../../src/tokens/token-errors";

const { keymaster, android, ios } = CLIENT_IDS;
const OWN_APP = "0123456789abcdef0123456789abcdef";
const NOW = Date.UTC(2026, 5, 1);
const SCOPES = ["user-top-read", "streaming"];
const CURRENT: CurrentClientId = { clientId: android, reason: "configured", since: 0 };

describe("The errors of tokens", () => {
  const asked = { clientId: OWN_APP, scopes: SCOPES };
  const times = { since: NOW, until: NOW + 90_000 };
  const refusal = { ...times, error: new SpotifyError("RATE_LIMITED", "Too often.") };

  for (const [what, make, code, message] of [
    [
      "no sign-in",
      () => errors.noGrant(OWN_APP, SCOPES),
      "NOT_SIGNED_IN",
      /no sign-in with the app 0123456789abcdef/,
    ],
    [
      "a sign-in of a copied user directory",
      () => errors.heldBack(OWN_APP, SCOPES),
      "NOT_SIGNED_IN",
      /is a copy/,
    ],
    [
      "a sign-in that lacks scopes",
      () => errors.permissionMissing(OWN_APP, SCOPES, SCOPES),
      "INVALID_SCOPE",
      /does not cover user-top-read, streaming\./,
    ],
    [
      "scopes for login5",
      () => errors.login5HasNoScopes(OWN_APP, SCOPES),
      "INVALID_ARGUMENT",
      /without scopes/,
    ],
    ["a store that does not answer", () => errors.notRead(5_000, asked), "TIMEOUT", /not read within 5 s/],
    [
      "an account that keymaster refuses",
      () => errors.refusedAccount(asked, times, NOW),
      "REQUEST_REFUSED",
      /\(since 2026-06-01T00:00:00\.000Z\)/,
    ],
    [
      "a refusal that is repeated",
      () => errors.repeated(refusal, asked, NOW),
      "RATE_LIMITED",
      /^Too often\.$/,
    ],
    [
      "scopes that Spotify does not give",
      () => errors.invalidScope(OWN_APP, SCOPES, SCOPES, CURRENT),
      "INVALID_SCOPE",
      /does not give the client ID 0123456789abcdef/,
    ],
  ] as const satisfies readonly (readonly [string, () => SpotifyError, SpotifyErrorCode, RegExp])[]) {
    it(`name the client ID and the scopes of the request: ${what}`, () => {
      const error = make();
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.deepEqual([error.clientId, error.scopes], [OWN_APP, SCOPES]);
      assert.notEqual(error.scopes, SCOPES, "a list of its own");
    });
  }

  for (const [what, make] of [
    ["no sign-in", () => errors.noGrant(OWN_APP)],
    ["a sign-in of a copied user directory", () => errors.heldBack(OWN_APP)],
    ["a store that does not answer", () => errors.notRead(1, { clientId: OWN_APP })],
    ["an account that keymaster refuses", () => errors.refusedAccount({ clientId: OWN_APP }, times)],
    ["a refusal that is repeated", () => errors.repeated(refusal, { clientId: OWN_APP }, NOW)],
  ] as const) {
    it(`name no scopes if the request is about a client ID alone: ${what}`, () => {
      const error = make();
      assert.deepEqual([error.clientId, error.scopes], [OWN_APP, undefined]);
    });
  }

  it("about the request itself, or about a closed connection, name neither", () => {
    for (const [error, code] of [
      [errors.needsScopes(), "INVALID_ARGUMENT"],
      [errors.closed(), "CLOSED"],
    ] as const)
      assert.deepEqual([error.code, error.clientId, error.scopes], [code, undefined, undefined]);
    const unexpected = new errors.UnexpectedAnswer("What is this?", { statusCode: 418 });
    assert.deepEqual([unexpected.code, unexpected.statusCode], ["PROTOCOL_ERROR", 418]);
  });

  for (const [what, left, seconds] of [
    ["whole seconds, rounded up", 1_001, 2],
    ["the seconds that are left", 90_000, 90],
    ["at least one second", -5_000, 1],
  ] as const) {
    it(`have ${what} until asking again makes sense`, () => {
      const lasting = { since: NOW, until: NOW + left };
      assert.equal(errors.refusedAccount(asked, lasting, NOW).retryAfter, seconds);
      assert.equal(errors.repeated({ ...refusal, ...lasting }, asked, NOW).retryAfter, seconds);
    });
  }
});

describe("The error for scopes that Spotify does not give", () => {
  const messageOf = (clientId: string, missing: readonly string[], current = CURRENT): string =>
    errors.invalidScope(clientId, SCOPES, missing, current).message;

  it("keeps which scopes are missing", () => {
    const error = errors.invalidScope(android, SCOPES, ["user-top-read"], CURRENT);
    assert.deepEqual([error.missing, error.scopes], [["user-top-read"], SCOPES]);
  });

  for (const [what, clientId, missing, words] of [
    ["the scopes that are reported to be refused, if any are", android, SCOPES, /the scope user-top-read\. /],
    ["all that are missing, if none is", ios, SCOPES, /the scope user-top-read, streaming\. /],
    [
      "what a misspelt scope may mean",
      ios,
      ["user-top-reed"],
      /user-top-reed\. Did you mean user-top-read\?/,
    ],
    [
      "a client ID that is reported to be allowed them",
      android,
      SCOPES,
      /Name the client ID keymaster \(65b708073fc0480ea92a077233ca87bd\) instead/,
    ],
    ["no other client ID if this one is reported to be allowed them", keymaster, SCOPES, /No other public/],
  ] as const) {
    it(`names ${what}`, () => assert.match(messageOf(clientId, missing), words));
  }

  for (const [what, current, words] of [
    ["the request named it", { ...CURRENT, clientId: ios }, /This request named that client ID\./],
    ["it was configured", CURRENT, /It is the account's client ID, from its configuration\./],
    [
      "an app took control of playback",
      { ...CURRENT, reason: "cluster", since: NOW, device: { id: "1", name: "Kitchen" } },
      /at 2026-06-01T00:00:00\.000Z, when the Spotify app on “Kitchen” took control of playback\./,
    ],
    [
      "an app without a name took control of playback",
      { ...CURRENT, reason: "cluster", device: { id: "1" } },
      /when a Spotify app took control of playback\./,
    ],
    [
      "an app that is not known took control of the device",
      { ...CURRENT, reason: "remote-frame" },
      /when a Spotify app took control of the device\./,
    ],
  ] as const satisfies readonly (readonly [string, CurrentClientId, RegExp])[]) {
    it(`says how the session came by the client ID: ${what}`, () => {
      assert.match(messageOf(android, SCOPES, current), words);
    });
  }

  it("says anew, when it is repeated, how the session came by the client ID", () => {
    const error = errors.invalidScope(android, SCOPES, ["user-top-read"], CURRENT);
    const refusal = { since: NOW, until: NOW, error };
    const asked = { clientId: android, scopes: SCOPES };
    const now = { ...CURRENT, clientId: ios };
    assert.match(errors.repeated(refusal, asked, NOW, now).message, /user-top-read\. This request named/);
    assert.equal(errors.repeated(refusal, asked, NOW).message, error.message);
    const other = { ...refusal, error: new SpotifyError("INVALID_CLIENT", "It is not known.") };
    assert.equal(errors.repeated(other, asked, NOW, now).message, "It is not known.");
  });
});
