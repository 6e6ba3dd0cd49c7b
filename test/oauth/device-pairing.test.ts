import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../src";
import { DevicePairing } from "../../src/oauth/device-pairing";
import type { OAuthTokens } from "../../src/oauth/token-endpoint";
import { failureOf, Outcome } from "../support/failure";
import { scriptedOAuth, type Scripted, type ScriptedOAuth } from "../support/http-server";
import { useStage } from "../support/stage";

const CODES = {
  device_code: "device code",
  user_code: "BCDFGH",
  verification_uri: "https://spotify.com/pair",
  verification_uri_complete: "https://spotify.com/pair?code=BCDFGH",
  expires_in: 3600,
  interval: 5,
};
const TOKENS = { access_token: "BQaccess", expires_in: 3600, scope: "streaming", refresh_token: "AQrefresh" };
const PENDING: Scripted = { status: 400, body: { error: "authorization_pending" } };
const refused = (error: string): Scripted => ({ status: 400, body: { error } });

describe("pairing with a code", () => {
  const stage = useStage();
  let server: ScriptedOAuth;
  let ending: AbortController;

  beforeEach(async () => {
    ending = new AbortController();
    server = await scriptedOAuth([]);
  });
  afterEach(async () => {
    ending.abort(new Error("The test is over"));
    await server.close();
  });

  const begin = (clientId: string = CLIENT_IDS.keymaster): Promise<DevicePairing> =>
    DevicePairing.begin(server, clientId, ["streaming", "user-top-read"]);

  /** Begins a pairing while the clock stands still, and waits. */
  async function waiting(...answers: Scripted[]): Promise<Outcome<OAuthTokens>> {
    void stage.current.time;
    server.answers.push({ body: CODES }, ...answers);
    const pairing = await begin();
    return new Outcome(pairing.wait(ending.signal));
  }

  /** Lets time pass until there were `polls` polls. @returns the seconds between them, and before the first */
  async function waitsUntil(polls: number): Promise<number[]> {
    const { time } = stage.current;
    await time.until(() => server.asked.length > polls, 4_000_000, 500);
    return server.asked.slice(1, polls + 1).map(({ at }, i) => Math.round((at - server.asked[i]!.at) / 1000));
  }

  async function settled(outcome: Outcome<OAuthTokens>): Promise<Outcome<OAuthTokens>> {
    await stage.current.time.until(() => !outcome.pending, 4_000_000, 500);
    return outcome;
  }

  it("requests a code according to RFC 8628", async () => {
    server.answers.push({ body: CODES });
    const { code } = await begin();
    const [{ path, form }] = server.asked as [ScriptedOAuth["asked"][number]];
    assert.equal(path, "/oauth2/device/authorize");
    assert.deepEqual(Object.fromEntries(form), {
      client_id: CLIENT_IDS.keymaster,
      scope: "streaming user-top-read",
    });
    assert.equal(code.userCode, "BCDFGH");
    assert.equal(code.verificationUri, "https://spotify.com/pair");
    assert.equal(code.verificationUriComplete, "https://spotify.com/pair?code=BCDFGH");
    assert.ok(Math.abs(code.expiresAt - Date.now() - 3_600_000) < 10_000);
  });

  it("polls at the interval, for the first time after one interval, until the code is typed", async () => {
    const outcome = await waiting(PENDING, PENDING, PENDING, { body: TOKENS });
    assert.deepEqual(await waitsUntil(4), [5, 5, 5, 5]);
    assert.deepEqual((await settled(outcome)).result, {
      accessToken: "BQaccess",
      lifetime: 3600,
      scopes: ["streaming"],
      refreshToken: "AQrefresh",
    });
    assert.deepEqual(Object.fromEntries(server.asked[1]!.form), {
      client_id: CLIENT_IDS.keymaster,
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: "device code",
    });
  });

  it("waits 5 s longer after each slow_down", async () => {
    await waiting(PENDING, refused("slow_down"), PENDING, refused("slow_down"), PENDING);
    assert.deepEqual(await waitsUntil(6), [5, 5, 10, 10, 15, 15]);
  });

  it("waits longer each time there is no answer, as RFC 8628 requires", async () => {
    const outcome = await waiting({ status: 503 }, { drop: true }, PENDING, PENDING, { body: TOKENS });
    assert.deepEqual(await waitsUntil(5), [5, 10, 20, 20, 20]);
    assert.ok((await settled(outcome)).result);
  });

  it("waits for the Retry-After of a 429 once", async () => {
    const outcome = await waiting({ status: 429, headers: { "retry-after": "90" } }, PENDING, {
      body: TOKENS,
    });
    assert.deepEqual(await waitsUntil(3), [5, 90, 5]);
    assert.ok((await settled(outcome)).result);
  });

  it("ends when the code has expired, not when a 429 would have allowed the next poll", async () => {
    const begun = Date.now();
    const outcome = await waiting({ status: 429, headers: { "retry-after": "80000" } });
    const { error } = await settled(outcome);
    assert.equal(error?.code, "TIMEOUT");
    assert.ok(Date.now() - begun < 3_700_000, `${(Date.now() - begun) / 1000} s`);
    assert.equal(server.asked.length, 2);
  });

  /** Spotify's answer to a poll → the error's code. */
  const ENDS: readonly [string, string][] = [
    ["access_denied", "NOT_SIGNED_IN"],
    ["expired_token", "TIMEOUT"],
    ["invalid_grant", "SIGN_IN_EXPIRED"],
    ["unauthorized_client", "INVALID_CLIENT"],
    ["invalid_client", "INVALID_CLIENT"],
    ["invalid_request", "PROTOCOL_ERROR"],
    ["unsupported_grant_type", "INVALID_CLIENT"],
    ["something_new", "PROTOCOL_ERROR"],
  ];
  for (const [answer, code] of ENDS) {
    it(`ends with ${code} on ${answer}, and polls no more`, async () => {
      const outcome = await waiting(PENDING, refused(answer));
      assert.equal((await settled(outcome)).error?.code, code);
      await stage.current.time.advance(120_000);
      assert.equal(server.asked.length, 3);
    });
  }

  it("ends with PROTOCOL_ERROR on an invalid answer", async () => {
    const outcome = await waiting({ status: 200, body: "<html>" });
    assert.equal((await settled(outcome)).error?.code, "PROTOCOL_ERROR");
  });

  it("ends when it is cancelled: while it waits, and during a poll", async () => {
    const reason = new Error("cancelled");
    const outcome = await waiting(PENDING);
    await waitsUntil(2);
    ending.abort(reason);
    await stage.current.time.settle();
    assert.equal(outcome.error, reason);
    await stage.current.time.advance(60_000);
    assert.equal(server.asked.length, 3);
  });

  it("does not poll in a tight loop, no matter what the answer says", async () => {
    void stage.current.time;
    for (const interval of [0, -5, 0.001, "fast", null]) {
      server.answers.splice(0, 9, { body: { ...CODES, interval } }, PENDING);
      server.asked.length = 0;
      void (await begin()).wait(ending.signal).catch(() => undefined);
      const [first] = await waitsUntil(1);
      assert.ok(first! >= 1 && first! <= 60, `${String(interval)}: ${first} s`);
      ending.abort();
      ending = new AbortController();
    }
  });

  it("never polls sooner than Spotify allows, even after many a slow_down or without an answer", async () => {
    void stage.current.time;
    const slow = refused("slow_down");
    server.answers.push({ body: { ...CODES, interval: 100 } }, { status: 503 }, slow, slow, PENDING);
    void (await begin()).wait(ending.signal).catch(() => undefined);
    assert.deepEqual(await waitsUntil(4), [100, 100, 105, 110]);
  });

  it("does not poll at all if Spotify names an interval that is longer than the code's lifetime", async () => {
    void stage.current.time;
    server.answers.push({ body: { ...CODES, interval: Number.MAX_VALUE } });
    const { error } = await settled(new Outcome((await begin()).wait(ending.signal)));
    assert.equal(error?.code, "TIMEOUT");
    assert.equal(server.asked.length, 1);
  });

  it("does not wait for years, no matter what the answer says", async () => {
    for (const expires_in of [1e12, undefined, "long", -1]) {
      server.answers.splice(0, 9, { body: { ...CODES, expires_in } });
      const { code } = await begin();
      const left = code.expiresAt - Date.now();
      assert.ok(left > 0 && left <= 3_600_000, String(expires_in));
    }
  });

  it("accepts no answer without a valid code", async () => {
    const answers: unknown[] = [
      "",
      "null",
      "5",
      "[]",
      "{}",
      { ...CODES, device_code: 5 },
      { ...CODES, user_code: "" },
      { ...CODES, verification_uri: undefined },
      { ...CODES, verification_uri: "javascript:alert(1)" },
      { ...CODES, user_code: "x".repeat(5000) },
    ];
    for (const body of answers) {
      server.answers.splice(0, 9, { body });
      await failureOf(begin(), "PROTOCOL_ERROR");
    }
    server.answers.splice(0, 9, { body: { ...CODES, verification_uri_complete: "javascript:alert(1)" } });
    assert.equal((await begin()).code.verificationUriComplete, undefined);
  });

  it("reports that Spotify cannot be reached, has a problem, or has a rate limit", async () => {
    server.answers.splice(0, 9, { drop: true });
    await failureOf(begin(), "UNREACHABLE");
    server.answers.splice(0, 9, { status: 500 });
    await failureOf(begin(), "UNREACHABLE");
    server.answers.splice(0, 9, { status: 429, headers: { "retry-after": "7" } });
    assert.equal((await failureOf(begin(), "RATE_LIMITED")).retryAfter, 7);
    const asked = server.asked.length;
    await failureOf(begin(), "RATE_LIMITED");
    assert.equal(server.asked.length, asked);
  });

  it("is possible only for the desktop client ID, and not for Android, iOS and the user's own apps", async () => {
    const { simulator } = stage.current;
    server.accounts = simulator.endpoints.accounts;
    assert.ok((await begin()).code.userCode);
    for (const clientId of [CLIENT_IDS.android, CLIENT_IDS.ios, simulator.addApp().clientId]) {
      const error = await failureOf(begin(clientId), "INVALID_CLIENT");
      assert.equal(error.clientId, clientId);
    }
    await failureOf(begin("f".repeat(32)), "INVALID_CLIENT");
  });
});
