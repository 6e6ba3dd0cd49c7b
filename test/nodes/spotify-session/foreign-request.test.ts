import assert from "node:assert/strict";
import { whyForeign } from "../../../nodes/spotify-session/foreign-request";

describe("whether a request comes from a page of another site", () => {
  const host = "pi.local:1880";

  it("is decided by the browser's header, if there is one", () => {
    for (const site of ["same-origin", "none"]) {
      assert.equal(whyForeign({ host, "sec-fetch-site": site }), undefined, site);
      // A reverse proxy may use another host name for Node-RED than the browser does.
      const behindProxy = { host: "127.0.0.1:1880", origin: "https://home.example", "sec-fetch-site": site };
      assert.equal(whyForeign(behindProxy), undefined, site);
    }
    // A page of the same host on another port, or of a neighbour's subdomain, is another site's page too.
    for (const site of ["cross-site", "same-site", "", "new"]) {
      assert.equal(whyForeign({ host, "sec-fetch-site": site })?.reason, "otherSite", site);
      const disguised = { host, origin: `http://${host}`, "sec-fetch-site": site };
      assert.equal(whyForeign(disguised)?.reason, "otherSite", site);
    }
  });

  it("is otherwise decided by the page's own address, which must be the one of the request", () => {
    const own: [string, string][] = [
      ["http://pi.local:1880", "pi.local:1880"],
      ["http://PI.local:1880", "pi.LOCAL:1880"],
      ["http://[fd00::1]:1880", "[fd00::1]:1880"],
      ["https://home.example", "home.example"],
      ["https://home.example", "home.example:443"],
      ["http://home.example", "home.example:80"],
    ];
    for (const [origin, asked] of own) assert.equal(whyForeign({ host: asked, origin }), undefined, origin);
    const foreign: [string, string][] = [
      ["https://evil.example", "pi.local:1880"],
      ["http://pi.local", "pi.local:1880"],
      ["http://pi.local:8080", "pi.local:1880"],
      ["http://pi.local:1880.evil.example", "pi.local:1880"],
      ["http://evil.example", "pi.local@evil.example.com"],
      ["https://home.example", "home.example:80"],
      ["null", "pi.local:1880"],
      ["null", ""],
      ["", ""],
      ["file://", ""],
      ["pi.local:1880", "pi.local:1880"],
    ];
    for (const [origin, asked] of foreign) {
      assert.equal(whyForeign({ host: asked, origin })?.reason, "otherHost", `${origin} ${asked}`);
    }
  });

  it("is not decided by a header that any page could set", () => {
    const forwarded = { host, origin: "https://evil.example", "x-forwarded-host": "evil.example" };
    assert.equal(whyForeign(forwarded)?.reason, "otherHost");
  });

  it("is not checked for a program that is not a browser", () => {
    assert.equal(whyForeign({ host }), undefined);
  });

  it("is explained with what to change in a reverse proxy", () => {
    const refused = whyForeign({ host: "127.0.0.1:1880", origin: "http://home.example:8080" });
    assert.match(
      refused?.message ?? "",
      /http:\/\/home\.example:8080.*127\.0\.0\.1:1880.*reverse proxy.*Host/,
    );
    assert.deepEqual(refused?.values, { origin: "http://home.example:8080", host: "127.0.0.1:1880" });
    const long = "x".repeat(5_000);
    const cut = whyForeign({ host: long, origin: `http://${long}.example` });
    assert.ok(cut && cut.message.length < 600);
  });
});
