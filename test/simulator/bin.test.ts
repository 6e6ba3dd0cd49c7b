import assert from "node:assert/strict";
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { CLIENT_IDS } from "../../src/core/knowledge";
import type { Announcement } from "./bin";

describe("simulator: stand-alone", function () {
  // A process has to start, compile TypeScript and make keys.
  this.timeout(20_000);

  let child: ChildProcessByStdio<null, Readable, null>;

  async function start(...options: string[]): Promise<Announcement> {
    child = spawn(process.execPath, ["--require", "tsx/cjs", join(__dirname, "bin.ts"), ...options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line]: string[] = await once(createInterface(child.stdout), "line");
    return JSON.parse(line ?? "");
  }

  afterEach(() => {
    child.kill("SIGKILL");
  });

  it("prints one line with its addresses, and accepts orders", async () => {
    const announcement = await start("--account", "ada", "--account", "grace", "--access-points", "2");
    assert.match(announcement.accessPointKey, /^-----BEGIN PUBLIC KEY-----\n/);
    assert.equal(JSON.parse(announcement.credentials).username, "ada");
    assert.deepEqual(
      announcement.accounts.map(({ username }) => username),
      ["ada", "grace"],
    );
    const resolved = await fetch(`${announcement.endpoints.apResolve}/?type=accesspoint`);
    assert.equal(Object(await resolved.json()).accesspoint.length, 2);

    const faults = await order(announcement, "/faults", { webApiStatus: { value: 503, times: 1 } });
    assert.deepEqual(Object(faults).webApiStatus, { value: 503, times: 1 });
    const headers = { authorization: `Bearer ${announcement.accounts[0]?.accessToken}` };
    const me = (): Promise<Response> => fetch(`${announcement.endpoints.api}/v1/me`, { headers });
    assert.equal((await me()).status, 503);
    assert.equal((await me()).status, 429, "it is one of the desktop client ID");
    await order(announcement, "/policy", { webApi: { commandsNeedPremium: true, refusedClientIds: [] } });
    assert.equal((await me()).status, 200);
    assert.equal(await order(announcement, "/faults", { nonsense: true }), 400);
    assert.equal(Object(await order(announcement, "/accounts/grace", { premium: false })).username, "grace");
    assert.equal(Object(await order(announcement, "/")).stats.webApiRequests.length, 3);
    assert.equal(await order(announcement, "/stop", {}), "");
  });

  it("acts as the user of the accounts service", async () => {
    const redirectUri = "http://127.0.0.1:8123/callback";
    const announcement = await start("--account", "ada", "--account", "grace", "--app", redirectUri);
    const { accounts } = announcement.endpoints;
    const [app] = announcement.apps;
    assert.deepEqual(app?.redirectUris, [redirectUri]);
    const other = await order(announcement, "/apps", { redirectUris: [redirectUri], owner: "grace" });
    assert.match(Object(other).clientId, /^[0-9a-f]{32}$/);
    assert.equal(await order(announcement, "/apps", { redirectUris: ["http://localhost/"] }), 400);

    const query = {
      response_type: "code",
      client_id: app?.clientId ?? "",
      redirect_uri: redirectUri,
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256",
    };
    const url = `${accounts}/authorize?${new URLSearchParams(query).toString()}`;
    const refused = await order(announcement, "/refuse", { url });
    assert.equal(Object(refused).redirect, `${redirectUri}?error=access_denied`);
    assert.equal(await order(announcement, "/approve", { url: accounts, account: "grace" }), 400);
    const approved = await order(announcement, "/approve", { url, account: "grace" });
    const code = new URL(Object(approved).redirect).searchParams.get("code") ?? "";

    const form = {
      grant_type: "authorization_code",
      client_id: query.client_id,
      code,
      redirect_uri: redirectUri,
      // Verifier and challenge are the example in RFC 7636, appendix B.
      code_verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    };
    const body = new URLSearchParams(form);
    const answer = await fetch(`${accounts}/api/token`, { method: "POST", body });
    const tokens: unknown = await answer.json();
    const [grant] = Object(await order(announcement, "/grants"));
    assert.deepEqual([grant.username, grant.refreshToken], ["grace", Object(tokens).refresh_token]);
    const { refreshToken } = grant;
    assert.deepEqual(await order(announcement, "/revoke-grant", { refreshToken }), { revoked: true });
    assert.deepEqual(await order(announcement, "/revoke-grant", { account: "grace" }), { revoked: false });
  });

  it("acts as the official app", async () => {
    const announcement = await start("--account", "ada");
    const phone = await order(announcement, "/take-over", { client: "ios", name: "Ada's phone" });
    const { deviceId, clientId } = Object(phone);
    assert.equal(clientId, CLIENT_IDS.ios);
    const cluster = async () => Object(await order(announcement, "/cluster/ada"));
    assert.equal((await cluster()).active_device_id, deviceId);
    assert.equal((await cluster()).devices[deviceId].name, "Ada's phone");
    await order(announcement, "/take-over", { client: "ios", via: "frames" });
    assert.equal(await order(announcement, "/take-over", { client: "nokia" }), 400);
    assert.equal(await order(announcement, "/take-over", { account: "nobody" }), 400);
    assert.equal(await order(announcement, "/command", { deviceId: "nobody" }), 400);
    assert.equal(await order(announcement, "/tap", { address: "http://127.0.0.1:1/" }), 400);
    await order(announcement, "/leave", { client: "ios" });
    assert.deepEqual((await cluster()).devices, {});
  });

  it("pairs devices, and knows the account in the browser", async () => {
    const announcement = await start("--account", "ada", "--account", "grace");
    const { accounts } = announcement.endpoints;
    const begin = async (): Promise<string> => {
      const body = new URLSearchParams({ client_id: CLIENT_IDS.keymaster, scope: "streaming" });
      const answer = await fetch(`${accounts}/oauth2/device/authorize`, { method: "POST", body });
      return Object(await answer.json()).user_code;
    };
    const first = await begin();
    const second = await begin();
    assert.equal(await order(announcement, "/browser-account", { account: "grace" }), "");
    assert.match(await (await fetch(`${accounts}/pair?code=${first}`)).text(), /grace/);
    assert.equal(await order(announcement, "/pair", { userCode: first, account: "grace" }), "");
    assert.equal(await order(announcement, "/pair", { userCode: first, account: "grace" }), 400);
    assert.equal(await order(announcement, "/refuse-pairing", { userCode: second }), "");
    const policy = await order(announcement, "/policy", { refreshRotation: "omit" });
    assert.equal(Object(policy).refreshRotation, "omit");
  });

  it("names Login5 and client tokens, and refuses the accounts that it is told to refuse", async () => {
    const announcement = await start("--login5", "refused");
    const { login5, clientToken } = announcement.endpoints;
    assert.equal((await fetch(`${login5}/v3/login`, { method: "POST" })).status, 406);
    assert.equal((await fetch(`${clientToken}/v1/clienttoken`)).status, 404);
    assert.equal(await order(announcement, "/accounts/listener1", { login5: "maybe" }), 400);
    const account = await order(announcement, "/accounts/listener1", { login5: "ok" });
    assert.equal(Object(account).username, "listener1");
    const faults = await order(announcement, "/faults", { login5Error: { value: 4, times: 2 } });
    assert.deepEqual(Object(faults).login5Error, { value: 4, times: 2 });
    assert.equal(Object(await order(announcement, "/")).stats.login5Requests.length, 1);
  });

  it("accepts no orders from a web page's form", async () => {
    const announcement = await start();
    const response = await fetch(`${announcement.control}/drop`, { method: "POST", body: "a=b" });
    assert.equal(response.status, 400);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`ends with status 0 on ${signal}`, async () => {
      await start();
      child.kill(signal);
      assert.deepEqual(await once(child, "exit"), [0, null]);
    });
  }
});

async function order(announcement: Announcement, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${announcement.control}${path}`, {
    ...(body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  return response.ok ? text && JSON.parse(text) : response.status;
}
