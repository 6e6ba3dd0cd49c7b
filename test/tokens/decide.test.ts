import assert from "node:assert/strict";
import { CLIENT_IDS, SpotifyError, type SpotifyErrorCode, type TokenSourceName } from "../../src";
import { decide, type Refusal, type Situation, type SourceRefusal } from "../../src/tokens/decide";
import type { SourceChoice } from "../../src/tokens/explanation";
import { invalidScope } from "../../src/tokens/token-errors";

const { keymaster, android } = CLIENT_IDS;
const OWN_APP = "0123456789abcdef0123456789abcdef";
const NOW = Date.UTC(2026, 5, 1);
const SINCE = NOW - 60_000;
const UNTIL = NOW + 90_000;
const SCOPES = ["user-read-playback-state"];
const CURRENT = { clientId: keymaster, reason: "configured", since: 0 } as const;

const NOBODY: Situation = {
  now: NOW,
  current: CURRENT,
  grant: undefined,
  isHeldBack: false,
  appRefusal: undefined,
  whyNoToken: new SpotifyError("NOT_SIGNED_IN", "Sign in."),
  refusals: {},
  pauses: {},
};
const SIGNED_IN: Situation = { ...NOBODY, whyNoToken: undefined };

const refusal = (code: SpotifyErrorCode): Refusal => ({
  since: SINCE,
  until: UNTIL,
  error: new SpotifyError(code, `It was ${code}.`),
});
const refuses = (of: "client" | "scopes", code: SpotifyErrorCode): SourceRefusal => ({
  of,
  ...refusal(code),
});
const ACCOUNT_REFUSED: SourceRefusal = { of: "account", since: SINCE, until: UNTIL };

const covering = { ...SIGNED_IN, grant: { scopes: SCOPES } };
const lacking = { ...SIGNED_IN, grant: { scopes: [] } };
const ended = { ...SIGNED_IN, grant: { scopes: SCOPES, endedAt: SINCE } };
const held = { ...covering, isHeldBack: true };
const noPremium = { ...covering, appRefusal: refusal("PREMIUM_REQUIRED") };
const appOnly = (situation: Situation): Situation => ({ ...situation, whyNoToken: NOBODY.whyNoToken });
const blocked = { ...SIGNED_IN, whyNoToken: new SpotifyError("TRAVEL_RESTRICTION", "Go home.") };
const refusedBy = (refusals: Situation["refusals"], situation = SIGNED_IN): Situation => ({
  ...situation,
  refusals,
});
const pausedAt = (source: TokenSourceName, situation = SIGNED_IN): Situation => ({
  ...situation,
  pauses: { [source]: refusal("PROTOCOL_ERROR") },
});

/** The verdicts on oauth, keymaster and login5, with the chosen one in capitals; the source to ask; the error. */
type Row = readonly [
  what: string,
  situation: Situation,
  scopes: readonly string[],
  clientId: string,
  choice: SourceChoice,
  verdicts: string,
  source: TokenSourceName,
  code?: SpotifyErrorCode,
];

