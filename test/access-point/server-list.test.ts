import assert from "node:assert/strict";
import { resolveEndpoints } from "../../src/core/endpoints";
import { HttpClient } from "../../src/net/client";
import { parseServers, ServerList } from "../../src/access-point/server-list";
import { failureOf } from "../support/failure";
import { serveHttp, type HttpTestServer } from "../support/http-server";
import { sliceOf } from "../support/slice";

const NEVER = new AbortController().signal;

describe("The list of servers", () => {
  let resolver: HttpTestServer;
  let http: HttpClient;
  let named: object | undefined;
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    named = {
      accesspoint: ["ap.example:4070"],
      dealer: ["first.example:443", "second.example:443", "[2001:db8::1]:443"],
      spclient: ["spclient.example:443"],
    };
    http = new HttpClient();
    resolver = await serveHttp((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(named ? 200 : 503, { "content-type": "application/json" });
      response.end(JSON.stringify(named ?? {}));
    });
  });

  afterEach(async () => {
    await http.close();
    await resolver.close();
  });

  function servers(overrides: Record<string, string> = {}): ServerList {
    const endpoints = resolveEndpoints({ apResolve: resolver.url, ...overrides });
    return new ServerList(http, endpoints, sliceOf("accessPoints", parseServers));
  }

  it("names the first dealer and spclient of the resolver, over TLS, and asks the resolver once", async () => {
    const list = servers();
    assert.equal(await list.server("dealer", false, NEVER), "wss://first.example:443");
    assert.equal(await list.server("dealer", false, NEVER), "wss://first.example:443");
    assert.equal(await list.server("spclient", false, NEVER), "https://spclient.example:443");
    assert.deepEqual(asked, ["/?type=accesspoint&type=dealer&type=spclient"]);
  });

  it("knows them from the earlier search for an access point", async () => {
    const list = servers();
    await list.addresses(false, NEVER);
    await list.server("dealer", false, NEVER);
    assert.equal(asked.length, 1);
  });

  it("names the next server if one does not answer, and begins again after the last", async () => {
    const list = servers();
    const seen = [];
    for (const another of [false, true, false, true, true])
      seen.push(await list.server("dealer", another, NEVER));
    assert.deepEqual(seen, [
      "wss://first.example:443",
      "wss://second.example:443",
      "wss://second.example:443",
      "wss://[2001:db8::1]:443",
      "wss://first.example:443",
    ]);
    assert.equal(
      await list.server("spclient", false, NEVER),
      "https://spclient.example:443",
      "each kind alone",
    );
  });

  it("continues with the servers that it knows if the resolver is unreachable", async () => {
    const list = servers();
    await list.server("dealer", false, NEVER);
    named = undefined;
    assert.equal(await list.server("dealer", true, NEVER).catch(() => "none"), "wss://second.example:443");
  });

  it("names the configured servers, and does not ask the resolver", async () => {
    const list = servers({ dealer: "wss://dealer.home/path", spclient: "https://spclient.home" });
    for (const another of [false, true]) {
      assert.equal(await list.server("dealer", another, NEVER), "wss://dealer.home/path");
      assert.equal(await list.server("spclient", another, NEVER), "https://spclient.home");
    }
    assert.deepEqual(asked, []);
  });

  it("names no server if a resolver that is not Spotify's names none: it never falls back to Spotify", async () => {
    named = { accesspoint: ["ap.example:4070"] };
    await failureOf(servers().server("dealer", false, NEVER), "PROTOCOL_ERROR");
    named = undefined;
    await failureOf(servers().server("dealer", false, NEVER), "UNREACHABLE");
  });

  it("leaves out text that is not an address", async () => {
    named = {
      accesspoint: ["ap.example:4070"],
      dealer: [7, "", "no port", "x:0", "user@host:443", "good.example:443"],
    };
    assert.equal(await servers().server("dealer", false, NEVER), "wss://good.example:443");
  });

  it("gives up when its caller aborts", async () => {
    const reason = new Error("over");
    await assert.rejects(servers().server("dealer", false, AbortSignal.abort(reason)), reason);
  });
});
