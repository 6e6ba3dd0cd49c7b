import assert from "node:assert/strict";
import { AuthenticationType } from "../../../src/proto/gen/authentication_pb";
import { CLIENT_IDS } from "../../../src/core/knowledge";
import { byToken, RawClient } from "../clients/raw-client";
import { Command, Simulator, type Account } from "../index";

describe("simulator: keymaster", () => {
  let simulator: Simulator;
  let account: Account;
  let client: RawClient;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ username: "ada" });
    client = await RawClient.login(simulator, account);
  });

  afterEach(async () => {
    client.close();
    await simulator.close();
  });

  async function ask(scope: string, clientId: string = CLIENT_IDS.keymaster): Promise<[number, unknown]> {
    const query = new URLSearchParams({ scope, client_id: clientId, device_id: "d" });
    const uri = `hm://keymaster/token/authenticated?${decodeURIComponent(query.toString())}`;
    const { status, parts } = await client.request(uri);
    return [status, JSON.parse(Buffer.concat(parts).toString())];
  }

  const INVALID_SCOPE = [400, { code: 3, errorDescription: "Invalid scope" }];
  const INVALID_REQUEST = [403, { code: 4, errorDescription: "Invalid request" }];

  it("gives a token for the requested scopes, and keeps a record of it", async () => {
    const [status, body] = await ask("user-read-playback-state,streaming");
    const [issued] = simulator.issuedTokens;
    assert.ok(issued);
    assert.equal(status, 200);
    assert.deepEqual(body, {
      accessToken: issued.accessToken,
      expiresIn: 3600,
      tokenType: "Bearer",
      scope: ["user-read-playback-state", "streaming"],
    });
    assert.match(issued.accessToken, /^BQ[\w-]{198}$/);
    assert.equal(issued.username, "ada");
    assert.equal(issued.clientId, CLIENT_IDS.keymaster);
    const [record] = simulator.stats.keymasterRequests;
    assert.deepEqual(record?.scopes, ["user-read-playback-state", "streaming"]);
    assert.deepEqual(
      [record.username, record.clientId, record.deviceId, record.status],
      ["ada", CLIENT_IDS.keymaster, "d", 200],
    );
  });

  it("refuses ANDROID the scopes that are reported to be refused, and KEYMASTER none of them", async () => {
    assert.deepEqual(await ask("user-top-read", CLIENT_IDS.android), INVALID_SCOPE);
    assert.deepEqual(await ask("streaming,user-top-read", CLIENT_IDS.android), INVALID_SCOPE);
    assert.equal((await ask("streaming", CLIENT_IDS.android))[0], 200);
    assert.equal((await ask("user-top-read"))[0], 200);
  });

  it("refuses according to the policy", async () => {
    simulator.policy.refusedScopes = { [CLIENT_IDS.keymaster]: ["streaming"] };
    assert.deepEqual(await ask("streaming"), INVALID_SCOPE);
    assert.equal((await ask("user-top-read", CLIENT_IDS.android))[0], 200);
  });

  it("refuses a scope that does not exist, and no scope at all", async () => {
    assert.deepEqual(await ask("user-read-minds"), INVALID_SCOPE);
    assert.deepEqual(await ask(""), INVALID_SCOPE);
  });

  it("gives the desktop's own scopes to the desktop only", async () => {
    assert.equal((await ask("playlist-read"))[0], 200);
    assert.deepEqual(await ask("playlist-read", CLIENT_IDS.ios), INVALID_SCOPE);
  });

  it("refuses a request without a client ID, and an unknown client ID", async () => {
    assert.equal((await ask("streaming", ""))[0], 400);
    simulator.policy.knownClientIds = [CLIENT_IDS.keymaster];
    assert.deepEqual(await ask("streaming", CLIENT_IDS.ios), INVALID_REQUEST);
  });

  it("refuses an account that is refused", async () => {
    account.keymaster = "refused";
    assert.deepEqual(await ask("streaming"), INVALID_REQUEST);
  });

  it("refuses one session and serves the next, if the account is refused once", async () => {
    account.keymaster = "refused-once";
    assert.deepEqual(await ask("streaming"), INVALID_REQUEST);
    assert.deepEqual(await ask("streaming"), INVALID_REQUEST);
    client.close();
    client = await RawClient.login(simulator, account);
    assert.equal((await ask("streaming"))[0], 200);
  });

  it("always refuses a session that an OAuth token opened", async () => {
    client.close();
    client = await RawClient.open(simulator);
    client.sendLogin(byToken(account.accessToken()));
    await client.receive(Command.Welcome);
    assert.equal(simulator.stats.logins[1]?.type, AuthenticationType.AUTHENTICATION_SPOTIFY_TOKEN);
    assert.deepEqual(await ask("streaming"), INVALID_REQUEST);
  });

  it("gives tokens that are valid as long as the policy says, a new one for each request", async () => {
    simulator.policy.tokenLifetime = 5;
    const [, first] = await ask("streaming");
    const [, second] = await ask("streaming");
    assert.notDeepEqual(first, second);
    assert.equal(simulator.issuedTokens.length, 2);
    const left = (simulator.issuedTokens[0]?.expiresAt ?? 0) - Date.now();
    assert.ok(left > 0 && left <= 5000);
  });
});
