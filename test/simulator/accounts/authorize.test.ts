import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { authorizeUrl, codeFor, exchangeCode, Pkce, REDIRECT_URI, SCOPES } from "../clients/oauth-client";
import { Simulator, type Account, type App } from "../index";

describe("simulator: authorize page", () => {
  let simulator: Simulator;
  let account: Account;
  let app: App;
  const pkce = new Pkce();

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "ada<b>" });
    app = simulator.addApp({ name: "Kitchen & <Hall>", redirectUris: [REDIRECT_URI] });
  });

  afterEach(() => simulator.close());

  const open = (changes: Record<string, string | undefined> = {}): Promise<Response> =>
    fetch(authorizeUrl(simulator, app, pkce, changes), { redirect: "manual" });

  /** Presses a button of a page, like a browser. */
  async function press(page: string, button: "agree" | "cancel"): Promise<Response> {
    const [, action = ""] = /action="([^"]+)"/.exec(page) ?? [];
    const [, nonce = ""] = /name="nonce" value="([^"]+)"/.exec(page) ?? [];
    const body = new URLSearchParams({ nonce, decision: button });
    return fetch(simulator.endpoints.accounts + action, { method: "POST", body, redirect: "manual" });
  }

  function answerOf(response: Response): Record<string, string> {
    assert.equal(response.status, 302);
    const location = response.headers.get("location") ?? "";
    assert.ok(location.startsWith(`${REDIRECT_URI}?`), location);
    return Object.fromEntries(new URL(location).searchParams);
  }

  it("names the account, the app and its permissions", async () => {
    const response = await open();
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
    const page = await response.text();
    assert.match(page, /Logged in as <strong id="account">ada&#60;b&#62;</);
    assert.match(page, /Kitchen &#38; &#60;Hall&#62;/);
    for (const scope of SCOPES.split(" ")) assert.ok(page.includes(`<code>${scope}</code>`));
    assert.equal(page.includes("<script"), false);
    const [record] = simulator.stats.authorizeRequests;
    assert.deepEqual(
      { ...record, at: 0 },
      { clientId: app.clientId, redirectUri: REDIRECT_URI, scopes: SCOPES.split(" "), status: 200, at: 0 },
    );
  });

  it("redirects with code and state on Agree", async () => {
    const { code, ...rest } = answerOf(await press(await (await open()).text(), "agree"));
    assert.deepEqual(rest, { state: "st+at/e &" });
    assert.equal((await exchangeCode(simulator, app, code ?? "", pkce)).status, 200);
    assert.equal(simulator.grants[0]?.username, account.username);
  });

  it("redirects with access_denied and state on Cancel", async () => {
    const answer = answerOf(await press(await (await open()).text(), "cancel"));
    assert.deepEqual(answer, { error: "access_denied", state: "st+at/e &" });
  });

  it("leaves state out if the request has none", async () => {
    const page = await (await open({ state: undefined })).text();
    assert.deepEqual(Object.keys(answerOf(await press(page, "agree"))), ["code"]);
  });

  it("can be answered once", async () => {
    const page = await (await open()).text();
    await press(page, "cancel");
    assert.equal((await press(page, "agree")).status, 400);
    assert.equal((await press(page.replace(/value="[0-9a-f]{32}"/, ""), "agree")).status, 400);
  });

  it("knows which account is signed in in the browser", async () => {
    simulator.browserAccount = simulator.addAccount({ username: "grace" });
    const page = await (await open()).text();
    assert.match(page, /Logged in as <strong id="account">grace</);
    // An account that signs in after the page was shown has not agreed.
    simulator.browserAccount = account;
    const { code } = answerOf(await press(page, "agree"));
    await exchangeCode(simulator, app, code ?? "", pkce);
    assert.equal(simulator.grants[0]?.username, "grace");
  });

  describe("shows an error", () => {
    const cases: Record<string, [changes: Record<string, string | undefined>, text: string]> = {
      "for an unknown client": [{ client_id: "0".repeat(32) }, "INVALID_CLIENT: Invalid client"],
      "without a client": [{ client_id: undefined }, "Missing required parameter: client_id"],
      "for a redirect URI that is not registered": [
        { redirect_uri: "http://127.0.0.1:8124/callback" },
        "INVALID_CLIENT: Invalid redirect URI",
      ],
      "without a redirect URI": [{ redirect_uri: undefined }, "Missing required parameter: redirect_uri"],
    };
    for (const [name, [changes, text]] of Object.entries(cases)) {
      it(name, async () => {
        const response = await open(changes);
        assert.equal(response.status, 400);
        assert.ok((await response.text()).includes(`<h1>${text}</h1>`));
        await assert.rejects(simulator.approve(authorizeUrl(simulator, app, pkce, changes), account), {
          message: `The page says: ${text}`,
        });
      });
    }
  });

  describe("tells the client", () => {
    const cases: Record<string, [changes: Record<string, string | undefined>, error: string]> = {
      "about a scope that does not exist": [{ scope: `${SCOPES} user-read-minds` }, "invalid_scope"],
      "about a scope that only the desktop has": [{ scope: "user-read-birthdate" }, "invalid_scope"],
      "about commas between scopes": [{ scope: SCOPES.replace(" ", ",") }, "invalid_scope"],
      "that it forgot PKCE": [{ code_challenge: undefined }, "invalid_request"],
      "that PKCE is S256": [{ code_challenge_method: undefined }, "invalid_request"],
      "that a challenge has 43 characters": [{ code_challenge: "short" }, "invalid_request"],
      "that there is only one response type": [{ response_type: "token" }, "unsupported_response_type"],
      "that there must be a response type": [{ response_type: undefined }, "invalid_request"],
    };
    for (const [name, [changes, error]] of Object.entries(cases)) {
      it(name, async () => {
        const answer = answerOf(await open(changes));
        assert.deepEqual([answer["error"], answer["state"]], [error, "st+at/e &"]);
        const redirect = await simulator.approve(authorizeUrl(simulator, app, pkce, changes), account);
        assert.equal(new URL(redirect).searchParams.get("error"), error);
      });
    }

    it("about a parameter that came twice", async () => {
      const response = await fetch(`${authorizeUrl(simulator, app, pkce)}&scope=streaming`, {
        redirect: "manual",
      });
      assert.equal(answerOf(response)["error"], "invalid_request");
    });
  });

  it("accepts the desktop's client ID, at any port", async () => {
    const desktop = simulator.apps.get(CLIENT_IDS.keymaster);
    assert.ok(desktop);
    const changes = { redirect_uri: "http://127.0.0.1:5588/login", scope: "user-read-birthdate streaming" };
    const code = await codeFor(simulator, desktop, account, pkce, changes);
    const { redirect_uri } = changes;
    const { body } = await exchangeCode(simulator, desktop, code, pkce, { redirect_uri });
    assert.equal(body["scope"], changes.scope);
  });

  it("may have user's apps with fewer scopes, and none with an unsafe redirect URI", async () => {
    app = simulator.addApp({ redirectUris: [REDIRECT_URI], allowedScopes: ["streaming"] });
    assert.equal((await open({ scope: "streaming" })).status, 200);
    assert.equal(answerOf(await open())["error"], "invalid_scope");
    assert.throws(() => simulator.addApp({ redirectUris: ["http://localhost:1880/"] }), /localhost/);
    assert.throws(() => simulator.addApp({ clientId: "mine" }), /32 hex digits/);
  });

  it("can be refused by programs too, and only with its own URLs", async () => {
    const redirect = new URL(await simulator.refuse(authorizeUrl(simulator, app, pkce)));
    assert.equal(redirect.searchParams.get("error"), "access_denied");
    await assert.rejects(simulator.approve("https://accounts.spotify.com/authorize?a=b", account), /Not an/);
  });
});
