import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect } from "node:net";
import { HttpClient } from "../../src/net/client";
import { proxyFor } from "../../src/net/proxy";
import { USER_AGENT } from "../../src/net/user-agent";
import { NO_PROXY_AT_ALL, setEnvironment } from "../support/environment";
import { failureOf, thrownBy } from "../support/failure";
import { serveHttp } from "../support/http-server";
import { started } from "../support/wiretap";

const SPOTIFY = "https://api.spotify.com/v1/me";

describe("the proxy that the environment names", () => {
  const endings: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
  });

  function environment(values: Record<string, string>): void {
    endings.push(setEnvironment({ ...NO_PROXY_AT_ALL, ...values }));
  }

  /** `address login`, as it is read in the end. */
  function read(url = SPOTIFY): string | undefined {
    const proxy = proxyFor(url);
    if (!proxy) return undefined;
    const login = Buffer.from(proxy.authorization?.replace("Basic ", "") ?? "", "base64").toString();
    return `${proxy.url.href} ${login}`.trim();
  }

  for (const [what, variables, proxy] of [
    ["https_proxy", { https_proxy: "http://proxy:3128" }, "http://proxy:3128/"],
    ["HTTPS_PROXY", { HTTPS_PROXY: "http://proxy:3128" }, "http://proxy:3128/"],
    ["all_proxy", { all_proxy: "http://proxy:3128" }, "http://proxy:3128/"],
    ["ALL_PROXY", { ALL_PROXY: "http://proxy:3128" }, "http://proxy:3128/"],
    ["the more exact of two", { all_proxy: "http://b:1", HTTPS_PROXY: "http://a:1" }, "http://a:1/"],
    ["an address without a scheme", { https_proxy: "proxy:3128" }, "http://proxy:3128/"],
    ["one with a login and no scheme", { ALL_PROXY: "me:pw@proxy:3128" }, "http://proxy:3128/ me:pw"],
    ["a host alone", { https_proxy: "proxy" }, "http://proxy/"],
    ["a proxy that speaks TLS", { https_proxy: "https://proxy:3128" }, "https://proxy:3128/"],
    ["an escaped password", { https_proxy: "http://me:p%40ss%20word@proxy" }, "http://proxy/ me:p@ss word"],
    ["a bare % in the password", { https_proxy: "http://me:100%@proxy" }, "http://proxy/ me:100%"],
    ["both in one password", { https_proxy: "http://me:%40100%@proxy" }, "http://proxy/ me:@100%"],
    ["a user without a password", { https_proxy: "http://me@proxy" }, "http://proxy/ me:"],
    ["http_proxy, which is for http", { http_proxy: "http://proxy" }, undefined],
    ["no_proxy", { https_proxy: "http://proxy", no_proxy: "api.spotify.com" }, undefined],
    ["NO_PROXY for a domain", { https_proxy: "http://proxy", NO_PROXY: "x.org, .spotify.com" }, undefined],
    ["no_proxy for all", { all_proxy: "http://proxy", no_proxy: "*" }, undefined],
    ["no_proxy for another", { https_proxy: "http://proxy", no_proxy: "example.org" }, "http://proxy/"],
  ] as const) {
    it(`is read from ${what}`, () => {
      environment(variables);
      assert.equal(read(), proxy);
    });
  }

  for (const [what, address] of [
    ["no address", "http://me:hunter2@[nowhere"],
    ["one whose password holds a #", "http://me:hunt#er2@proxy:1"],
    ["a SOCKS proxy", "socks5://me:hunter2@proxy:1080"],
  ] as const) {
    it(`is reported as unusable, without its password, if it is ${what}`, () => {
      environment({ ALL_PROXY: address });
      const { message } = thrownBy(() => proxyFor(SPOTIFY), "INVALID_ARGUMENT");
      assert.match(message, /proxy/);
      assert.doesNotMatch(message, /hunt/);
    });
  }

  it("is used for HTTP requests too: with the login, and with our User-Agent", async () => {
    const asked: unknown[] = [];
    const site = await serveHttp((_request, response) => response.end("{}"));
    endings.push(site.close);
    const http = createServer();
    http.on("connect", ({ url, headers }, socket) => {
      asked.push([url, headers["proxy-authorization"], headers["user-agent"]]);
      socket.end("HTTP/1.1 403 No\r\n\r\n");
    });
    const proxy = await started(http, () => http.closeAllConnections());
    endings.push(proxy.close);
    environment({ ALL_PROXY: `me:100%@${proxy.address}`, no_proxy: "127.0.0.1" });
    const client = new HttpClient();
    endings.push(() => client.close());
    const limits = { timeout: 5_000, maxBytes: 1_000 };
    await failureOf(client.request(SPOTIFY, limits), "UNREACHABLE");
    const login = `Basic ${Buffer.from("me:100%").toString("base64")}`;
    assert.deepEqual(asked, [["api.spotify.com:443", login, USER_AGENT]]);
    assert.equal((await client.request(site.url, limits)).status, 200, "and not for no_proxy");
  });

  it("is asked to CONNECT for a plain HTTP request too", async () => {
    const site = await serveHttp((_request, response) => response.end("the site"));
    endings.push(site.close);
    const asked: unknown[] = [];
    const http = createServer();
    http.on("connect", ({ url = "" }, socket) => {
      asked.push(url);
      const onward = connect(Number(url.split(":")[1]), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy());
    });
    const proxy = await started(http, () => http.closeAllConnections());
    endings.push(proxy.close);
    environment({ http_proxy: proxy.address });
    const client = new HttpClient();
    endings.push(() => client.close());
    const limits = { timeout: 5_000, maxBytes: 1_000 };
    for (let i = 0; i < 2; i++) {
      assert.equal((await client.request(site.url, limits)).body.toString(), "the site");
    }
    assert.deepEqual(asked, [site.address], "one tunnel for both");
  });

  it("may change: the new one is used, and few connections to the old ones are kept", async () => {
    const seen = new Set<string>();
    const http = createServer((request, response) => {
      seen.add(request.headers.host ?? "");
      response.end("{}");
    });
    http.on("connect", (_request, socket) => socket.end("HTTP/1.1 403 No\r\n\r\n"));
    const proxy = await started(http, () => http.closeAllConnections());
    endings.push(proxy.close);
    const client = new HttpClient();
    endings.push(() => client.close());
    for (let i = 0; i < 12; i++) {
      environment({ https_proxy: `http://user-${i}@${proxy.address}` });
      await failureOf(client.request(SPOTIFY, { timeout: 5_000, maxBytes: 1_000 }), "UNREACHABLE");
    }
    const open = await new Promise<number>((done) => http.getConnections((_error, count) => done(count)));
    assert.ok(open <= 8, `${open} connections`);
  });
});
