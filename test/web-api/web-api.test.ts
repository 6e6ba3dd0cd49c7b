import assert from "node:assert/strict";
import type { WebApiResponse } from "../../src/web-api/web-api";
import { useClock } from "../async/support";
import { failureOf } from "../support/failure";
import { APP, ScriptedWebApi, settled } from "./support";

const NEVER = new AbortController().signal;
const PLAYER = { path: "/v1/me/player" };
/** Spotify's own message. */
const TOKEN_MISSING = { status: 401, body: '{"error":{"status":401,"message":"Access token missing"}}' };
const PREMIUM_MISSING = { status: 403, body: '{"error":{"status":403,"message":"Premium required"}}' };
const EXPIRED = { status: 401, body: '{"error":{"status":401,"message":"The access token expired"}}' };

describe("A request to the Web API", () => {
  const clock = useClock();
  let spotify: ScriptedWebApi;

  beforeEach(async () => {
    spotify = await ScriptedWebApi.start();
  });

  afterEach(() => spotify.close());

  const ask = (request: Parameters<typeof spotify.webApi.request>[0] = PLAYER): Promise<WebApiResponse> =>
    settled(clock.current, spotify.webApi.request(request, spotify.token, NEVER));
  const read = (): Promise<unknown> =>
    settled(clock.current, spotify.webApi.document(PLAYER, spotify.token, NEVER));

  it("has the app's token, the query, and a body in JSON", async () => {
    spotify.answers = [{ status: 202, headers: { "x-said": "yes" }, body: '{"done":true}' }];
    const answer = await ask({
      method: "PUT",
      path: "/v1/me/player/play",
      query: { device_id: "a&b" },
      body: { uris: ["spotify:track:1"] },
    });
    assert.deepEqual([answer.status, answer.headers["x-said"], answer.body], [202, "yes", { done: true }]);
    const [{ line, headers, body }] = spotify.asked as [(typeof spotify.asked)[0]];
    assert.equal(line, "PUT /v1/me/player/play?device_id=a%26b");
    assert.equal(headers.authorization, "Bearer token 1");
    assert.equal(headers["content-type"], "application/json");
    assert.equal(body, '{"uris":["spotify:track:1"]}');
  });

  it("has no body if none is given, because an empty one makes /play lose its queue", async () => {
    await ask({ method: "PUT", path: "/v1/me/player/play" });
    const [{ headers, body }] = spotify.asked as [(typeof spotify.asked)[0]];
    assert.deepEqual([headers["content-length"], headers["content-type"], body], ["0", undefined, ""]);
  });

  for (const [what, body, expected] of [
    ["nothing", "", undefined],
    ["a document", '{"a":[1]}', { a: [1] }],
    ["what looks like an ack", "oPClBVDzidwlAlSqmFF-zKNO62E", "oPClBVDzidwlAlSqmFF-zKNO62E"],
  ] as const) {
    it(`answers with ${what} for a body of ${JSON.stringify(body)}`, async () => {
      spotify.answers = [{ body }];
      assert.deepEqual((await ask()).body, expected);
    });
  }

  for (const status of [204, 302, 400, 403, 404]) {
    it(`leaves the meaning of ${status} to the caller`, async () => {
      spotify.answers = [{ status, headers: { location: "http://127.0.0.2/elsewhere" } }];
      assert.equal((await ask()).status, status);
      assert.equal(spotify.asked.length, 1);
    });
  }

  it("is sent once more with a new token if the token is refused, and then answered with 401", async () => {
    spotify.answers = [EXPIRED, {}, EXPIRED, EXPIRED];
    assert.equal((await ask()).status, 200);
    assert.equal((await ask()).status, 401);
    assert.deepEqual(spotify.tokens, ["token 1", "token 2", "token 2", "token 3"]);
    assert.deepEqual(spotify.token.refusedOnes, ["token 1", "token 2", "token 3"]);
  });

  for (const [what, refusal] of [
    ["401 Access token missing", TOKEN_MISSING],
    ["403 Premium required", PREMIUM_MISSING],
  ] as const) {
    it(`sends the same token again a moment later after ${what}`, async () => {
      spotify.answers = [refusal, refusal, {}];
      const since = Date.now();
      assert.equal((await ask()).status, 200);
      const took = Date.now() - since;
      assert.ok(took >= 300 && took < 3_000, `${took} ms`);
      assert.deepEqual(spotify.tokens, ["token 1", "token 1", "token 1"]);
      assert.deepEqual(spotify.token.refusedOnes, []);
    });
  }

  it("uses a new token in the end, if Spotify repeatedly says that the token is missing", async () => {
    spotify.answers = [TOKEN_MISSING, TOKEN_MISSING, TOKEN_MISSING, {}];
    assert.equal((await ask()).status, 200);
    assert.deepEqual(spotify.tokens, ["token 1", "token 1", "token 1", "token 2"]);
  });

  it("is answered with 403 in the end, if Spotify repeatedly requires Premium", async () => {
    spotify.answers = Array.from({ length: 9 }, () => PREMIUM_MISSING);
    assert.equal((await ask()).status, 403);
    assert.equal(spotify.asked.length, 3);
    assert.deepEqual(spotify.token.refusedOnes, []);
  });

  it("is repeated only once after a refusal, if it is a command", async () => {
    spotify.answers = [PREMIUM_MISSING, PREMIUM_MISSING, {}];
    assert.equal((await ask({ method: "POST", path: "/v1/me/player/next" })).status, 403);
    assert.equal(spotify.asked.length, 2);
  });

  it("is sent at most four times, for any series of refusals", async () => {
    spotify.answers = [TOKEN_MISSING, EXPIRED, TOKEN_MISSING, EXPIRED, EXPIRED, EXPIRED];
    assert.equal((await ask()).status, 401);
    assert.equal(spotify.asked.length, 4);
  });

  it("is RATE_LIMITED by a 429, and the next one is not sent until the time is over", async () => {
    spotify.answers = [{ status: 429, headers: { "retry-after": "60" } }];
    const error = await failureOf(ask(), "RATE_LIMITED");
    assert.deepEqual([error.retryAfter, error.clientId], [60, APP]);
    await failureOf(ask(), "RATE_LIMITED");
    assert.equal(spotify.asked.length, 1);
    await clock.current.tickAsync(60_000);
    assert.equal((await ask()).status, 200);
  });

  for (const status of [500, 502, 503]) {
    it(`is UNREACHABLE after ${status}, and not sent again`, async () => {
      spotify.answers = [{ status }];
      await failureOf(ask(), "UNREACHABLE");
      assert.equal(spotify.asked.length, 1);
    });
  }

  it("is refused if its path could lead to another host", async () => {
    for (const path of ["", "@example.com/", "v1/me", ".example.com/", ":80/"]) {
      await failureOf(ask({ path }), "INVALID_ARGUMENT");
    }
    await ask({ path: "//example.com/v1/me" });
    assert.deepEqual(
      spotify.asked.map(({ line }) => line),
      ["GET //example.com/v1/me"],
    );
  });

  it("is a PROTOCOL_ERROR if the answer does not end", async () => {
    spotify.answers = [{ body: Buffer.alloc(11 << 20, "x") }];
    await failureOf(ask(), "PROTOCOL_ERROR");
  });

  it("fails with the error of the credential, and is not sent", async () => {
    spotify.token.get = () => Promise.reject(new Error("no token"));
    await assert.rejects(ask(), /no token/);
    assert.equal(spotify.asked.length, 0);
  });

  it("ends its waits when it is aborted", async () => {
    spotify.answers = [TOKEN_MISSING];
    const left = new AbortController();
    const request = spotify.webApi.request(PLAYER, spotify.token, left.signal);
    request.catch(() => undefined);
    while (clock.current.countTimers() > 0 || spotify.asked.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      if (spotify.asked.length > 0) left.abort(new Error("left"));
    }
    await assert.rejects(request, /left/);
  });

  describe("for a document", () => {
    it("gives the document, or undefined if there is none", async () => {
      spotify.answers = [{ body: '{"is_playing":true}' }, { status: 204 }, { status: 200 }, { status: 202 }];
      assert.deepEqual(await read(), { is_playing: true });
      assert.equal(await read(), undefined);
      assert.equal(await read(), undefined);
      assert.equal(await read(), undefined);
    });

    for (const [answer, code, says] of [
      [{ status: 401, body: "secret" }, "REQUEST_REFUSED", /401/],
      [
        { status: 403, body: '{"error":{"message":"Insufficient client scope"}}' },
        "INVALID_SCOPE",
        /sign in again/,
      ],
      [
        { status: 403, body: '{"error":{"message":"Premium required"}}' },
        "PREMIUM_REQUIRED",
        /The account needs/,
      ],
      [
        { status: 403, body: "premium subscription required for the owner of the app" },
        "PREMIUM_REQUIRED",
        /owner/,
      ],
      [{ status: 403, body: "User not registered: secret" }, "REQUEST_REFUSED", /app's users/],
      [{ status: 404, body: "secret" }, "PROTOCOL_ERROR", /404/],
      [{ status: 302, headers: { location: "http://secret" } }, "PROTOCOL_ERROR", /302/],
      [{ status: 502, body: "secret" }, "UNREACHABLE", /502/],
      [{ body: "<html>secret" }, "PROTOCOL_ERROR", /JSON/],
      [{ body: '{"secret":' }, "PROTOCOL_ERROR", /JSON/],
    ] as const) {
      const shown = `${"status" in answer ? answer.status : 200} ${"body" in answer ? answer.body : ""}`;
      it(`is ${code} for ${shown}`, async () => {
        spotify.answers = Array.from({ length: 4 }, () => ({ ...answer }));
        const error = await failureOf(read(), code);
        assert.match(error.message, says);
        assert.equal(error.clientId, APP);
        assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /secret|token \d/);
      });
    }
  });
});