// prettier-ignore
const TABLE: readonly Row[] = [
  ["an account", SIGNED_IN, SCOPES, keymaster, "auto", "no-grant MINTS has-scopes", "keymaster"],
  ["an account, no scopes", SIGNED_IN, [], keymaster, "auto", "no-grant needs-scopes NO-SCOPES", "login5"],
  ["an account, scopes that are reported to be refused", SIGNED_IN, SCOPES, android, "auto", "no-grant MINTS has-scopes", "keymaster"],
  ["an account and an app", covering, SCOPES, OWN_APP, "auto", "GRANT-COVERS not-needed has-scopes", "oauth"],
  ["an account and an app, no scopes", covering, [], OWN_APP, "auto", "GRANT-COVERS needs-scopes not-needed", "oauth"],
  ["an app that lacks a scope", lacking, SCOPES, OWN_APP, "auto", "grant-lacks MINTS has-scopes", "keymaster"],
  ["an app whose sign-in has ended", ended, SCOPES, OWN_APP, "auto", "grant-ended MINTS has-scopes", "keymaster"],
  ["an app of a copied user directory", held, SCOPES, OWN_APP, "auto", "grant-held MINTS has-scopes", "keymaster"],
  ["a pairing of a copied user directory", held, SCOPES, keymaster, "auto", "grant-held MINTS has-scopes", "keymaster"],
  ["a pairing of a copied user directory, no scopes", held, [], keymaster, "auto", "grant-held needs-scopes NO-SCOPES", "login5"],
  ["an app whose owner has no Premium", noPremium, SCOPES, OWN_APP, "auto", "owner-not-premium MINTS has-scopes", "keymaster"],
  ["an app whose owner has no Premium, no scopes", noPremium, [], OWN_APP, "auto", "owner-not-premium needs-scopes NO-SCOPES", "login5"],

  ["no account", NOBODY, SCOPES, keymaster, "auto", "no-grant not-signed-in has-scopes", "keymaster", "NOT_SIGNED_IN"],
  ["no account, no scopes", NOBODY, [], keymaster, "auto", "no-grant needs-scopes not-signed-in", "login5", "NOT_SIGNED_IN"],
  ["only an app", appOnly(covering), SCOPES, OWN_APP, "auto", "GRANT-COVERS not-signed-in has-scopes", "oauth"],
  ["only an app that lacks a scope", appOnly(lacking), SCOPES, OWN_APP, "auto", "grant-lacks not-signed-in has-scopes", "oauth", "INVALID_SCOPE"],
  ["only an app whose sign-in has ended", appOnly(ended), [], OWN_APP, "auto", "grant-ended needs-scopes not-signed-in", "oauth", "SIGN_IN_EXPIRED"],
  ["only an app of a copied user directory", appOnly(held), SCOPES, OWN_APP, "auto", "grant-held not-signed-in has-scopes", "oauth", "NOT_SIGNED_IN"],
  ["only an app whose owner has no Premium", appOnly(noPremium), SCOPES, OWN_APP, "auto", "owner-not-premium not-signed-in has-scopes", "oauth", "PREMIUM_REQUIRED"],
  ["only a pairing that lacks a scope", appOnly(lacking), SCOPES, keymaster, "auto", "grant-lacks not-signed-in has-scopes", "oauth", "INVALID_SCOPE"],
  ["a session that has ended", blocked, SCOPES, keymaster, "auto", "no-grant session-over has-scopes", "keymaster", "TRAVEL_RESTRICTION"],
  ["a session that has ended, no scopes", blocked, [], keymaster, "auto", "no-grant needs-scopes session-over", "login5", "TRAVEL_RESTRICTION"],

  ["an account that keymaster refuses", refusedBy({ keymaster: ACCOUNT_REFUSED }), SCOPES, keymaster, "auto", "no-grant refused-account has-scopes", "keymaster", "REQUEST_REFUSED"],
  ["the same, no scopes", refusedBy({ keymaster: ACCOUNT_REFUSED }), [], keymaster, "auto", "no-grant needs-scopes NO-SCOPES", "login5"],
  ["the same with an app", refusedBy({ keymaster: ACCOUNT_REFUSED }, covering), SCOPES, OWN_APP, "auto", "GRANT-COVERS refused-account has-scopes", "oauth"],
  ["the same with an app that lacks a scope", refusedBy({ keymaster: ACCOUNT_REFUSED }, lacking), SCOPES, OWN_APP, "auto", "grant-lacks refused-account has-scopes", "oauth", "INVALID_SCOPE"],
  ["the same with a pairing that lacks a scope", refusedBy({ keymaster: ACCOUNT_REFUSED }, lacking), SCOPES, keymaster, "auto", "grant-lacks refused-account has-scopes", "keymaster", "REQUEST_REFUSED"],
  ["the same with a pairing of a copied user directory", refusedBy({ keymaster: ACCOUNT_REFUSED }, held), SCOPES, keymaster, "auto", "grant-held refused-account has-scopes", "oauth", "NOT_SIGNED_IN"],
  ["a client ID that keymaster refuses", refusedBy({ keymaster: refuses("client", "REQUEST_REFUSED") }), SCOPES, android, "auto", "no-grant refused-client has-scopes", "keymaster", "REQUEST_REFUSED"],
  ["a client ID that keymaster limits", refusedBy({ keymaster: refuses("client", "RATE_LIMITED") }), SCOPES, android, "auto", "no-grant refused-client has-scopes", "keymaster", "RATE_LIMITED"],
  ["scopes that keymaster refuses", refusedBy({ keymaster: refuses("scopes", "INVALID_SCOPE") }), SCOPES, android, "auto", "no-grant refused-scopes has-scopes", "keymaster", "INVALID_SCOPE"],
  ["a client ID that login5 refuses", refusedBy({ login5: refuses("client", "INVALID_CLIENT") }), [], android, "auto", "no-grant needs-scopes refused-client", "login5", "INVALID_CLIENT"],
  ["no account after a refusal", refusedBy({ keymaster: ACCOUNT_REFUSED }, NOBODY), SCOPES, keymaster, "auto", "no-grant not-signed-in has-scopes", "keymaster", "NOT_SIGNED_IN"],

  ["a pause of keymaster", pausedAt("keymaster"), SCOPES, keymaster, "auto", "no-grant MINTS has-scopes", "keymaster", "PROTOCOL_ERROR"],
  ["a pause of oauth", pausedAt("oauth", covering), SCOPES, OWN_APP, "auto", "GRANT-COVERS not-needed has-scopes", "oauth", "PROTOCOL_ERROR"],
  ["a pause of a source that is not asked", pausedAt("keymaster", covering), SCOPES, OWN_APP, "auto", "GRANT-COVERS not-needed has-scopes", "oauth"],

  ["keymaster was chosen", covering, SCOPES, OWN_APP, "keymaster", "not-chosen MINTS not-chosen", "keymaster"],
  ["keymaster was chosen, no scopes", covering, [], OWN_APP, "keymaster", "not-chosen needs-scopes not-chosen", "keymaster", "INVALID_ARGUMENT"],
  ["login5 was chosen, no scopes", covering, [], OWN_APP, "login5", "not-chosen not-chosen NO-SCOPES", "login5"],
  ["login5 was chosen", SIGNED_IN, SCOPES, keymaster, "login5", "not-chosen not-chosen has-scopes", "login5", "INVALID_ARGUMENT"],
  ["oauth was chosen", covering, SCOPES, OWN_APP, "oauth", "GRANT-COVERS not-chosen not-chosen", "oauth"],
  ["oauth was chosen without a sign-in", SIGNED_IN, SCOPES, OWN_APP, "oauth", "no-grant not-chosen not-chosen", "oauth", "NOT_SIGNED_IN"],
  ["oauth was chosen, and the sign-in has ended", ended, SCOPES, OWN_APP, "oauth", "grant-ended not-chosen not-chosen", "oauth", "SIGN_IN_EXPIRED"],
];

