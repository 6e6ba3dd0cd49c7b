import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS, type TokenSourceName } from "../../src";
import { CachedToken } from "../../src/tokens/cached-token";
import { RefusedTokens } from "../../src/tokens/refused-tokens";
import { endClock } from "../support/end-clock";

const { keymaster, android } = CLIENT_IDS;
const HOUR = 3_600_000;
/** As many as are remembered. */
const MOST = 256;

describe("The tokens that a server has refused", () => {
  let clock: Clock;
  let refused: RefusedTokens;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["Date", "performance"] });
    refused = new RefusedTokens();
  });
  afterEach(() => endClock(clock));

  /** A token of keymaster, for the desktop client ID, that a server refuses. */
  function refuse(...scopes: string[]): CachedToken {
    const minted = { accessToken: `token for ${scopes.join()}`, lifetime: 3_600, scopes };
    const token = CachedToken.minted({ ...minted, source: "keymaster" }, keymaster, scopes, Date.now());
    refused.add(token.accessToken, token);
    return token;
  }

  const scopesFor = (
    scopes: readonly string[],
    source: TokenSourceName = "keymaster",
    clientId: string = keymaster,
  ): readonly string[] => refused.scopesFor(source, clientId, scopes);

  it("are known again, though they may have been in no cache", () => {
    assert.equal(refused.has("token"), false);
    refused.add("token");
    assert.equal(refused.has("token"), true);
    assert.equal(refused.has("another"), false);
    assert.deepEqual(scopesFor(["streaming"]), ["streaming"]);
  });

  it("are forgotten one by one when there are too many, those that were refused first before the others", () => {
    for (let i = 0; i < MOST; i++) refused.add(`token ${i}`);
    assert.equal(refused.has("token 0"), true);
    refused.add("one more");
    assert.deepEqual(
      ["token 0", "token 1", "one more"].map((token) => refused.has(token)),
      [false, true, true],
    );
  });

  it("are replaced by tokens that have all their scopes", () => {
    refuse("streaming", "user-top-read");
    assert.deepEqual(scopesFor(["user-top-read"]), ["streaming", "user-top-read"]);
    assert.deepEqual(scopesFor([]), ["streaming", "user-top-read"]);
  });

  for (const [what, source, clientId] of [
    ["another source", "oauth", keymaster],
    ["another client ID", "keymaster", android],
  ] as const) {
    it(`are not replaced by a token of ${what}`, () => {
      refuse("streaming", "user-read-email");
      assert.deepEqual(scopesFor(["streaming"], source, clientId), ["streaming"]);
      refused.replaced(source, clientId, ["streaming", "user-read-email"]);
      assert.deepEqual(scopesFor(["streaming"]), ["streaming", "user-read-email"]);
    });
  }

  it("are not replaced by a token that lacks one of their scopes", () => {
    refuse("streaming", "user-read-email");
    refused.replaced("keymaster", keymaster, ["streaming", "user-top-read"]);
    assert.deepEqual(scopesFor(["streaming"]), ["streaming", "user-read-email"]);
  });

  it("are not replaced for a request that needs a scope that they did not have", () => {
    refuse("streaming");
    assert.deepEqual(scopesFor(["streaming", "user-top-read"]), ["streaming", "user-top-read"]);
    assert.deepEqual(scopesFor(["user-top-read"]), ["user-top-read"]);
  });

  it("need not be replaced any more when one for all their scopes was minted, or was refused", () => {
    refuse("streaming");
    refuse("user-top-read");
    refused.replaced("keymaster", keymaster, ["user-top-read", "user-read-email"]);
    assert.deepEqual(scopesFor(["user-top-read"]), ["user-top-read"]);
    assert.deepEqual(scopesFor([]), ["streaming"]);
    refused.replaced("keymaster", keymaster, ["streaming"]);
    assert.deepEqual(scopesFor([]), []);
    assert.equal(refused.has("token for streaming"), true, "they are still refused");
  });

  for (const [what, age, scopes] of [
    ["are replaced in their last second", HOUR - 1, ["streaming"]],
    ["need not be replaced after they have expired", HOUR, []],
  ] as const) {
    it(what, () => {
      refuse("streaming");
      clock.setSystemTime(Date.now() + age);
      assert.deepEqual(scopesFor([]), scopes);
    });
  }
});
