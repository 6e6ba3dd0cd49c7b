import assert from "node:assert/strict";
import { fromBinary } from "@bufbuild/protobuf";
import { APWelcomeSchema } from "../../../src/proto/gen/authentication_pb";
import { LoginError, type LoginOk, type LoginResponse } from "../../../src/proto/gen/login5_pb";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { clientToken, DEVICE_ID, logIn, loginRequest, post, postLogin } from "../clients/login5-client";
import { RawClient } from "../clients/raw-client";
import { Command, Simulator, type Account } from "../index";

describe("simulator: Login5", () => {
  let simulator: Simulator;
  let account: Account;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "ada" });
  });

  afterEach(() => simulator.close());

  async function post200(headers: Record<string, string>): Promise<[number, string | null]> {
    const response = await postLogin(simulator, loginRequest(account), headers);
    return [response.status, response.headers.get("client-token-error")];
  }

  describe("for a stored credential", () => {
    it("gives a token for an hour, and the credential again", async () => {
      const ok = okOf(await logIn(simulator, loginRequest(account)));
      assert.equal(ok.username, "ada");
      assert.match(ok.accessToken, /^BQ[\w-]{198}$/);
      assert.equal(ok.accessTokenExpiresIn, 3600);
      assert.deepEqual(Buffer.from(ok.storedCredential), account.storedCredential);
    });

    it("gives a token that dealer and spclient can look up until it expires", async () => {
      simulator.policy.login5TokenLifetime = 60;
      const { accessToken } = okOf(await logIn(simulator, loginRequest(account)));
      const token = simulator.accounts.serviceToken(accessToken);
      assert.equal(token?.account, account);
      assert.equal(token.clientId, CLIENT_IDS.keymaster);
      assert.ok(Math.abs(token.expiresAt - Date.now() - 60_000) < 5000);
      assert.equal(simulator.revoke(accessToken), true);
      assert.equal(simulator.accounts.serviceToken(accessToken), undefined);

      simulator.policy.login5TokenLifetime = 0;
      const dead = okOf(await logIn(simulator, loginRequest(account)));
      assert.equal(simulator.accounts.serviceToken(dead.accessToken), undefined);
    });

    it("gives a token that the Web API answers with 429, for any request", async () => {
      const { accessToken } = okOf(await logIn(simulator, loginRequest(account)));
      for (const path of ["/v1/me", "/v1/me/player", "/v1/nonsense"]) {
        const headers = { authorization: `Bearer ${accessToken}` };
        const response = await fetch(simulator.endpoints.api + path, { headers });
        assert.equal(response.status, 429);
        assert.deepEqual(await response.json(), {
          error: { status: 429, message: "API rate limit exceeded" },
        });
      }
    });

    it("may rotate the credential: the old one is invalid at once", async () => {
      simulator.policy.login5Rotation = "rotate";
      const old = Buffer.from(account.storedCredential);
      const { storedCredential } = okOf(await logIn(simulator, loginRequest(account)));
      assert.notDeepEqual(Buffer.from(storedCredential), old);
      assert.deepEqual(account.storedCredential, Buffer.from(storedCredential));
      assert.equal(
        errorOf(await logIn(simulator, loginRequest(account, { data: old }))),
        LoginError.INVALID_CREDENTIALS,
      );
      okOf(await logIn(simulator, loginRequest(account)));
    });

    it("may return no credential; the old one stays valid", async () => {
      simulator.policy.login5Rotation = "omit";
      assert.equal(okOf(await logIn(simulator, loginRequest(account))).storedCredential.length, 0);
      okOf(await logIn(simulator, loginRequest(account)));
    });

    it("serves an account that keymaster refuses", async () => {
      account.keymaster = "refused";
      okOf(await logIn(simulator, loginRequest(account)));
    });
  });

  describe("refuses", () => {
    it("the client ID of a user's own app: BAD_REQUEST", async () => {
      const { clientId } = simulator.addApp();
      const data = account.credentials.of(clientId);
      const response = await logIn(simulator, loginRequest(account, { clientId, data }));
      assert.equal(errorOf(response), LoginError.BAD_REQUEST);
    });

    it("a credential that was made with another app's OAuth token", async () => {
      const data = account.credentials.of(simulator.addApp().clientId);
      const response = await logIn(simulator, loginRequest(account, { data }));
      assert.equal(errorOf(response), LoginError.INVALID_CREDENTIALS);
    });

    it("the desktop credential with another public client ID, but accepts that client ID's own", async () => {
      const clientId = CLIENT_IDS.android;
      const desktops = await logIn(simulator, loginRequest(account, { clientId }));
      assert.equal(errorOf(desktops), LoginError.INVALID_CREDENTIALS);
      const data = account.credentials.of(clientId);
      const { accessToken } = okOf(await logIn(simulator, loginRequest(account, { clientId, data })));
      assert.equal(simulator.accounts.serviceToken(accessToken)?.clientId, clientId);
    });

    it("a credential of another account, one that is no longer valid, and one of no account", async () => {
      const { storedCredential } = simulator.addAccount({ username: "grace" });
      const old = Buffer.from(account.storedCredential);
      account.invalidateCredentials();
      for (const change of [{ data: storedCredential }, { data: old }, { username: "nobody" }]) {
        const response = await logIn(simulator, loginRequest(account, change));
        assert.equal(errorOf(response), LoginError.INVALID_CREDENTIALS);
      }
    });

    it("an account that it is told to refuse", async () => {
      account.login5 = "refused";
      assert.equal(errorOf(await logIn(simulator, loginRequest(account))), LoginError.INVALID_CREDENTIALS);
      const other = simulator.addAccount({ login5: "refused" });
      assert.equal(errorOf(await logIn(simulator, loginRequest(other))), LoginError.INVALID_CREDENTIALS);
    });

    it("a login without device ID, or without a way to log in", async () => {
      const nameless = await logIn(simulator, loginRequest(account, { deviceId: "" }));
      assert.equal(errorOf(nameless), LoginError.BAD_REQUEST);
      const { clientInfo } = loginRequest(account);
      const methodless = await logIn(simulator, { ...(clientInfo !== undefined && { clientInfo }) });
      assert.equal(errorOf(methodless), LoginError.UNSUPPORTED_LOGIN_PROTOCOL);
    });

    it("data that is not protobuf, a request for JSON, and another path", async () => {
      const base = simulator.endpoints.login5;
      const headers = { "client-token": await clientToken(simulator) };
      const accept = "application/x-protobuf";
      assert.equal((await post(`${base}/v3/login`, Buffer.from("{}"), { ...headers, accept })).status, 400);
      const json = await postLogin(simulator, loginRequest(account), {
        ...headers,
        accept: "application/json",
      });
      assert.equal(json.status, 406);
      assert.equal((await post(`${base}/v4/login`, Buffer.of(), headers)).status, 404);
      assert.equal((await fetch(`${base}/v3/login`)).status, 404);
    });
  });

  describe("accepts a client token", () => {
    it("only if this Spotify has given it out, and it has not expired", async () => {
      assert.deepEqual(await post200({ "client-token": "AAAA" }), [400, "INVALID_CLIENTTOKEN"]);
      const good = await clientToken(simulator);
      assert.deepEqual(await post200({ "client-token": good }), [200, null]);
      assert.equal(simulator.clientTokens.revoke(good), true);
      assert.deepEqual(await post200({ "client-token": good }), [400, "INVALID_CLIENTTOKEN"]);
      simulator.policy.clientTokenLife = 0;
      const dead = await clientToken(simulator);
      assert.deepEqual(await post200({ "client-token": dead }), [401, "EXPIRED_CLIENTTOKEN"]);
    });

    it("but requires none, because librespot-python's users log in without one", async () => {
      assert.deepEqual(await post200({}), [200, null]);
      assert.deepEqual(await post200({ "client-token": "" }), [200, null]);
    });

    it("and requires one if the policy says so", async () => {
      simulator.policy.login5NeedsClientToken = true;
      assert.deepEqual(await post200({}), [400, "MISSING_CLIENTTOKEN"]);
      assert.deepEqual(await post200({ "client-token": await clientToken(simulator) }), [200, null]);
    });
  });

  it("is in the journal without a secret; its secrets are among the recorded secrets", async () => {
    const heard = simulator.next("login5");
    const { accessToken, storedCredential } = okOf(await logIn(simulator, loginRequest(account)));
    const [{ at, ...record }] = await heard;
    assert.ok(at <= Date.now());
    assert.deepEqual(record, {
      username: "ada",
      clientId: CLIENT_IDS.keymaster,
      deviceId: DEVICE_ID,
      solutions: 0,
      status: 200,
      outcome: "ok",
    });
    assert.equal(simulator.stats.login5Requests.length, 1);
    const secrets = [accessToken, Buffer.from(storedCredential).toString("base64")];
    assert.deepEqual(simulator.secrets.slice(1), secrets);
    for (const secret of simulator.secrets) assert.ok(!JSON.stringify(simulator.stats).includes(secret));
  });

  it("no longer accepts the credential of another app after a session that it opened", async () => {
    const { clientId } = simulator.addApp();
    const credentials: unknown = JSON.parse(account.credentialsJsonOf(clientId));
    const { username, auth_type: type, auth_data: text } = Object(credentials);
    const client = await RawClient.open(simulator);
    try {
      client.sendLogin({ type, username, data: Buffer.from(text, "base64") });
      const { payload } = await client.receive(Command.Welcome);
      const { reusableAuthCredentials: data } = fromBinary(APWelcomeSchema, payload);
      const response = await logIn(simulator, loginRequest(account, { data }));
      assert.equal(errorOf(response), LoginError.INVALID_CREDENTIALS);
    } finally {
      client.close();
    }
  });

  describe("fails on demand", () => {
    for (const error of Object.values(LoginError).filter((value) => typeof value === "number")) {
      it(`with ${LoginError[error]}`, async () => {
        simulator.faults.login5Error = { value: error, times: 1 };
        assert.equal(errorOf(await logIn(simulator, loginRequest(account))), error);
        assert.equal(simulator.stats.login5Requests[0]?.error, error);
        okOf(await logIn(simulator, loginRequest(account)));
      });
    }

    it("with one error after the other, each as often as specified", async () => {
      const { TIMEOUT, TRY_AGAIN_LATER } = LoginError;
      simulator.faults.login5Error = { value: TIMEOUT, times: 2, next: { value: TRY_AGAIN_LATER, times: 1 } };
      const errors: LoginError[] = [];
      for (let i = 0; i < 3; i++) errors.push(errorOf(await logIn(simulator, loginRequest(account))));
      assert.deepEqual(errors, [TIMEOUT, TIMEOUT, TRY_AGAIN_LATER]);
      okOf(await logIn(simulator, loginRequest(account)));
    });

    it("with a status", async () => {
      simulator.faults.login5Status = { value: 502, times: 1 };
      await assert.rejects(logIn(simulator, loginRequest(account)), /502/);
      okOf(await logIn(simulator, loginRequest(account)));
    });

    it("with garbage, or with nothing", async () => {
      simulator.faults.login5Body = { value: "garbage", times: 1, next: { value: "empty", times: 1 } };
      await assert.rejects(logIn(simulator, loginRequest(account)));
      assert.equal((await logIn(simulator, loginRequest(account))).response.case, undefined);
      okOf(await logIn(simulator, loginRequest(account)));
    });

    it("with far too much", async () => {
      simulator.faults.login5Body = { value: "over-long", times: 1 };
      const headers = { "client-token": await clientToken(simulator) };
      const response = await postLogin(simulator, loginRequest(account), headers);
      assert.ok((await response.arrayBuffer()).byteLength > 8 << 20);
    });

    it("with a reset, and nothing carried out", async () => {
      simulator.policy.login5Rotation = "rotate";
      const old = Buffer.from(account.storedCredential);
      simulator.faults.login5Drop = 1;
      await assert.rejects(logIn(simulator, loginRequest(account)));
      assert.equal(simulator.stats.login5Requests[0]?.status, 0);
      assert.deepEqual(account.storedCredential, old);
    });

    it("by a delay", async () => {
      simulator.faults.login5Slow = { value: 30, times: 1 };
      const start = performance.now();
      okOf(await logIn(simulator, loginRequest(account)));
      assert.ok(performance.now() - start >= 29);
    });
  });
});

function okOf({ response }: LoginResponse): LoginOk {
  assert.ok(response.case === "ok", `It is ${response.case}`);
  return response.value;
}

function errorOf({ response }: LoginResponse): LoginError {
  assert.ok(response.case === "error", `It is ${response.case}`);
  return response.value;
}
