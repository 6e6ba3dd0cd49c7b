import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { HttpClient } from "../../src/net/client";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import type { Credential } from "../../src/spclient/credential";
import { Spclient } from "../../src/spclient/spclient";
import { failureOf } from "../support/failure";
import { serveHttp, type HttpTestServer } from "../support/http-server";
import { deadAddress } from "../support/wiretap";

const NEVER = new AbortController().signal;
const COMMAND = { method: "POST", path: "/connect-state/v1/player/command?x=1" } as const;

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** Gives `name 1`, and the next one as soon as that is refused. */
class Numbered implements Credential {
  readonly refusedOnes: string[] = [];
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  get(): Promise<string> {
    return Promise.resolve(`${this.#name} ${this.refusedOnes.length + 1}`);
  }

  refused(token: string): void {
    this.refusedOnes.push(token);
  }
}

describe("A request to Spotify's own services", () => {
  let server: HttpTestServer;
  let http: HttpClient;
  let answers: Answer[];
  let asked: { path: string; headers: IncomingMessage["headers"]; body: string }[];
  let token: Numbered;
  let clientToken: Numbered;
  let bases: string[];
  let spclient: Spclient;

  beforeEach(async () => {
    answers = [];
    asked = [];
    token = new Numbered("token");
    clientToken = new Numbered("client token");
    http = new HttpClient();
    server = await serveHttp((request, response) => void answer(request, response));
    bases = [server.url];
    spclient = new Spclient({
      http,
      guard: new RateLimitGuard(() => undefined),
      servers: {
        server: (kind, another) => {
          assert.equal(kind, "spclient");
          if (another) bases.push(bases.shift()!);
          return Promise.resolve(bases[0]!);
        },
      },
      token,
      clientToken,
      clientId: "f".repeat(32),
    });
  });

  afterEach(async () => {
    await http.close();
    await server.close();
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk as string;
    asked.push({ path: `${request.method} ${request.url}`, headers: request.headers, body });
    const { status = 200, headers, body: said = "" } = answers.shift() ?? {};
    response.writeHead(status, headers).end(said);
  }

  it("has both tokens, and the caller's headers", async () => {
    answers = [{ body: "done" }];
    const headers = { "content-type": "application/json", accept: "application/x-protobuf" };
    const response = await spclient.request({ ...COMMAND, headers, body: Buffer.from("{}") }, NEVER);
    assert.equal(response.body.toString(), "done");
    const [{ path, body, headers: sent }] = asked as [(typeof asked)[0]];
    assert.deepEqual([path, body], ["POST /connect-state/v1/player/command?x=1", "{}"]);
    assert.equal(sent.authorization, "Bearer token 1");
    assert.equal(sent["client-token"], "client token 1");
    assert.equal(sent["accept-encoding"], "gzip");
    assert.equal(sent["content-type"], "application/json");
    assert.equal(sent.accept, "application/x-protobuf");
  });

  for (const status of [200, 202, 204, 301, 400, 403, 404, 409]) {
    it(`leaves the meaning of ${status} to the caller, with its reasons`, async () => {
      const body = status === 204 ? "" : '{"reasons":["no_prev_track"]}';
      answers = [{ status, body }];
      const response = await spclient.request(COMMAND, NEVER);
      assert.equal(response.status, status);
      assert.equal(response.body.toString(), body);
      assert.equal(asked.length, 1);
    });
  }

  it("is sent once more with a new token after 401, and then answered with 401", async () => {
    answers = [{ status: 401 }, { body: "done" }, { status: 401 }, { status: 401 }];
    assert.equal((await spclient.request(COMMAND, NEVER)).status, 200);
    assert.equal(asked[1]?.headers.authorization, "Bearer token 2");
    assert.equal((await spclient.request(COMMAND, NEVER)).status, 401);
    assert.equal(asked.length, 4);
    assert.deepEqual(token.refusedOnes, ["token 1", "token 2", "token 3"]);
    assert.deepEqual(clientToken.refusedOnes, []);
  });

  it("replaces each of its tokens once, if first one and then the other is refused", async () => {
    const clientTokenExpired = { status: 401, headers: { "client-token-error": "EXPIRED_CLIENTTOKEN" } };
    answers = [clientTokenExpired, { status: 401 }, {}];
    assert.equal((await spclient.request(COMMAND, NEVER)).status, 200);
    assert.equal(asked[2]?.headers.authorization, "Bearer token 2");
    assert.equal(asked[2].headers["client-token"], "client token 2");
    answers = [clientTokenExpired, { status: 401 }, clientTokenExpired];
    await failureOf(spclient.request(COMMAND, NEVER), "REQUEST_REFUSED");
    assert.equal(asked.length, 6);
  });

  it("is INVALID_CLIENT, and not sent again, if this kind of client is not admitted", async () => {
    answers = [{ status: 403, headers: { "client-token-error": "UNSUPPORTED_CLIENT" } }];
    await failureOf(spclient.request(COMMAND, NEVER), "INVALID_CLIENT");
    assert.equal(asked.length, 1);
  });

  it("ignores a client token's error in a success or a redirection", async () => {
    for (const status of [200, 204, 301]) {
      answers = [{ status, headers: { "client-token-error": "INVALID_CLIENTTOKEN" } }];
      assert.equal((await spclient.request(COMMAND, NEVER)).status, status);
    }
    assert.equal(asked.length, 3);
    assert.deepEqual(clientToken.refusedOnes, []);
  });

  for (const status of [500, 502, 503, 504]) {
    it(`is UNREACHABLE and not sent again after ${status}; the next one goes to another server`, async () => {
      answers = [{ status, headers: { "content-encoding": "gzip" }, body: "no gzip" }];
      bases = [server.url, `http://${await deadAddress()}`];
      await failureOf(spclient.request(COMMAND, NEVER), "UNREACHABLE");
      assert.equal(asked.length, 1);
      const error = await failureOf(spclient.request(COMMAND, NEVER), "UNREACHABLE");
      assert.match(error.message, /cannot be reached/);
      await spclient.request(COMMAND, NEVER);
      assert.equal(asked.length, 2);
    });
  }

  it("goes to the server that the caller names, whose failure does not affect the others", async () => {
    const named = `http://${await deadAddress()}`;
    bases = [server.url, `http://${await deadAddress()}`];
    await failureOf(spclient.request({ ...COMMAND, server: named }, NEVER), "UNREACHABLE");
    assert.equal(asked.length, 0);
    answers = [{ status: 500 }];
    await failureOf(spclient.request({ ...COMMAND, server: server.url }, NEVER), "UNREACHABLE");
    assert.equal((await spclient.request(COMMAND, NEVER)).status, 200);
    assert.equal(asked.length, 2);
  });

  it("is a PROTOCOL_ERROR if the answer is longer than the caller allows, packed or unpacked", async () => {
    const headers = { "content-encoding": "gzip" };
    answers = [
      { body: "x".repeat(101) },
      { headers, body: gzipSync("x".repeat(101)) },
      { body: "x".repeat(100) },
    ];
    const request = { ...COMMAND, maxBytes: 100 };
    await failureOf(spclient.request(request, NEVER), "PROTOCOL_ERROR");
    await failureOf(spclient.request(request, NEVER), "PROTOCOL_ERROR");
    assert.equal((await spclient.request(request, NEVER)).body.length, 100);
  });

  it("is RATE_LIMITED by a 429, and the next one is not sent", async () => {
    answers = [{ status: 429, headers: { "retry-after": "60" } }];
    assert.equal((await failureOf(spclient.request(COMMAND, NEVER), "RATE_LIMITED")).retryAfter, 60);
    await failureOf(spclient.request(COMMAND, NEVER), "RATE_LIMITED");
    assert.equal(asked.length, 1);
  });

  it("unpacks an answer in gzip, including a refusal", async () => {
    const headers = { "content-encoding": "gzip" };
    for (const status of [200, 403]) {
      answers = [{ status, headers, body: gzipSync("a cluster") }];
      assert.equal((await spclient.request(COMMAND, NEVER)).body.toString(), "a cluster");
    }
    answers = [{ status: 204, headers }];
    assert.equal((await spclient.request(COMMAND, NEVER)).body.length, 0);
  });

  for (const [what, encoding, body] of [
    ["not gzip", "gzip", "secret"],
    ["cut gzip", "gzip", gzipSync("secret".repeat(100)).subarray(0, 20)],
    ["gzip that grows without end", "gzip", gzipSync(Buffer.alloc(9 << 20))],
    ["packed otherwise", "br", "secret"],
    ["without end", "identity", Buffer.alloc(9 << 20, "x")],
  ] as const) {
    it(`is a PROTOCOL_ERROR without a quote if the answer is ${what}`, async () => {
      answers = [{ headers: { "content-encoding": encoding }, body }];
      const error = await failureOf(spclient.request(COMMAND, NEVER), "PROTOCOL_ERROR");
      assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /secret/);
    });
  }
});
