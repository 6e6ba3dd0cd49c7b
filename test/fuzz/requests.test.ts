import assert from "node:assert/strict";
import { SpotifyError } from "../../src";
import { HttpClient } from "../../src/net/client";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import { ApiRequests, type ApiRequestsOptions } from "../../src/requests/api-requests";
import { WebApi } from "../../src/web-api/web-api";
import { Randomness } from "../support/randomness";

const APP = "0123456789abcdef0123456789abcdef";
const TOKEN = "BQthe-one-token";
const APIS = ["https://api.spotify.com", "http://127.0.0.1:9", "https://spotify.example:8443/proxy"];

const SCHEMES = [
  "",
  "",
  "",
  "https://",
  "http://",
  "HTTPS://",
  "//",
  "///",
  "https:",
  "https:/",
  "ftp://",
  "\\\\",
  "data:",
];
const HOSTS = [
  "",
  "api.spotify.com",
  "API.SPOTIFY.COM",
  "api.spotify.com:443",
  "api.spotify.com.",
  "api.spotify.com.evil.example",
  "evil.example",
  "evil.example:443",
  "127.0.0.1:9",
  "127.0.0.1:90",
  "[::1]",
  "xn--pi-6kb.spotify.com",
  "аpi.spotify.com",
  "api。spotify。com",
];
const USERS = ["", "", "", "api.spotify.com@", "api.spotify.com:443@", "a:b@", "@", "api.spotify.com%40"];
const PARTS = [
  "me",
  "v1",
  "playlists",
  "items",
  "..",
  ".",
  "%2e%2e",
  ".%2E",
  "%2F",
  "%5c",
  "..%2f..",
  "",
  "{id}",
  "@evil.example",
  "https:",
  "a b",
  "ü",
  "%",
  "%zz",
  "%00",
  "\ud800",
  "x".repeat(300),
];
const TAILS = [
  "",
  "",
  "?q=a&limit=5",
  "?//evil.example",
  "#x",
  "?a=b#c",
  "?next=https://evil.example/",
  "\r\nhost: evil.example",
  "\t",
];
const JOINTS = ["/", "/", "/", "/", "//", "\\", "/\\", "", "%2f"];

/** A random address or path: one of the parts above, or one of them with a few characters changed. */
function someAddress(random: Randomness): string {
  let path = "";
  for (let left = random.below(6); left > 0; left--) path += random.pick(JOINTS) + random.pick(PARTS);
  const text = random.pick(SCHEMES) + random.pick(USERS) + random.pick(HOSTS) + path + random.pick(TAILS);
  return random.chance(0.3) ? random.mutated(Buffer.from(text)).toString("latin1") : text;
}

/** Records the target and the content of each request instead of sending it. */
class RecordingClient extends HttpClient {
  readonly sent: { url: string; authorization: string }[] = [];
  body: unknown = {};

  override request(
    ...[url, { headers }]: Parameters<HttpClient["request"]>
  ): ReturnType<HttpClient["request"]> {
    this.sent.push({ url, authorization: headers?.["authorization"] ?? "" });
    return Promise.resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(this.body)) });
  }
}

function requestsTo(api: string): { requests: ApiRequests; http: RecordingClient } {
  const http = new RecordingClient();
  const token = { accessToken: TOKEN, audience: "web-api" } as const;
  const tokens = {
    bestClientId: () => APP,
    getTokenWithClientId: () => Promise.resolve(token),
    ready: () => Promise.resolve(),
    refused: () => undefined,
    tryWebApi: () => Promise.resolve(false),
  } as unknown as ApiRequestsOptions["tokens"];
  const webApi = new WebApi(http, new RateLimitGuard(() => undefined), api);
  const { signal: closing } = new AbortController();
  const options = { webApi, tokens, blocked: () => undefined, clientId: () => APP, api, closing };
  return { http, requests: new ApiRequests(options) };
}

/** Fails unless all requests went to one of the calls of the configured Web API. */
function onlyTo(api: string, { sent }: RecordingClient, hint: string): void {
  for (const { url, authorization } of sent) {
    const { origin, pathname, username, password, hash } = new URL(url);
    assert.equal(origin, new URL(api).origin, hint);
    assert.ok(pathname.startsWith(`${new URL(api).pathname.replace(/\/$/, "")}/v1/`), `${hint}: ${pathname}`);
    assert.equal(username + password + hash, "", hint);
    assert.equal(authorization, `Bearer ${TOKEN}`, hint);
  }
}

describe("random requests", () => {
  it("10,000 paths and addresses: a token goes only to the configured host, or the request fails", async function () {
    this.timeout(60_000);
    const random = new Randomness();
    const made = APIS.map((api) => ({ api, ...requestsTo(api) }));
    let answered = 0;
    for (let i = 0; i < 10_000; i++) {
      const { api, requests, http } = random.pick(made);
      const path = someAddress(random);
      const hint = `${random.hint}: ${JSON.stringify(path)}`;
      http.sent.length = 0;
      try {
        // oxlint-disable-next-line no-await-in-loop -- one request after another
        await requests.request({ path });
        answered++;
        assert.equal(http.sent.length, 1, hint);
      } catch (error) {
        assert.ok(
          error instanceof SpotifyError && error.code === "INVALID_ARGUMENT",
          `${hint}: ${String(error)}`,
        );
        assert.equal(http.sent.length, 0, hint);
      }
      onlyTo(api, http, hint);
    }
    assert.ok(answered > 500 && answered < 9_500, `${answered} were answered`);
  });

  it("3,000 addresses of a next page: a token goes only to the configured host", async function () {
    this.timeout(60_000);
    const random = new Randomness();
    const made = APIS.map((api) => ({ api, ...requestsTo(api) }));
    for (let i = 0; i < 3_000; i++) {
      const { api, requests, http } = random.pick(made);
      const next = random.chance(0.1) ? random.pick([5, true, {}, [], ""]) : someAddress(random);
      const hint = `${random.hint}: ${JSON.stringify(next)}`;
      http.sent.length = 0;
      http.body = { items: [1], next };
      try {
        // oxlint-disable-next-line no-await-in-loop -- one request after another
        await requests.request({ path: "/me/tracks", all: true });
        assert.fail(hint);
      } catch (error) {
        // If it leads to the Web API, the second page refers to itself.
        assert.ok(
          error instanceof SpotifyError && error.code === "PROTOCOL_ERROR",
          `${hint}: ${String(error)}`,
        );
      }
      assert.ok(http.sent.length >= 1 && http.sent.length <= 2, hint);
      onlyTo(api, http, hint);
    }
  });
});
