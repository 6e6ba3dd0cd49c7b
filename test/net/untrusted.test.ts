import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { generate } from "selfsigned";
import { WebSocketServer } from "ws";
import { NO_PROXY_AT_ALL } from "../support/environment";
import { serveHttp } from "../support/http-server";
import { started, type TestServer } from "../support/wiretap";

const DAY = 86_400_000;
const LOOPBACK = { type: 7, ip: "127.0.0.1" } as const;
const ELSEWHERE = { type: 2, value: "portal.example" } as const;

type Keys = Awaited<ReturnType<typeof generate>>;
type Name = typeof LOOPBACK | typeof ELSEWHERE;

function authority(commonName: string): Promise<Keys> {
  return generate([{ name: "commonName", value: commonName }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() - 30 * DAY),
    notAfterDate: new Date(Date.now() + 30 * DAY),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

function certificate(by: Keys | undefined, name: Name, from: number, until: number): Promise<Keys> {
  return generate([{ name: "commonName", value: "server" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() + from * DAY),
    notAfterDate: new Date(Date.now() + until * DAY),
    ...(by && { ca: { key: by.private, cert: by.cert } }),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "subjectAltName", altNames: [name] },
    ],
  });
}

describe("a server that does not prove that it is Spotify's", () => {
  const servers: TestServer[] = [];
  let folder: string;
  let caFile: string;
  const sites: [string, string][] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "untrusted-"));
    caFile = join(folder, "ca.pem");
    const [ours, foreign] = await Promise.all([authority("known"), authority("foreign")]);
    await writeFile(caFile, ours.cert);
    for (const [name, by, host, from, until] of [
      ["the right certificate", ours, LOOPBACK, -1, 1],
      ["one of a foreign authority", foreign, LOOPBACK, -1, 1],
      ["one that is signed by itself", undefined, LOOPBACK, -1, 1],
      ["one for another host", ours, ELSEWHERE, -1, 1],
      ["one that has expired", ours, LOOPBACK, -9, -1],
      ["one that is not valid yet", ours, LOOPBACK, 1, 9],
    ] as const) {
      const { cert, private: key } = await certificate(by, host, from, until);
      const https = createHttpsServer({ key, cert }, (_request, response) => response.end("{}"));
      new WebSocketServer({ server: https });
      const server = await started(https, () => https.closeAllConnections());
      servers.push(server);
      sites.push([name, server.address]);
    }
    const plain = await serveHttp((_request, response) => response.end("Please log in"));
    servers.push(plain);
    sites.push(["plain HTTP", plain.address]);
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await rm(folder, { recursive: true, force: true });
  });

  /** In a separate process, because Node.js reads the trusted authorities only when it starts. */
  async function ask(
    environment: Record<string, string>,
  ): Promise<Record<string, { code: string; message: string }>> {
    const script = join(__dirname, "untrusted.child.ts");
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--require", "tsx/cjs", script, JSON.stringify(sites)],
      { env: { ...process.env, ...NO_PROXY_AT_ALL, NODE_EXTRA_CA_CERTS: caFile, ...environment } },
    );
    return JSON.parse(stdout) as Record<string, { code: string; message: string }>;
  }

  function assertUntrusted(results: Record<string, { code: string; message: string }>): void {
    const codes = Object.entries(results).map(([name, { code }]) => `${name}: ${code}`);
    const expected = sites.flatMap(([name]) => {
      const code = name === "the right certificate" ? "answered" : "UNTRUSTED_SERVER";
      return [`${name}, HTTPS: ${code}`, `${name}, WebSocket: ${code}`];
    });
    assert.deepEqual(codes, expected);
    for (const { code, message } of Object.values(results)) {
      if (code === "answered") continue;
      assert.match(message, /^The server that answered is not 127\.0\.0\.1:\d+: .*Nothing was sent to it/);
      assert.doesNotMatch(message, /secret/);
    }
  }

  it("is UNTRUSTED_SERVER, for HTTPS and for WebSockets", async function () {
    this.timeout(20_000);
    assertUntrusted(await ask({}));
  });

  it("is UNTRUSTED_SERVER through a proxy too", async function () {
    this.timeout(20_000);
    const http = createServer();
    http.on("connect", ({ url = "" }, socket) => {
      const [host, port] = url.split(":");
      const onward = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy());
    });
    const proxy = await started(http, () => http.closeAllConnections());
    servers.push(proxy);
    assertUntrusted(await ask({ https_proxy: proxy.address }));
  });
});
