import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Authorization } from "../../src/oauth/authorization";
import type { OAuthRefusal } from "../../src/oauth/token-endpoint";
import { failureOf, thrownBy } from "../support/failure";
import { scriptedOAuth, type ScriptedOAuth } from "../support/http-server";
import { REDIRECT_URI } from "../support/own-app";
import { useStage } from "../support/stage";

const CLIENT_ID = "0123456789abcdef0123456789abcdef";
const TOKENS = {
  access_token: "BQaccess",
  token_type: "Bearer",
  expires_in: 3600,
  scope: "streaming user-top-read",
  refresh_token: "AQrefresh",
};

describe("an authorization", () => {
  // Only for its clock.
  const stage = useStage();
  let server: ScriptedOAuth;
  let authorization: Authorization;

  const begin = (): Authorization =>
    new Authorization({
      accounts: "https://accounts.spotify.com",
      clientId: CLIENT_ID,
      redirectUri: REDIRECT_URI,
      scopes: ["streaming", "user-top-read"],
    });

  /** The address at which the browser arrives. */
  function backWith(answer: Record<string, string>): string {
    return `${REDIRECT_URI}?${new URLSearchParams({ state: authorization.state, ...answer }).toString()}`;
  }

  beforeEach(async () => {
    server = await scriptedOAuth([{ body: TOKENS }]);
    authorization = begin();
  });
  afterEach(() => server.close());

  it("begins with an address that has all parameters that Spotify needs, and no secret", async () => {
    const url = new URL(authorization.url);
    assert.equal(url.origin + url.pathname, "https://accounts.spotify.com/authorize");
    const query = Object.fromEntries(url.searchParams);
    assert.deepEqual(query, {
      response_type: "code",
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      scope: "streaming user-top-read",
      state: authorization.state,
      code_challenge_method: "S256",
      code_challenge: query["code_challenge"],
    });
    await authorization.finish(backWith({ code: "AQcode" }), server.endpoint);
    const verifier = server.asked[0]!.form.get("code_verifier")!;
    assert.ok(!authorization.url.includes(verifier));
    assert.equal(createHash("sha256").update(verifier).digest("base64url"), query["code_challenge"]);
  });

  it("has a state and a challenge that cannot be guessed", () => {
    const urls = Array.from({ length: 50 }, () => new URL(begin().url).searchParams);
    for (const name of ["state", "code_challenge"])
      assert.equal(new Set(urls.map((query) => query.get(name))).size, 50);
    assert.ok(authorization.state.length >= 32);
  });

  it("exchanges the code for tokens, with the parameters of RFC 6749 and RFC 7636", async () => {
    const tokens = await authorization.finish(backWith({ code: "AQcode" }), server.endpoint);
    assert.deepEqual(tokens, {
      accessToken: "BQaccess",
      lifetime: 3600,
      scopes: ["streaming", "user-top-read"],
      refreshToken: "AQrefresh",
    });
    const [{ path, form }] = server.asked as [ScriptedOAuth["asked"][number]];
    assert.equal(path, "/api/token");
    const { code_verifier: verifier, ...fields } = Object.fromEntries(form);
    assert.match(verifier!, /^[\w-]{43}$/);
    assert.deepEqual(fields, {
      grant_type: "authorization_code",
      code: "AQcode",
      redirect_uri: REDIRECT_URI,
      client_id: CLIENT_ID,
    });
  });

  it("recognises its own address, and no other", () => {
    assert.ok(authorization.matches(backWith({ code: "AQcode" })));
    assert.ok(!begin().matches(backWith({ code: "AQcode" })));
    for (const text of ["", "undefined", REDIRECT_URI, `${REDIRECT_URI}?state=`, authorization.state])
      assert.ok(!authorization.matches(text), text);
  });

  it("accepts an address that was pasted with spaces and line breaks around it", async () => {
    const tokens = await authorization.finish(` \n${backWith({ code: "AQcode" })}\r\n `, server.endpoint);
    assert.equal(tokens.accessToken, "BQaccess");
  });

  it("reads an escaped code from an address", async () => {
    await authorization.finish(backWith({ code: "AQ+/=&%20ü" }), server.endpoint);
    assert.equal(server.asked[0]!.form.get("code"), "AQ+/=&%20ü");
  });

  it("refuses addresses that belong to no sign-in, and then still accepts its own", async () => {
    const foreign = [
      "",
      "hello",
      "https://accounts.spotify.com/authorize?client_id=x",
      `${REDIRECT_URI}?code=AQcode`,
      `${REDIRECT_URI}?code=AQcode&state=`,
      `${REDIRECT_URI}?code=AQcode&state=${begin().state}`,
      `${REDIRECT_URI}?code=AQcode&state=${authorization.state}x`,
      `${backWith({ code: "AQcode" })}&padding=${"x".repeat(10_000)}`,
      "x".repeat(10_000_000),
    ];
    for (const address of foreign) {
      const error = await failureOf(authorization.finish(address, server.endpoint), "INVALID_ARGUMENT");
      assert.ok(!error.message.includes("AQcode"));
    }
    assert.equal(server.asked.length, 0);
    await authorization.finish(backWith({ code: "AQcode" }), server.endpoint);
  });

  it("works once", async () => {
    const address = backWith({ code: "AQcode" });
    await authorization.finish(address, server.endpoint);
    const { message } = await failureOf(authorization.finish(address, server.endpoint), "INVALID_ARGUMENT");
    assert.match(message, /begin again/i);
    assert.equal(server.asked.length, 1);
  });

  it("works once if two callers complete it at the same time", async () => {
    const address = backWith({ code: "AQcode" });
    const [first, second] = await Promise.allSettled([
      authorization.finish(address, server.endpoint),
      authorization.finish(address, server.endpoint),
    ]);
    assert.deepEqual([first.status, second.status], ["fulfilled", "rejected"]);
    assert.equal(server.asked.length, 1);
  });

  it("expires after ten minutes", async () => {
    const { time } = stage.current;
    authorization = begin();
    await time.advance(10 * 60_000);
    await failureOf(authorization.finish(backWith({ code: "AQcode" }), server.endpoint), "INVALID_ARGUMENT");
    assert.equal(server.asked.length, 0);
  });

  it("says that the user has cancelled", async () => {
    const error = await failureOf(
      authorization.finish(backWith({ error: "access_denied" }), server.endpoint),
      "NOT_SIGNED_IN",
    );
    assert.match(error.message, /cancelled/);
    assert.equal((error as OAuthRefusal).error, "access_denied");
    assert.equal(server.asked.length, 0);
  });

  it("also reports an unknown error, without a quote", async () => {
    for (const name of ["server_error", "constructor", "__proto__", "toString", "", "<script>"]) {
      authorization = begin();
      const error = await failureOf(
        authorization.finish(backWith({ error: name }), server.endpoint),
        "PROTOCOL_ERROR",
      );
      assert.equal(typeof error.message, "string");
      assert.ok(error.message.length > 10);
      if (name !== "") assert.ok(!error.message.includes(name));
    }
  });

  it("says that the address has no code", async () => {
    await failureOf(authorization.finish(backWith({}), server.endpoint), "INVALID_ARGUMENT");
  });

  it("does not begin with a redirect address that Spotify would refuse", () => {
    const options = { accounts: "https://a.example", clientId: CLIENT_ID, scopes: ["streaming"] };
    thrownBy(
      () => new Authorization({ ...options, redirectUri: "http://localhost:1880/" }),
      "INVALID_ARGUMENT",
    );
  });

  /** Answer of the token endpoint → the error's code. */
  const REFUSALS: readonly [number, unknown, string][] = [
    [400, { error: "invalid_grant", error_description: "Invalid authorization code" }, "SIGN_IN_EXPIRED"],
    [400, { error: "invalid_client" }, "INVALID_CLIENT"],
    [401, { error: "invalid_client" }, "INVALID_CLIENT"],
    [400, { error: "unauthorized_client" }, "INVALID_CLIENT"],
    [400, { error: "unsupported_grant_type" }, "INVALID_CLIENT"],
    [400, { error: "invalid_scope" }, "INVALID_SCOPE"],
    [400, { error: "invalid_request" }, "PROTOCOL_ERROR"],
    [400, { error: "constructor" }, "PROTOCOL_ERROR"],
    [400, { error: { status: 400 } }, "PROTOCOL_ERROR"],
    [400, "<html>", "PROTOCOL_ERROR"],
    [403, "null", "PROTOCOL_ERROR"],
    [302, "", "PROTOCOL_ERROR"],
    [204, "", "PROTOCOL_ERROR"],
    [500, { error: "invalid_grant" }, "UNREACHABLE"],
    [503, "", "UNREACHABLE"],
    [200, "", "PROTOCOL_ERROR"],
    [200, "null", "PROTOCOL_ERROR"],
    [200, "[]", "PROTOCOL_ERROR"],
    [200, "5", "PROTOCOL_ERROR"],
    [200, { ...TOKENS, access_token: undefined }, "PROTOCOL_ERROR"],
    [200, { ...TOKENS, access_token: "BQ\r\nx: y" }, "PROTOCOL_ERROR"],
    [200, { ...TOKENS, access_token: "x".repeat(5000) }, "PROTOCOL_ERROR"],
    [200, { ...TOKENS, expires_in: 0 }, "PROTOCOL_ERROR"],
    [200, { ...TOKENS, expires_in: "soon" }, "PROTOCOL_ERROR"],
    [200, { ...TOKENS, padding: "x".repeat(70_000) }, "PROTOCOL_ERROR"],
  ];

  for (const [status, body, code] of REFUSALS) {
    const shown = (typeof body === "string" ? body : JSON.stringify(body)).slice(0, 70);
    it(`reports HTTP ${status} ${shown} as ${code}, without a quote of the answer or the code`, async () => {
      server.answers.splice(0, 1, { status, body });
      const error = await failureOf(authorization.finish(backWith({ code: "AQcode" }), server.endpoint));
      assert.equal(error.code, code);
      assert.ok(error.message.length > 10);
      for (const secret of ["AQcode", "AQrefresh", "BQaccess", "html", "Invalid authorization"])
        assert.ok(!`${error.message} ${String(error.cause)}`.includes(secret));
    });
  }

  it("accepts an answer without scopes or refresh token", async () => {
    server.answers.splice(0, 1, { body: { ...TOKENS, scope: undefined, refresh_token: undefined } });
    const tokens = await authorization.finish(backWith({ code: "AQcode" }), server.endpoint);
    assert.deepEqual([tokens.scopes, tokens.refreshToken], [null, undefined]);
  });

  it("does not accept a lifetime of years for an access token", async () => {
    server.answers.splice(0, 1, { body: { ...TOKENS, expires_in: 1e12 } });
    const { lifetime } = await authorization.finish(backWith({ code: "AQcode" }), server.endpoint);
    assert.equal(lifetime, 86_400);
  });
});
