import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { post, refresh, type Answer } from "../clients/oauth-client";
import { byToken, RawClient } from "../clients/raw-client";
import { DEVICE_CODE_GRANT } from "./token-endpoint";
import { Command, Simulator, type Account } from "../index";

describe("simulator: device pairing", () => {
  let simulator: Simulator;
  let account: Account;
  let clock: Clock;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "ada" });
    // Only the calendar: sockets work as usual.
    clock = FakeTimers.install({ now: Date.now(), toFake: ["Date"] });
  });

  afterEach(async () => {
    clock.uninstall();
    await simulator.close();
  });

  const passSeconds = (seconds: number): void => clock.setSystemTime(Date.now() + seconds * 1000);

  function begin(client_id: string = CLIENT_IDS.keymaster, scope = "streaming"): Promise<Answer> {
    return post(simulator, "/oauth2/device/authorize", { client_id, scope });
  }

  function poll(device_code: unknown, client_id: string = CLIENT_IDS.keymaster): Promise<Answer> {
    const form = { grant_type: DEVICE_CODE_GRANT, client_id, device_code: String(device_code) };
    return post(simulator, "/api/token", form);
  }

  async function errorOf(answer: Promise<Answer>): Promise<unknown> {
    const { status, body } = await answer;
    assert.equal(status, 400);
    return body["error"];
  }

  it("gives the device its codes", async () => {
    const { status, body } = await begin();
    assert.equal(status, 200);
    const { device_code, user_code, ...rest } = body;
    assert.ok(String(device_code).length > 40);
    assert.match(String(user_code), /^[A-Z]{6}$/);
    assert.deepEqual(rest, {
      verification_uri: "https://spotify.com/pair",
      verification_uri_complete: `https://spotify.com/pair?code=${String(user_code)}`,
      expires_in: 3600,
      interval: 5,
    });
    assert.deepEqual(simulator.stats.deviceRequests, [
      {
        clientId: CLIENT_IDS.keymaster,
        scopes: ["streaming"],
        status: 200,
        userCode: user_code,
        at: Date.now(),
      },
    ]);
  });

  it("is possible only for the desktop's client ID", async () => {
    for (const clientId of [CLIENT_IDS.android, CLIENT_IDS.ios, simulator.addApp().clientId]) {
      assert.equal(await errorOf(begin(clientId)), "unauthorized_client");
    }
    assert.equal(await errorOf(begin("0".repeat(32))), "invalid_client");
    assert.equal(await errorOf(begin(CLIENT_IDS.keymaster, "user-read-minds")), "invalid_scope");
    assert.deepEqual(
      simulator.stats.deviceRequests.map(({ error }) => error),
      [
        "unauthorized_client",
        "unauthorized_client",
        "unauthorized_client",
        "invalid_client",
        "invalid_scope",
      ],
    );
  });

  it("is pending until the user agrees, then gives tokens, once and without a name", async () => {
    const { body } = await begin();
    assert.equal(await errorOf(poll(body["device_code"])), "authorization_pending");
    passSeconds(5);
    assert.equal(await errorOf(poll(body["device_code"])), "authorization_pending");
    simulator.pair(String(body["user_code"]).toLowerCase(), account);
    const { status, body: tokens } = await poll(body["device_code"]);
    assert.equal(status, 200);
    const { access_token, refresh_token, ...rest } = tokens;
    assert.deepEqual(rest, { token_type: "Bearer", expires_in: 3600, scope: "streaming" });
    assert.equal(await errorOf(poll(body["device_code"])), "invalid_grant");

    const client = await RawClient.open(simulator);
    client.sendLogin(byToken(String(access_token)));
    assert.equal((await client.receive()).cmd, Command.Welcome);
    client.close();
    assert.equal(simulator.stats.logins[0]?.username, "ada");
    const desktop = simulator.apps.get(CLIENT_IDS.keymaster);
    assert.ok(desktop);
    assert.equal((await refresh(simulator, desktop, refresh_token)).status, 200);
  });

  it("slows down a device that asks too often, by five seconds each time", async () => {
    const { body } = await begin();
    const ask = (): Promise<unknown> => errorOf(poll(body["device_code"]));
    assert.equal(await ask(), "authorization_pending");
    passSeconds(4);
    assert.equal(await ask(), "slow_down");
    passSeconds(9);
    assert.equal(await ask(), "slow_down");
    passSeconds(15);
    assert.equal(await ask(), "authorization_pending");
  });

  it("reports once that the user refused", async () => {
    const { body } = await begin();
    simulator.refusePairing(String(body["user_code"]));
    assert.equal(await errorOf(poll(body["device_code"])), "access_denied");
    assert.equal(await errorOf(poll(body["device_code"])), "invalid_grant");
  });

  it("expires", async () => {
    simulator.policy.deviceCodeLife = 60;
    const { body } = await begin();
    passSeconds(60);
    assert.equal(await errorOf(poll(body["device_code"])), "expired_token");
    assert.throws(() => simulator.pair(String(body["user_code"]), account), /No device waits/);
  });

  it("knows only its own device codes, from the client that received them", async () => {
    const { body } = await begin();
    const other = simulator.addApp();
    assert.equal(await errorOf(poll(body["device_code"], other.clientId)), "invalid_grant");
    assert.equal(await errorOf(poll("nothing")), "invalid_grant");
    assert.throws(() => simulator.pair("AAAAAA", account), /No device waits/);
    assert.throws(() => simulator.refusePairing("AAAAAA"), /No device waits/);
  });

  describe("in a browser", () => {
    const page = async (path: string): Promise<[number, string]> => {
      const response = await fetch(simulator.endpoints.accounts + path);
      return [response.status, await response.text()];
    };

    async function press(html: string, decision: string): Promise<[number, string]> {
      const [, action = ""] = /action="([^"]+)"/.exec(html) ?? [];
      const [, nonce = ""] = /name="nonce" value="([^"]+)"/.exec(html) ?? [];
      const body = new URLSearchParams({ nonce, decision });
      const response = await fetch(simulator.endpoints.accounts + action, { method: "POST", body });
      return [response.status, await response.text()];
    }

    it("asks for the code, then for consent", async () => {
      simulator.policy.verificationUri = `${simulator.endpoints.accounts}/pair`;
      const { body } = await begin();
      assert.match((await page("/pair"))[1], /<input id="code" name="code"/);
      const complete = String(body["verification_uri_complete"]);
      const html = await (await fetch(complete)).text();
      assert.match(html, /Logged in as <strong id="account">ada</);
      assert.match(html, /Spotify for Desktop/);
      assert.match((await press(html, "agree"))[1], /The device is paired/);
      assert.equal((await poll(body["device_code"])).status, 200);
      assert.equal((await press(html, "agree"))[0], 400);
    });

    it("accepts a refusal", async () => {
      const { body } = await begin();
      const [, html] = await page(`/pair?code=${String(body["user_code"])}`);
      assert.match((await press(html, "cancel"))[1], /not paired/);
      assert.equal(await errorOf(poll(body["device_code"])), "access_denied");
    });

    it("refuses an unknown code", async () => {
      assert.equal((await page("/pair?code=AAAAAA"))[0], 400);
    });
  });
});
