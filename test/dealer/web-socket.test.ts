import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect } from "node:net";
import { inspect } from "node:util";
import { generate } from "selfsigned";
import { WebSocketServer } from "ws";
import { openWebSocket, WebSocketRefused } from "../../src/dealer/web-socket";
import { SpotifyError } from "../../src/core/errors";
import { NO_PROXY_AT_ALL, setEnvironment } from "../support/environment";
import { failureOf, Outcome } from "../support/failure";
import { deadAddress, serve, started, type TestServer } from "../support/wiretap";
import { rawDealer, TOKEN } from "../connect-state/support/raw-dealer";

const NEVER = new AbortController().signal;

function urlOf(address: string): URL {
  return new URL(`ws://${address}/?access_token=${TOKEN}`);
}

function assertSilent(error: Error): void {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const said = `${at.stack} ${JSON.stringify(at)} ${inspect(at, { depth: 20, showHidden: true })}`;
    assert.doesNotMatch(said, new RegExp(TOKEN));
    assert.doesNotMatch(said, /access_token/);
  }
}

describe("Opening a WebSocket", () => {
  const servers: TestServer[] = [];
  const endings: (() => void)[] = [];

  afterEach(async () => {
    // In reverse order, because each one restores what it found.
    for (const end of endings.splice(0).toReversed()) end();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function answering(head: string): Promise<URL> {
    const dealer = await rawDealer(
      () => undefined,
      (_request, socket) => void socket.end(`HTTP/1.1 ${head}\r\ncontent-length: 0\r\n\r\n`),
    );
    servers.push(dealer);
    return dealer.url;
  }

  for (const [status, code] of [
    [200, "REQUEST_REFUSED"],
    [301, "REQUEST_REFUSED"],
    [401, "REQUEST_REFUSED"],
    [403, "REQUEST_REFUSED"],
    [404, "REQUEST_REFUSED"],
    [429, "REQUEST_REFUSED"],
    [500, "UNREACHABLE"],
    [503, "UNREACHABLE"],
  ] as const) {
    it(`is refused with ${status}: ${code}; the error has the status and not the token`, async () => {
      const location = `location: wss://elsewhere/?access_token=${TOKEN}\r\nset-cookie: t=${TOKEN}`;
      const url = await answering(`${status} Whatever\r\nretry-after: 77\r\n${location}`);
      const error = await failureOf(openWebSocket(url, NEVER), code);
      assert.ok(error instanceof WebSocketRefused);
      assert.deepEqual(error.refusal, { status, headers: { "retry-after": "77" } });
      assertSilent(error);
    });
  }

  it("fails if no server listens: UNREACHABLE, with the reason in one word", async () => {
    const error = await failureOf(openWebSocket(urlOf(await deadAddress()), NEVER), "UNREACHABLE");
    assert.equal((error.cause as Error).message, "ECONNREFUSED");
    assertSilent(error);
  });

  for (const [what, answer] of Object.entries({
    noise: "\u0000\u0001 no HTTP at all\r\n\r\n",
    "an endless header": `HTTP/1.1 101 X\r\nx: ${"x".repeat(100_000)}`,
    "no upgrade": "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    "a wrong key":
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: x\r\n\r\n",
  })) {
    it(`fails if the server answers with ${what}: UNREACHABLE`, async () => {
      const server = await serve((socket) => socket.once("data", () => socket.end(answer)));
      servers.push(server);
      assertSilent(await failureOf(openWebSocket(urlOf(server.address), NEVER), "UNREACHABLE"));
    });
  }

  it("fails if the server hangs up or resets: UNREACHABLE", async () => {
    for (const end of ["destroy", "resetAndDestroy"] as const) {
      const server = await serve((socket) => socket.once("data", () => socket[end]()));
      servers.push(server);
      assertSilent(await failureOf(openWebSocket(urlOf(server.address), NEVER), "UNREACHABLE"));
    }
  });

  it("can be aborted at any moment, and leaves no connection", async () => {
    let open = 0;
    const server = await serve((socket) => {
      open++;
      socket.resume();
      socket.on("close", () => open--);
    });
    servers.push(server);
    const reason = new SpotifyError("CLOSED", "Over.");
    assert.equal(await failureOf(openWebSocket(urlOf(server.address), AbortSignal.abort(reason))), reason);
    for (const turns of [0, 1, 2, 3, 10, 50]) {
      const stop = new AbortController();
      const opening = new Outcome(openWebSocket(urlOf(server.address), stop.signal));
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      stop.abort(reason);
      while (opening.pending) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(opening.error, reason);
    }
    while (open > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  describe("through a proxy", () => {
    /** @returns the addresses that the proxy was asked for */
    async function throughProxy(onward: string | undefined): Promise<string[]> {
      const asked: string[] = [];
      const http = createServer();
      http.on("connect", (request, socket) => {
        asked.push(request.url ?? "");
        if (onward === undefined) return void socket.end("HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n");
        const [host, port] = onward.split(":");
        const inner = connect(Number(port), host, () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
          inner.pipe(socket).pipe(inner);
        });
        inner.on("error", () => socket.destroy());
        socket.on("error", () => inner.destroy());
      });
      const server = await started(http, () => http.closeAllConnections());
      servers.push(server);
      const proxy = `http://user:a%20password@${server.address}`;
      endings.push(setEnvironment({ ...NO_PROXY_AT_ALL, http_proxy: proxy, https_proxy: proxy }));
      return asked;
    }

    it("connects through the proxy", async () => {
      const dealer = await rawDealer((socket) => socket.send("hello"));
      servers.push(dealer);
      const asked = await throughProxy(dealer.address);
      const socket = await openWebSocket(urlOf("dealer.example:4070"), NEVER);
      socket.resume();
      const [data] = (await once(socket, "message")) as [Buffer];
      assert.equal(data.toString(), "hello");
      assert.deepEqual(asked, ["dealer.example:4070"]);
      socket.terminate();
    });

    it("is encrypted through the proxy, from end to end", async () => {
      const { cert, private: key } = await generate([{ name: "commonName", value: "dealer.example" }]);
      const https = createHttpsServer({ key, cert });
      new WebSocketServer({ server: https }).on("connection", (socket) => socket.send("hello"));
      const server = await started(https, () => https.closeAllConnections());
      servers.push(server);
      const asked = await throughProxy(server.address);
      const url = new URL(`wss://dealer.example/?access_token=${TOKEN}`);
      const error = await failureOf(openWebSocket(url, NEVER), "UNTRUSTED_SERVER");
      assert.equal((error.cause as Error).message, "DEPTH_ZERO_SELF_SIGNED_CERT");
      // The certificate is signed by the test itself.
      endings.push(setEnvironment({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }));
      const socket = await openWebSocket(url, NEVER);
      socket.resume();
      const [data] = (await once(socket, "message")) as [Buffer];
      assert.equal(data.toString(), "hello");
      assert.deepEqual(asked, ["dealer.example:443", "dealer.example:443"]);
      socket.terminate();
    });

    it("fails if the proxy refuses: UNREACHABLE, without the proxy's password", async () => {
      await throughProxy(undefined);
      const error = await failureOf(openWebSocket(urlOf("dealer.example:80"), NEVER), "UNREACHABLE");
      assert.match(error.message, /407/);
      assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /password/);
      assertSilent(error);
    });

    it("trusts no server without a valid certificate", async () => {
      const plain = await serve((socket) => socket.once("data", () => socket.end("no TLS here")));
      servers.push(plain);
      for (const host of ["dealer.example", "192.0.2.1", "[2001:db8::1]"]) {
        const asked = await throughProxy(plain.address);
        const url = new URL(`wss://${host}/?access_token=${TOKEN}`);
        assertSilent(await failureOf(openWebSocket(url, NEVER), "UNTRUSTED_SERVER"));
        assert.deepEqual(asked, [`${host}:443`]);
      }
    });
  });
});
