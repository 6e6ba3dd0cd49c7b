import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import {
  codeFor,
  exchangeCode,
  Pkce,
  post,
  REDIRECT_URI,
  refresh,
  SCOPES,
  signIn,
  type Answer,
} from "../clients/oauth-client";
import { byToken, RawClient } from "../clients/raw-client";
import { Command, Simulator, type Account, type App } from "../index";

const REVOKED = { error: "invalid_grant", error_description: "Refresh token revoked" };

describe("simulator: token endpoint", () => {
  let simulator: Simulator;
  let account: Account;
  let app: App;
  let clock: Clock;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "ada" });
    app = simulator.addApp({ redirectUris: [REDIRECT_URI], owner: account });
    // Only the calendar: sockets work as usual.
    clock = FakeTimers.install({ now: Date.now(), toFake: ["Date"] });
  });

  afterEach(async () => {
    clock.uninstall();
    await simulator.close();
  });

  const passSeconds = (seconds: number): void => clock.setSystemTime(Date.now() + seconds * 1000);

  function refused({ status, body }: Answer): unknown {
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(body), ["error", "error_description"]);
    return body["error"];
  }

  async function webApi(accessToken: unknown, path = "/v1/me/player"): Promise<Response> {
    return fetch(simulator.endpoints.api + path, {
      headers: { authorization: `Bearer ${String(accessToken)}` },
    });
  }

  describe("for a code", () => {
    const pkce = new Pkce();
    let code: string;

    beforeEach(async () => {
      code = await codeFor(simulator, app, account, pkce);
    });

    it("answers with tokens that the Web API accepts", async () => {
      const { status, headers, body } = await exchangeCode(simulator, app, code, pkce);
      assert.equal(status, 200);
      assert.equal(headers.get("cache-control"), "no-store");
      const { access_token, refresh_token, ...rest } = body;
      assert.deepEqual(rest, { token_type: "Bearer", expires_in: 3600, scope: SCOPES });
      assert.match(String(refresh_token), /^AQ/);
      assert.equal((await webApi(access_token)).status, 200);
      assert.equal((await webApi(access_token, "/v1/me/top/tracks")).status, 403);
      passSeconds(3600);
      assert.equal((await webApi(access_token)).status, 401);
    });

    it("tells the username to Spotify's own desktop app, as go-librespot expects, but not at a refresh", async () => {
      const desktop = simulator.apps.get(CLIENT_IDS.keymaster)!;
      const redirect_uri = "http://127.0.0.1:5588/login";
      const own = await codeFor(simulator, desktop, account, pkce, { redirect_uri, scope: "streaming" });
      const { body } = await exchangeCode(simulator, desktop, own, pkce, { redirect_uri });
      assert.equal(body["username"], "ada");
      const refreshed = await refresh(simulator, desktop, body["refresh_token"]);
      assert.equal(refreshed.status, 200);
      assert.equal("username" in refreshed.body, false);
    });

    it("refuses a second use, and revokes the tokens of the first", async () => {
      const { body } = await exchangeCode(simulator, app, code, pkce);
      assert.equal(refused(await exchangeCode(simulator, app, code, pkce)), "invalid_grant");
      assert.equal((await webApi(body["access_token"])).status, 401);
      assert.deepEqual((await refresh(simulator, app, body["refresh_token"])).body, REVOKED);
    });

    it("refuses it after ten minutes", async () => {
      passSeconds(600);
      const answer = await exchangeCode(simulator, app, code, pkce);
      assert.equal(answer.body["error_description"], "Authorization code expired");
    });

    const cases: Record<string, [changes: Record<string, string | undefined>, error: string, text: string]> =
      {
        "with another verifier": [
          { code_verifier: "x".repeat(43) },
          "invalid_grant",
          "code_verifier was incorrect",
        ],
        "without a verifier": [
          { code_verifier: undefined },
          "invalid_request",
          "code_verifier must be supplied",
        ],
        "with another redirect URI": [
          { redirect_uri: `${REDIRECT_URI}/` },
          "invalid_grant",
          "Invalid redirect URI",
        ],
        "of another client": [
          { client_id: CLIENT_IDS.keymaster },
          "invalid_grant",
          "Invalid authorization code",
        ],
        "that it never gave out": [{ code: "AQnothing" }, "invalid_grant", "Invalid authorization code"],
        "from an unknown client": [{ client_id: "0".repeat(32) }, "invalid_client", "Invalid client"],
        "without a grant type": [
          { grant_type: undefined },
          "unsupported_grant_type",
          "grant_type parameter is missing",
        ],
        "for a grant type it has not": [
          { grant_type: "password" },
          "unsupported_grant_type",
          "grant_type password is not supported",
        ],
      };
    for (const [name, [changes, error, text]] of Object.entries(cases)) {
      it(`refuses one ${name}, and the right request still works`, async () => {
        const answer = await exchangeCode(simulator, app, code, pkce, changes);
        assert.equal(refused(answer), error);
        assert.equal(answer.body["error_description"], text);
        assert.equal((await exchangeCode(simulator, app, code, pkce)).status, 200);
        assert.deepEqual(
          simulator.stats.tokenRequests.map(({ status, error: recorded }) => [status, recorded]),
          [
            [400, error],
            [200, undefined],
          ],
        );
      });
    }

    it("refuses JSON, a secret, and repeated parameters", async () => {
      const url = `${simulator.endpoints.accounts}/api/token`;
      const ask = async (init: RequestInit): Promise<[number, unknown]> => {
        const response = await fetch(url, { method: "POST", ...init });
        return [response.status, Object(await response.json()).error];
      };
      const json = { headers: { "content-type": "application/json" }, body: "{}" };
      assert.deepEqual(await ask(json), [400, "invalid_request"]);
      const secret = { headers: { authorization: "Basic YTpi" }, body: new URLSearchParams({ code }) };
      assert.deepEqual(await ask(secret), [401, "invalid_client"]);
      const twice = { body: new URLSearchParams("grant_type=refresh_token&grant_type=refresh_token") };
      assert.deepEqual(await ask(twice), [400, "invalid_request"]);
    });
  });

  describe("for a refresh token", () => {
    let first: Answer["body"];

    beforeEach(async () => {
      ({ body: first } = await signIn(simulator, app, account));
    });

    it("rotates it: the old one is invalid at once, and its use is counted", async () => {
      const { status, body } = await refresh(simulator, app, first["refresh_token"]);
      assert.equal(status, 200);
      assert.notEqual(body["refresh_token"], first["refresh_token"]);
      assert.equal(body["scope"], SCOPES);
      assert.equal(simulator.stats.refreshReuse, 0);
      assert.deepEqual((await refresh(simulator, app, first["refresh_token"])).body, REVOKED);
      assert.equal(simulator.stats.refreshReuse, 1);
      assert.equal((await refresh(simulator, app, body["refresh_token"])).status, 200);
      assert.equal((await webApi(body["access_token"])).status, 200);
    });

    it("keeps it, or does not return it", async () => {
      simulator.policy.refreshRotation = "keep";
      const kept = await refresh(simulator, app, first["refresh_token"]);
      assert.equal(kept.body["refresh_token"], first["refresh_token"]);
      simulator.policy.refreshRotation = "omit";
      const omitted = await refresh(simulator, app, first["refresh_token"]);
      assert.deepEqual(Object.keys(omitted.body), ["access_token", "token_type", "expires_in", "scope"]);
      assert.equal((await refresh(simulator, app, first["refresh_token"])).status, 200);
      assert.equal(simulator.stats.refreshReuse, 0);
    });

    it("refuses it six months after the authorisation, no matter how often it was used", async () => {
      simulator.policy.refreshRotation = "omit";
      passSeconds(simulator.policy.grantLife - 1);
      assert.equal((await refresh(simulator, app, first["refresh_token"])).status, 200);
      passSeconds(1);
      assert.deepEqual((await refresh(simulator, app, first["refresh_token"])).body, REVOKED);
    });

    it("does not extend the life by rotating", async () => {
      passSeconds(simulator.policy.grantLife - 1);
      const { body } = await refresh(simulator, app, first["refresh_token"]);
      passSeconds(1);
      assert.deepEqual((await refresh(simulator, app, body["refresh_token"])).body, REVOKED);
      assert.equal(simulator.stats.refreshReuse, 0);
    });

    it("refuses a token that the user has revoked, by token or for the account", async () => {
      const { body: second } = await signIn(simulator, app, account);
      assert.equal(simulator.revokeGrant(String(first["refresh_token"])), true);
      assert.deepEqual((await refresh(simulator, app, first["refresh_token"])).body, REVOKED);
      assert.equal((await webApi(first["access_token"])).status, 200);
      assert.equal(simulator.revokeGrant(account), true);
      assert.deepEqual((await refresh(simulator, app, second["refresh_token"])).body, REVOKED);
      assert.equal(simulator.revokeGrant(account), false);
      assert.equal(simulator.revokeGrant("AQnothing"), false);
    });

    it("grants fewer scopes on demand, never more", async () => {
      const more = { scope: `${SCOPES} streaming` };
      assert.equal(refused(await refresh(simulator, app, first["refresh_token"], more)), "invalid_scope");
      const fewer = { scope: "user-read-playback-state" };
      const { body } = await refresh(simulator, app, first["refresh_token"], fewer);
      assert.equal(body["scope"], fewer.scope);
      assert.equal((await refresh(simulator, app, body["refresh_token"])).body["scope"], SCOPES);
    });

    it("refuses one that belongs to another client, or that it never gave out", async () => {
      const other = simulator.addApp();
      assert.equal(refused(await refresh(simulator, other, first["refresh_token"])), "invalid_grant");
      const unknown = await refresh(simulator, app, "AQnothing");
      assert.equal(unknown.body["error_description"], "Invalid refresh token");
      assert.equal((await refresh(simulator, app, first["refresh_token"])).status, 200);
    });

    it("gives tokens that live as long as the policy says", async () => {
      simulator.policy.oauthTokenLifetime = 60;
      const { body } = await refresh(simulator, app, first["refresh_token"]);
      assert.equal(body["expires_in"], 60);
    });
  });

  it("records who requested which tokens", async () => {
    const asked = simulator.next("token", ({ grantType }) => grantType === "refresh_token");
    const { body } = await signIn(simulator, app, account);
    await refresh(simulator, app, body["refresh_token"]);
    const [record] = await asked;
    assert.deepEqual(record, {
      grantType: "refresh_token",
      clientId: app.clientId,
      status: 200,
      at: Date.now(),
    });
    assert.equal(simulator.stats.tokenRequests.length, 2);
  });

  it("belongs to an app whose owner has no Premium: the Web API refuses its tokens for every user", async () => {
    const owner = simulator.addAccount({ premium: false });
    app = simulator.addApp({ redirectUris: [REDIRECT_URI], owner });
    const { body } = await signIn(simulator, app, account);
    const response = await webApi(body["access_token"]);
    assert.equal(response.status, 403);
    assert.match(await response.text(), /^Active premium subscription required for the owner of the app\. /);
    owner.premium = true;
    assert.equal((await webApi(body["access_token"])).status, 200);
  });

  it("gives the desktop's client ID tokens that open a session, but not the user's own app", async () => {
    const desktop = simulator.apps.get(CLIENT_IDS.keymaster);
    assert.ok(desktop);
    const redirect_uri = "http://127.0.0.1:5588/login";
    const pkce = new Pkce();
    const code = await codeFor(simulator, desktop, account, pkce, { redirect_uri });
    const { body } = await exchangeCode(simulator, desktop, code, pkce, { redirect_uri });
    const { body: own } = await signIn(simulator, app, account);
    const commands = [];
    for (const token of [body, own]) {
      const client = await RawClient.open(simulator);
      client.sendLogin(byToken(String(token["access_token"])));
      commands.push((await client.receive()).cmd);
      client.close();
    }
    assert.deepEqual(commands, [Command.Welcome, Command.LoginFailed]);
  });

  it("exists only at its path, with POST", async () => {
    const { accounts } = simulator.endpoints;
    assert.equal((await fetch(`${accounts}/api/token`)).status, 404);
    assert.equal((await fetch(`${accounts}/favicon.ico`)).status, 404);
    assert.equal(refused(await post(simulator, "/api/token", {})), "unsupported_grant_type");
  });
});
