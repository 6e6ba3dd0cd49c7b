import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:https";
import { connect } from "node:tls";
import { Simulator } from "../simulator";
import { RealHosts } from "./real-hosts";

describe("interop: Spotify at its real host names", () => {
  let simulator: Simulator;
  let hosts: RealHosts;

  before(async () => {
    simulator = await Simulator.start();
    hosts = await RealHosts.start(simulator, { https: 0, http: 0, accessPoint: [] });
  });
  after(async () => {
    await hosts.close();
    await simulator.close();
  });

  /** Sends a request for a host name to this machine. */
  function get(host: string, path: string): Promise<{ status: number | undefined; body: string }> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", servername: host, port: hosts.httpsPort, path, ca: hosts.ca };
      const asked = request({ ...options, agent: false, headers: { "user-agent": "test" } }, (answer) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (text: string) => (body += text));
        answer.on("end", () => resolve({ status: answer.statusCode, body }));
      });
      asked.on("error", reject).end();
    });
  }

  it("names servers in the same way as Spotify", async () => {
    const { status, body } = await get(
      "apresolve.spotify.com",
      "/?type=accesspoint&type=dealer&type=spclient",
    );
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(body), {
      accesspoint: ["ap-gew4.spotify.com:4070", "ap-gew4.spotify.com:443", "ap-gew4.spotify.com:80"],
      dealer: ["gew4-dealer.spotify.com:443"],
      spclient: ["gew4-spclient.spotify.com:443"],
    });
  });

  it("leads each name to its service, over TLS", async () => {
    assert.equal((await get("api.spotify.com", "/v1/me")).status, 401);
    assert.match((await get("accounts.spotify.com", "/authorize")).body, /client_id/);
    assert.equal((await get("gew4-spclient.spotify.com", "/metadata/4/track/0")).status, 404);
    assert.equal((await get("gew4-dealer.spotify.com", "/")).status, 426);
  });

  it("refuses a client that asks for another name", async () => {
    const options = { port: hosts.httpsPort, host: "127.0.0.1", servername: "www.spotify.com" };
    const socket = connect({ ...options, ca: hosts.ca, checkServerIdentity: () => undefined });
    socket.on("error", () => {});
    await once(socket, "close");
    assert.equal(socket.bytesRead, 0);
  });
});
