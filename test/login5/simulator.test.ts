import assert from "node:assert/strict";
import { HttpClient } from "../../src/net/client";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import { ClientToken } from "../../src/login5/client-token";
import { Login5 } from "../../src/login5/login5";
import type { StoredCredential } from "../../src/login5/login5-messages";
import type { ClientTokenState } from "../../src/login5/held-client-token";
import { CLIENT_IDS } from "../../src/core/knowledge";
import type { MintedToken } from "../../src/core/token";
import type { Account, Policy } from "../simulator";
import { failureOf, Outcome } from "../support/failure";
import { useStage } from "../support/stage";
import { DEVICE_ID, keptIn } from "./scripted-spotify";

const NOBODY_ABORTS = new AbortController().signal;
const OWN_APP = "0123456789abcdef0123456789abcdef";
const DAY = 86_400_000;

describe("login5 and the client token, with Spotify", () => {
  const stage = useStage();
  let account: Account;
  let credential: StoredCredential;
  let kept: ClientTokenState | undefined;
  let clientToken: ClientToken;
  let login5: Login5;

  /** Like a session after a restart. */
  function begin(clientId?: string): void {
    const { endpoints } = stage.current.simulator;
    const http = new HttpClient();
    const guard = new RateLimitGuard(() => undefined);
    const common = { http, guard, deviceId: () => DEVICE_ID };
    clientToken = new ClientToken({
      ...common,
      endpoint: endpoints.clientToken,
      ...(clientId && { clientId }),
      kept: keptIn(
        () => kept,
        (token) => (kept = token),
      ),
      loaded: () => Promise.resolve(),
    });
    login5 = new Login5({
      ...common,
      endpoint: endpoints.login5,
      clientToken,
      credentials: () => credential,
      keepCredential: (another) => void (credential = another),
    });
    const [mine, token] = [login5, clientToken];
    stage.current.after(async () => {
      mine.close();
      token.close();
      await http.close();
    });
  }

  beforeEach(() => {
    account = stage.current.account();
    credential = { username: account.username, data: account.storedCredential };
    kept = undefined;
    begin();
  });

  const mint = (clientId: string = CLIENT_IDS.keymaster): Promise<MintedToken> =>
    login5.mint([], clientId, NOBODY_ABORTS);

  /** What an access token can be used for. */
  const goodFor = ({ accessToken }: MintedToken): string | undefined =>
    stage.current.simulator.accounts.serviceToken(accessToken)?.account.username;

  it("gives a token that Spotify's own services accept", async () => {
    assert.equal(goodFor(await mint()), account.username);
    const { stats } = stage.current.simulator;
    assert.deepEqual([stats.clientTokenRequests.length, stats.login5Requests.length], [1, 1]);
  });

  for (const needed of [false, true]) {
    it(`logs in with a client token, whether Spotify requires one or not: ${needed}`, async () => {
      stage.current.simulator.policy.login5NeedsClientToken = needed;
      assert.equal(goodFor(await mint()), account.username);
      assert.equal(stage.current.simulator.stats.clientTokenRequests.length, 1);
    });
  }

  it("needs one round trip if the client token is remembered", async () => {
    await mint();
    begin();
    assert.equal(goodFor(await mint()), account.username);
    const { stats } = stage.current.simulator;
    assert.deepEqual([stats.clientTokenRequests.length, stats.login5Requests.length], [1, 2]);
  });

  const challenges: Partial<Policy>[] = [
    { login5Hashcash: [10] },
    { login5Hashcash: [0, 1, 5, 12] },
    { clientTokenHashcash: [16] },
    { clientTokenHashcash: [3, 8], login5Hashcash: [17] },
  ];
  for (const policy of challenges) {
    it(`solves the challenges of Spotify: ${JSON.stringify(policy)}`, async () => {
      Object.assign(stage.current.simulator.policy, policy);
      assert.equal(goodFor(await mint()), account.username);
    });
  }

  it("works for months, day after day, with the credential that each login returns", async () => {
    const { simulator, time } = stage.current;
    simulator.policy.login5Rotation = "rotate";
    for (let day = 0; day < 90; day++) {
      assert.equal(goodFor(await mint()), account.username, `day ${day}`);
      if (day % 10 === 9) begin();
      await time.fastForward(DAY);
    }
    assert.equal(simulator.stats.login5Requests.length, 90);
    // Every 14 days.
    assert.equal(simulator.stats.clientTokenRequests.length, 7);
  });

  it("notices a client token that expires too early", async () => {
    const { simulator, time } = stage.current;
    await mint();
    simulator.clientTokens.revoke(kept!.token);
    assert.equal(goodFor(await mint()), account.username);
    // It expired sooner than Spotify had said.
    const { clientTokenLife } = simulator.policy;
    simulator.clientTokens.revoke(kept!.token);
    const short = simulator.clientTokens.grant(CLIENT_IDS.keymaster, DEVICE_ID, 60);
    kept = { ...kept!, token: short.token, expiresAt: kept!.askedAt + clientTokenLife * 1000 };
    begin();
    await time.fastForward(61_000);
    assert.equal(goodFor(await mint()), account.username);
    assert.equal(simulator.stats.clientTokenRequests.length, 3);
  });

  it("says what to do if login5 refuses the account", async () => {
    account.login5 = "refused";
    const error = await failureOf(mint(), "BAD_CREDENTIALS");
    assert.match(error.message, /Sign in again/);
  });

  it("says what to do if the credential was made with another client ID", async () => {
    await failureOf(mint(OWN_APP), "INVALID_CLIENT");
    const android = await failureOf(mint(CLIENT_IDS.android), "INVALID_CLIENT");
    assert.match(android.message, /keymaster/);
    begin(OWN_APP);
    const error = await failureOf(mint(), "INVALID_CLIENT");
    assert.match(error.message, /Use keymaster/);
  });

  it("says that a code is needed", async () => {
    stage.current.simulator.policy.login5Code = 6;
    await failureOf(mint(), "BAD_CREDENTIALS");
  });

  it("recovers from passing problems", async () => {
    const { simulator, time } = stage.current;
    Object.assign(simulator.faults, {
      clientTokenStatus: { value: 503, times: 1 },
      login5Drop: 1,
      login5Error: { value: 4, times: 1 },
    });
    const outcome = new Outcome(mint());
    await time.until(() => !outcome.pending);
    assert.equal(outcome.result && goodFor(outcome.result), account.username);
  });

  for (const body of ["garbage", "empty", "over-long"] as const) {
    it(`refuses an answer that is ${body}`, async () => {
      const { faults } = stage.current.simulator;
      faults.login5Body = { value: body, times: 1 };
      await failureOf(mint(), "PROTOCOL_ERROR");
      assert.equal(goodFor(await mint()), account.username);
      kept = undefined;
      begin();
      faults.clientTokenBody = { value: body, times: 1 };
      await failureOf(mint(), "PROTOCOL_ERROR");
      assert.equal(goodFor(await mint()), account.username);
    });
  }
});
