import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS, SpotifyError, type SpotifyErrorCode } from "../../src";
import type { CurrentClientId } from "../../src/core/client-id";
import type { Mercury } from "../../src/mercury/mercury";
import { Keymaster } from "../../src/tokens/keymaster";
import { UnexpectedAnswer } from "../../src/tokens/token-errors";
import { failureOf, Outcome } from "../support/failure";

const { ios } = CLIENT_IDS;
const CURRENT: CurrentClientId = { clientId: ios, reason: "configured", since: 0 };
const TOKEN = { accessToken: "BQtoken", expiresIn: 3600, scope: ["streaming", "user-top-read"] };
const NEVER = new AbortController().signal;

type Answer = [statusCode: number, body?: object | string];

describe("keymaster", () => {
  let clock: Clock & { uninstall(): void };
  let answers: Answer[];
  let uris: string[];
  let timeouts: unknown[];
  /** Whether a fresh session can be had, and how often it was. */
  let mayRenew: boolean;
  let renewed: number;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout"] });
    [answers, uris, timeouts, mayRenew, renewed] = [[], [], [], true, 0];
  });
  afterEach(() => clock.uninstall());

  const mercury = {
    get: (uri: string, { timeout, signal }: { timeout: number; signal: AbortSignal }) => {
      assert.equal(signal, NEVER);
      uris.push(uri);
      timeouts.push(timeout);
      const [statusCode, body = ""] = answers.shift()!;
      const text = typeof body === "string" ? body : JSON.stringify(body);
      // Mercury may cut an answer in parts anywhere.
      const payload = [Buffer.from(text.slice(0, 5)), Buffer.from(text.slice(5))];
      return Promise.resolve({ uri, statusCode, payload });
    },
  };

  /** What comes of a request for `streaming` that is answered so. */
  async function mint(...answered: Answer[]): Promise<Outcome<unknown>> {
    answers = answered;
    const keymaster = new Keymaster({
      mercury: mercury as unknown as Mercury,
      deviceId: () => "d0",
      current: CURRENT,
      renew: () => {
        if (mayRenew) renewed++;
        return Promise.resolve(mayRenew);
      },
    });
    const outcome = new Outcome(keymaster.mint(["streaming", "user-top-read"], ios, NEVER));
    await clock.tickAsync(20_000);
    assert.equal(answers.length, 0, "each answer was asked for");
    return outcome;
  }

  async function failure(code: SpotifyErrorCode, ...answered: Answer[]): Promise<SpotifyError> {
    const { error } = await mint(...answered);
    assert.ok(error instanceof SpotifyError);
    assert.equal(error.code, code, error.message);
    const { clientId, scopes } = error;
    assert.deepEqual([clientId, scopes], [ios, ["streaming", "user-top-read"]]);
    return error;
  }

  it("is asked for the scopes, with the client ID and the device, and may take two minutes", async () => {
    const { result } = await mint([200, TOKEN]);
    assert.deepEqual(uris, [
      `hm://keymaster/token/authenticated?scope=streaming,user-top-read&client_id=${ios}&device_id=d0`,
    ]);
    assert.deepEqual(timeouts, [120_000]);
    assert.deepEqual(result, {
      accessToken: "BQtoken",
      lifetime: 3600,
      scopes: TOKEN.scope,
      source: "keymaster",
    });
  });

  for (const [what, change, expected] of [
    ["that lives for a minute and a second", { expiresIn: 61 }, { lifetime: 61 }],
    ["that lives for more than a day, which we do not believe", { expiresIn: 9e9 }, { lifetime: 86_400 }],
    ["with more scopes", { scope: [...TOKEN.scope, "x"] }, { scopes: [...TOKEN.scope, "x"] }],
    ["with something else among its scopes", { scope: [5, ...TOKEN.scope] }, { scopes: TOKEN.scope }],
    ["without scopes", { scope: undefined }, { scopes: null }],
    ["with scopes that are a text", { scope: "streaming" }, { scopes: null }],
    ["of 4,096 characters", { accessToken: "x".repeat(4096) }, { accessToken: "x".repeat(4096) }],
  ] as const) {
    it(`may give a token ${what}`, async () => {
      const { result } = await mint([200, { ...TOKEN, ...change }]);
      assert.deepEqual(result, {
        accessToken: "BQtoken",
        lifetime: 3600,
        scopes: TOKEN.scope,
        source: "keymaster",
        ...expected,
      });
    });
  }

  for (const [what, change, words] of [
    ["that is no text", { accessToken: 5 }, /not a token/],
    ["with a space", { accessToken: "a b" }, /not a token/],
    ["with a space at its end", { accessToken: "a " }, /not a token/],
    ["with a space at its beginning", { accessToken: " a" }, /not a token/],
    ["whose life is no number", { expiresIn: "3600" }, /not a token/],
    ["that lives for a minute", { expiresIn: 60 }, /for 60 s only/],
    ["whose life is beyond all numbers", { expiresIn: null }, /not a token/],
  ] as const) {
    it(`has not given a token ${what}`, async () => {
      const error = await failure("PROTOCOL_ERROR", [200, { ...TOKEN, ...change }]);
      assert.ok(error instanceof UnexpectedAnswer);
      assert.match(error.message, words);
    });
  }

  it("has not given a token in an answer that is too long, or no JSON", async () => {
    const long = JSON.stringify({ ...TOKEN, more: "x".repeat(64 * 1024) });
    await failure("PROTOCOL_ERROR", [200, long]);
    await failure("PROTOCOL_ERROR", [200, "null"]);
    await failure("PROTOCOL_ERROR", [200, "{"]);
    const full = JSON.stringify({ ...TOKEN, more: "" });
    const { result } = await mint([200, full.replace('""', `"${"x".repeat(64 * 1024 - full.length)}"`)]);
    assert.ok(result);
  });

  it("has refused a scope that its token lacks", async () => {
    const error = await failure("INVALID_SCOPE", [200, { ...TOKEN, scope: ["user-top-read"] }]);
    assert.match(error.message, /streaming/);
    assert.doesNotMatch(error.message, /user-top-read/);
  });

  it("refuses scopes with 400 and code 3", async () => {
    await failure("INVALID_SCOPE", [400, { code: 3 }]);
    assert.equal(renewed, 0);
  });

  it("may refuse the account in error: it is asked once more on a fresh session", async () => {
    assert.ok((await mint([403, { code: 4 }], [200, TOKEN])).result);
    assert.equal(renewed, 1);
  });

  it("refuses the account if it does so on a fresh session, too", async () => {
    const error = await failure("REQUEST_REFUSED", [403, { code: 4 }], [403, { code: 4 }]);
    assert.deepEqual([renewed, error.retryAfter], [1, 900]);
  });

  it("refuses the account at once if there was a fresh session a short while ago", async () => {
    mayRenew = false;
    await failure("REQUEST_REFUSED", [403, { code: 4 }]);
  });

  it("says that it is asked too often with 429", async () => {
    assert.equal((await failure("RATE_LIMITED", [429])).retryAfter, 60);
  });

  for (const [status, body] of [
    [400, { code: 4 }],
    [400, ""],
    [403, { code: 3 }],
    [403, "{"],
    [404, ""],
  ] as const) {
    it(`means nothing that is known with ${status} and ${JSON.stringify(body)}`, async () => {
      const error = await failure("PROTOCOL_ERROR", [status, body]);
      assert.ok(error instanceof UnexpectedAnswer);
      assert.match(error.message, new RegExp(`status ${status}`));
    });
  }

  it("is asked three times in all while it has a fault", async () => {
    assert.ok((await mint([500], [503], [200, TOKEN])).result);
    const error = await failure("UNREACHABLE", [502], [500], [500]);
    assert.match(error.message, /status 500/);
  });

  it("is not asked again if there is no answer: the connection knows why", async () => {
    const lost = new SpotifyError("UNREACHABLE", "The connection is lost.");
    const keymaster = new Keymaster({
      mercury: { get: () => Promise.reject(lost) } as unknown as Mercury,
      deviceId: () => "d0",
      current: CURRENT,
      renew: () => Promise.resolve(true),
    });
    assert.equal(await failureOf(keymaster.mint(["streaming"], ios, NEVER)), lost);
  });
});
