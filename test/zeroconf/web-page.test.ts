import assert from "node:assert/strict";
import { isFromWebPage } from "../../src/zeroconf/web-page";

describe("a request to the device", () => {
  it("comes from an app if it names no origin, and asks for an address or a name of the LAN", () => {
    for (const host of [
      undefined,
      "192.168.1.20:41234",
      "[fe80::1]:41234",
      "[fe80::1%eth0]",
      "[::1]",
      "localhost:1",
      "spotify-0123456789ab.local:41234",
      "Spotify-0123456789AB-(2).LOCAL.:41234",
      "pi",
    ]) {
      assert.equal(isFromWebPage(host === undefined ? {} : { host }), false, host);
    }
  });

  it("from a program that fetches like a page, but is not a browser, comes from an app", () => {
    assert.equal(isFromWebPage({ host: "192.168.1.20", "sec-fetch-mode": "cors" }), false);
  });

  it("comes from a web page if a browser says so, or if it asks for a name that anyone can register", () => {
    assert.equal(isFromWebPage({ host: "192.168.1.20", origin: "https://example.com" }), true);
    assert.equal(isFromWebPage({ host: "192.168.1.20", origin: "null" }), true);
    assert.equal(isFromWebPage({ host: "localhost:1", "sec-fetch-site": "cross-site" }), true);
    for (const host of [
      "rebound.example.com",
      "rebound.example.com:41234",
      "local.example",
      "1.2.3.4.nip.io",
    ]) {
      assert.equal(isFromWebPage({ host }), true, host);
    }
  });
});
