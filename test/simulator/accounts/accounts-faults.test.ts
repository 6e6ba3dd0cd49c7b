import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { authorizeUrl, Pkce, post, REDIRECT_URI, refresh, signIn } from "../clients/oauth-client";
import { Simulator, type Account, type App } from "../index";

/** The user's own app. */
const APP = "0123456789abcdef0123456789abcdef";
const QUOTA = { error: { status: 429, message: "Too many requests", reason: "QUOTA_EXCEEDED" } };

describe("simulator: faults of the accounts service", () => {
  let simulator: Simulator;
  let account: Account;
  let app: App;
  let refreshToken: string;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    app = simulator.addApp({ redirectUris: [REDIRECT_URI] });
    const { body } = await signIn(simulator, app, account);
    refreshToken = String(body["refresh_token"]);
  });

  afterEach(async () => {
    await simulator.close();
  });

  /** The refresh, as it is sent. */
  function ask(): Promise<Response> {
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: app.clientId,
      refresh_token: refreshToken,
    });
    return fetch(`${simulator.endpoints.accounts}/api/token`, { method: "POST", body });
  }

  /** Nothing was carried out: the refresh token is still valid. */
  async function nothingHappened(): Promise<void> {
    assert.equal((await refresh(simulator, app, refreshToken)).status, 200);
    assert.equal(simulator.stats.refreshReuse, 0);
  }

  it("accountsStatus answers with that status, and a body that is not JSON", async () => {
    simulator.faults.accountsStatus = { value: 503, times: 1 };
    const response = await ask();
    assert.equal(response.status, 503);
    await assert.rejects(response.json(), SyntaxError);
    await nothingHappened();
  });

  it("accountsRateLimited sends the time to wait", async () => {
    simulator.faults.accountsRateLimited = { value: 12_118, times: 1 };
    const response = await ask();
    assert.deepEqual([response.status, response.headers.get("retry-after")], [429, "12118"]);
    await nothingHappened();
  });

  it("accountsQuota reports the quota, with or without the time to wait", async () => {
    simulator.faults.accountsQuota = { value: 0, times: 1 };
    const silent = await ask();
    assert.deepEqual([silent.status, silent.headers.get("retry-after")], [429, null]);
    assert.deepEqual(await silent.json(), QUOTA);
    simulator.faults.accountsQuota = { value: 60, times: 1 };
    assert.equal((await ask()).headers.get("retry-after"), "60");
    await nothingHappened();
  });

  it("accountsGarbage answers 200 with text that is not JSON", async () => {
    simulator.faults.accountsGarbage = 1;
    const response = await ask();
    assert.equal(response.status, 200);
    await assert.rejects(response.json(), SyntaxError);
    await nothingHappened();
  });

  it("accountsNoRefreshToken gives an access token, but no refresh token", async () => {
    simulator.faults.accountsNoRefreshToken = 1;
    const body = Object(await (await ask()).json());
    assert.deepEqual([typeof body.access_token, body.refresh_token], ["string", undefined]);
  });

  it("accountsSlow answers late", async () => {
    simulator.faults.accountsSlow = { value: 30, times: 1 };
    const start = performance.now();
    assert.equal((await ask()).status, 200);
    assert.ok(performance.now() - start >= 29);
  });

  it("accountsDropAfter rotates the refresh token, and tells no client", async () => {
    simulator.faults.accountsDropAfter = 1;
    await assert.rejects(ask());
    const rotated = simulator.grants[0]?.refreshToken;
    assert.notEqual(rotated, refreshToken);
    assert.equal(simulator.stats.tokenRequests.at(-1)?.status, 0);
    assert.equal((await ask()).status, 400);
    assert.equal(simulator.stats.refreshReuse, 1);
    assert.equal((await refresh(simulator, app, rotated)).status, 200);
  });

  it("affect pairing as well, but not the pages", async () => {
    simulator.faults.accountsStatus = { value: 500, times: 1 };
    assert.equal((await fetch(authorizeUrl(simulator, app, new Pkce()))).status, 200);
    const form = { client_id: CLIENT_IDS.keymaster, scope: "streaming" };
    await assert.rejects(post(simulator, "/oauth2/device/authorize", form), SyntaxError);
    assert.equal(simulator.stats.deviceRequests[0]?.status, 500);
    assert.equal((await post(simulator, "/oauth2/device/authorize", form)).status, 200);
  });

  it("webApiQuota does the same at the Web API", async () => {
    simulator.faults.webApiQuota = { value: 19_056, times: 1 };
    const headers = { authorization: `Bearer ${account.accessToken({ clientId: APP })}` };
    const response = await fetch(`${simulator.endpoints.api}/v1/me`, { headers });
    assert.deepEqual([response.status, response.headers.get("retry-after")], [429, "19056"]);
    assert.deepEqual(await response.json(), QUOTA);
    assert.equal((await fetch(`${simulator.endpoints.api}/v1/me`, { headers })).status, 200);
  });
});