describe("The decision about a token's source", () => {
  for (const [what, situation, scopes, clientId, source, verdicts, asked, code] of TABLE) {
    it(`for ${what}: ${code ?? asked}`, () => {
      const decision = decide(situation, { scopes, clientId, source });
      const said = decision.verdicts.map(({ reason, taken }) => (taken ? reason.toUpperCase() : reason));
      assert.equal(said.join(" "), verdicts);
      assert.deepEqual(
        decision.verdicts.map((verdict) => verdict.source),
        ["oauth", "keymaster", "login5"],
      );
      assert.equal(decision.source, asked);
      assert.equal(decision.error?.code, code);
      const taken = decision.verdicts.find((verdict) => verdict.taken);
      assert.ok(taken ? taken.source === asked : code !== undefined);
    });
  }

  it("has the times of a refusal, and in its error the remaining seconds", () => {
    const request = { scopes: SCOPES, clientId: android, source: "auto" } as const;
    for (const refused of [ACCOUNT_REFUSED, refuses("client", "REQUEST_REFUSED")]) {
      const { error, verdicts } = decide(refusedBy({ keymaster: refused }), request);
      assert.deepEqual([verdicts[1]!.since, verdicts[1]!.until], [SINCE, UNTIL]);
      assert.deepEqual([error?.clientId, error?.scopes, error?.retryAfter], [android, SCOPES, 90]);
    }
    const late = { ...refusedBy({ keymaster: ACCOUNT_REFUSED }), now: UNTIL };
    assert.equal(decide(late, request).error?.retryAfter, 1);
  });

  it("says for refused scopes how the session got its present client ID, not the refused one", () => {
    const error = invalidScope(android, SCOPES, SCOPES, CURRENT);
    assert.match(error.message, /This request named that client ID/);
    const situation: Situation = {
      ...refusedBy({ keymaster: { of: "scopes", since: SINCE, until: UNTIL, error } }),
      current: { clientId: android, reason: "cluster", since: NOW },
    };
    const decision = decide(situation, { scopes: SCOPES, clientId: android, source: "auto" });
    assert.match(decision.error!.message, /at 2026-06-01T.* when a Spotify app took control of playback/);
    assert.deepEqual(decision.verdicts[1]!.scopes, SCOPES);
  });

  it("names the scopes that are missing or reported to be refused, unless keymaster was chosen", () => {
    const scopesOf = (situation: Situation, source: SourceChoice): unknown[] =>
      decide(situation, { scopes: SCOPES, clientId: android, source }).verdicts.map(({ scopes }) => scopes);
    assert.deepEqual(scopesOf(SIGNED_IN, "auto"), [undefined, SCOPES, undefined]);
    assert.deepEqual(scopesOf(SIGNED_IN, "keymaster"), [undefined, undefined, undefined]);
    assert.deepEqual(scopesOf(lacking, "oauth"), [SCOPES, undefined, undefined]);
  });

  it("has no error for callers that only ask about the source", () => {
    const { verdicts } = decide(NOBODY, { scopes: SCOPES, clientId: keymaster, source: "auto" });
    for (const verdict of verdicts) assert.ok(!("error" in verdict));
  });

  it("names the app whose owner has no Premium", () => {
    const request = { scopes: SCOPES, clientId: OWN_APP, source: "oauth" } as const;
    assert.equal(decide(appOnly(noPremium), request).error?.clientId, OWN_APP);
  });

  it("names scopes only for a refusal about scopes", () => {
    const scopesOf = (keymasterRefusal: SourceRefusal): readonly string[] | undefined => {
      const request = { scopes: SCOPES, clientId: android, source: "auto" } as const;
      const { verdicts } = decide(refusedBy({ keymaster: keymasterRefusal }), request);
      return verdicts.find(({ source }) => source === "keymaster")?.scopes;
    };
    assert.deepEqual(scopesOf(refuses("scopes", "INVALID_SCOPE")), SCOPES);
    assert.equal(scopesOf(refuses("client", "REQUEST_REFUSED")), undefined);
    assert.equal(scopesOf(ACCOUNT_REFUSED), undefined);
  });
});
