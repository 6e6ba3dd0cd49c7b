import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { get } from "node:https";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { Simulator, type TlsFront } from "./index";

/** The user's own app. */
const APP = "0123456789abcdef0123456789abcdef";

describe("simulator: TLS front", () => {
  let simulator: Simulator;
  let directory: string;
  let front: TlsFront;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "simulator-"));
    simulator = await Simulator.start();
    front = await simulator.startTlsFront({ caFile: join(directory, "ca.pem") });
  });

  after(async () => {
    await simulator.close();
    await rm(directory, { recursive: true });
  });

  function tunnel(
    target: string,
    through: TlsFront = front,
  ): Promise<{ status: number | undefined; socket: Socket }> {
    return new Promise((resolve, reject) => {
      request(through.proxyUrl, { method: "CONNECT", path: target })
        .on("connect", ({ statusCode }, socket) => resolve({ status: statusCode, socket }))
        .on("error", reject)
        .end();
    });
  }

  it("acts as https://api.spotify.com for clients that trust its authority", async () => {
    const account = simulator.addAccount();
    const { status, socket } = await tunnel("api.spotify.com:443");
    assert.equal(status, 200);
    const secure = tlsConnect({
      socket,
      servername: "api.spotify.com",
      ca: await readFile(join(directory, "ca.pem")),
    });
    await once(secure, "secureConnect");
    assert.equal(secure.authorized, true);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(
        {
          host: "api.spotify.com",
          path: "/v1/me",
          headers: { authorization: `Bearer ${account.accessToken({ clientId: APP })}` },
          createConnection: () => secure,
        },
        resolve,
      ).on("error", reject);
    });
    assert.equal(response.statusCode, 200);
    assert.deepEqual(simulator.stats.webApiRequests, [
      { method: "GET", path: "/v1/me", query: "", status: 200 },
    ]);
    response.destroy();
  });

  it("fails for clients that do not trust it", async () => {
    const { socket } = await tunnel("api.spotify.com:443");
    const secure = tlsConnect({ socket, servername: "api.spotify.com" });
    await assert.rejects(once(secure, "secureConnect"), { code: /SELF_SIGNED|UNABLE_TO/ });
  });

  for (const target of ["example.com:443", "api.spotify.com:80", "127.0.0.1:443"]) {
    it(`refuses a tunnel to ${target}`, async () => {
      const { status, socket } = await tunnel(target);
      assert.equal(status, 403);
      socket.destroy();
    });
  }

  it("refuses plain requests", async () => {
    assert.equal((await fetch(front.proxyUrl)).status, 403);
  });

  it("closes with tunnels open", async () => {
    const other = await simulator.startTlsFront();
    const { socket } = await tunnel("api.spotify.com:443", other);
    socket.on("error", () => {});
    const closed = once(socket, "close");
    await other.close();
    await closed;
  });
});
