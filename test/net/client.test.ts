import assert from "node:assert/strict";
import { inspect } from "node:util";
import { HttpClient } from "../../src/net/client";
import { NO_PROXY_AT_ALL, setEnvironment } from "../support/environment";
import { failureOf, Outcome } from "../support/failure";
import { serveHttp, type HttpTestServer } from "../support/http-server";
import { useStage } from "../support/stage";
import { deadAddress, serve } from "../support/wiretap";

const LIMITS = { timeout: 5_000, maxBytes: 1_000 };
const SECRET = "AQ-a-refresh-token-that-is-secret";

/** A promise, and the function that resolves it. */
function opened(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

describe("the HTTP client", () => {
  // Only for its clock.
  const stage = useStage();
  let client: HttpClient;
  let server: HttpTestServer | undefined;
  let restore: () => void;

  beforeEach(() => {
    restore = setEnvironment(NO_PROXY_AT_ALL);
    client = new HttpClient();
  });
  afterEach(async () => {
    await client.close();
    await server?.close();
    server = undefined;
    restore();
  });

  it("sends a form, and returns an answer with any status", async () => {
    let got = "";
    server = await serveHttp((request, response) => {
      got = `${request.method} ${request.url} ${request.headers["content-type"]} ${request.headers.accept} `;
      request.on("data", (chunk: Buffer) => (got += chunk.toString()));
      request.on("end", () => response.writeHead(418, { "x-a": "b" }).end("no"));
    });
    const form = { a: "1 2", "b&": "ü=" };
    const { status, headers, body } = await client.request(`${server.url}/x?y=z`, {
      method: "POST",
      form,
      ...LIMITS,
    });
    assert.deepEqual([status, headers["x-a"], body.toString()], [418, "b", "no"]);
    assert.equal(got, "POST /x?y=z application/x-www-form-urlencoded application/json a=1+2&b%26=%C3%BC%3D");
  });

  it("sends bytes with each method, and only one header of each name", async () => {
    const got: unknown[] = [];
    server = await serveHttp((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const names = request.rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
        const once = new Set(names).size === names.length;
        const { accept, "content-type": type } = request.headers;
        got.push([request.method, accept, type, Buffer.concat(chunks).toString("hex"), once]);
        response.end();
      });
    });
    const body = Buffer.from([0, 255, 13, 10, 128]);
    const headers = { Accept: "application/x-protobuf", "Content-Type": "application/x-protobuf" };
    for (const method of ["POST", "PUT", "DELETE"] as const) {
      await client.request(server.url, { method, headers, body, ...LIMITS });
    }
    const sent = ["application/x-protobuf", "application/x-protobuf", "00ff0d0a80", true];
    assert.deepEqual(got, [
      ["POST", ...sent],
      ["PUT", ...sent],
      ["DELETE", ...sent],
    ]);
  });

  it("follows no redirect", async () => {
    server = await serveHttp((_request, response) => response.writeHead(302, { location: "/other" }).end());
    assert.equal((await client.request(server.url, LIMITS)).status, 302);
  });

  it("refuses an answer that is too long, with or without a Content-Length", async () => {
    server = await serveHttp((_request, response) => {
      response.write("x".repeat(900));
      response.end("x".repeat(900));
    });
    await failureOf(client.request(server.url, LIMITS), "PROTOCOL_ERROR");
  });

  it("refuses an endless answer after the allowed number of bytes", async () => {
    let sent = 0;
    server = await serveHttp((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(500))) sent += 500;
      };
      response.on("drain", more);
      more();
    });
    await failureOf(client.request(server.url, LIMITS), "PROTOCOL_ERROR");
    assert.ok(sent < 50_000_000);
  });

  it("gives up an answer that comes too late, or byte by byte", async () => {
    const { time } = stage.current;
    for (const begins of [false, true]) {
      const dribbling = await serveHttp((_request, response) => {
        if (begins) response.writeHead(200, { "content-length": "100" }).write("x");
      });
      const outcome = new Outcome(client.request(dribbling.url, LIMITS));
      await time.advance(4_900);
      assert.ok(outcome.pending);
      await time.advance(200);
      assert.equal(outcome.error?.code, "TIMEOUT");
      await dribbling.close();
    }
  });

  it("leaves no timer", async () => {
    const { time } = stage.current;
    server = await serveHttp((_request, response) => response.end("{}"));
    const before = time.timers;
    await Promise.all(Array.from({ length: 20 }, () => client.request(server!.url, LIMITS)));
    await failureOf(client.request(`http://${await deadAddress()}`, LIMITS));
    await time.settle();
    assert.equal(time.timers, before);
  });

  it("reports that a server cannot be reached, hangs up, or sends no HTTP", async () => {
    await failureOf(client.request(`http://${await deadAddress()}`, LIMITS), "UNREACHABLE");
    for (const reply of [
      undefined,
      "SSH-2.0-OpenSSH_9.2\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab",
    ]) {
      const rude = await serve((socket) => {
        socket.once("data", () => (reply === undefined ? socket.resetAndDestroy() : socket.end(reply)));
      });
      await failureOf(client.request(`http://${rude.address}`, LIMITS), "UNREACHABLE");
      await rude.close();
    }
  });

  it("ends with the reason of its signal: before the request, and while it waits", async () => {
    const arrived = opened();
    server = await serveHttp(() => arrived.resolve());
    const reason = new Error("enough");
    const ending = new AbortController();
    const outcome = client.request(server.url, { ...LIMITS, signal: ending.signal });
    await arrived.promise;
    ending.abort(reason);
    await assert.rejects(outcome, reason);
    await assert.rejects(client.request(server.url, { ...LIMITS, signal: ending.signal }), reason);
  });

  it("opens four connections to a server; a request that waits for one ends with its signal", async () => {
    let arrived = 0;
    const full = opened();
    server = await serveHttp(() => {
      if (++arrived === 4) full.resolve();
    });
    const { url } = server;
    const others = Array.from({ length: 4 }, () => new Outcome(client.request(url, LIMITS)));
    await full.promise;
    const ending = new AbortController();
    const waiting = client.request(url, { ...LIMITS, signal: ending.signal });
    ending.abort(new Error("enough"));
    await assert.rejects(waiting, /enough/);
    assert.equal(arrived, 4);
    assert.ok(others.every(({ pending }) => pending));
    const last = failureOf(client.request(url, LIMITS), "CLOSED");
    await client.close();
    await last;
  });

  it("is CLOSED once it is closed, also for requests that wait", async () => {
    const arrived = opened();
    server = await serveHttp(() => arrived.resolve());
    const waiting = failureOf(client.request(server.url, LIMITS), "CLOSED");
    await arrived.promise;
    await client.close();
    await waiting;
    await failureOf(client.request(server.url, LIMITS), "CLOSED");
  });

  it("reveals nothing that was sent, whatever goes wrong", async () => {
    const proxy = await serve((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
    });
    const dead = await deadAddress();
    const proxies = [
      `http://mira:${SECRET}@${proxy.address}`,
      `http://mira:${SECRET}@${dead}`,
      `http://mira:${SECRET}@nowhere:port`,
    ];
    let told = "";
    for (const https_proxy of proxies) {
      const back = setEnvironment({ https_proxy });
      const proxied = new HttpClient();
      const error = await failureOf(
        proxied.request("https://accounts.example/api/token", {
          method: "POST",
          form: { refresh_token: SECRET },
          headers: { authorization: `Bearer ${SECRET}` },
          ...LIMITS,
        }),
      );
      told += inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
      await proxied.close();
      back();
    }
    const rude = await serve((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const form = { refresh_token: SECRET };
    const error = await failureOf(
      client.request(`http://${rude.address}/api/token`, { method: "POST", form, ...LIMITS }),
    );
    told += inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
    await rude.close();
    await proxy.close();
    const basic = Buffer.from(`mira:${SECRET}`).toString("base64");
    for (const secret of [SECRET, basic.slice(0, 24)]) {
      const at = told.indexOf(secret);
      assert.ok(at < 0, told.slice(Math.max(0, at - 300), at));
    }
  });
});
