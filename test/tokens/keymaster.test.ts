import assert from "node:assert/strict";
import { CLIENT_IDS } from "../../src";
import { failureOf, Outcome } from "../support/failure";
import { useStage } from "../support/stage";

const SCOPES = [
  "user-top-read",
  "user-read-recently-played",
  "user-read-playback-state",
  "user-modify-playback-state",
  "user-read-currently-playing",
];
const MINUTE = 60_000;

describe("tokens from keymaster", () => {
  const stage = useStage();

  it("have all five scopes from the issue, in session mode, for KEYMASTER", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected();
    const before = Date.now();
    const token = await session.tokens.getToken(SCOPES);
    const [issued] = simulator.issuedTokens;
    assert.deepEqual(token, {
      accessToken: issued!.accessToken,
      tokenType: "Bearer",
      expiresIn: token.expiresIn,
      expiresAt: token.expiresAt,
      scopes: SCOPES,
      clientId: CLIENT_IDS.keymaster,
      source: "keymaster",
      audience: "spotify-internal",
    });
    assert.ok(token.expiresIn > 3590 && token.expiresIn <= 3600);
    assert.ok(token.expiresAt >= before + 3590_000 && token.expiresAt <= before + 3_600_000 + 1000);
    assert.equal(simulator.stats.keymasterRequests[0]!.deviceId, session.deviceId);
  });

  for (const scope of SCOPES) {
    it(`${scope} as ANDROID: INVALID_SCOPE names the ID, how it was set, and which one would work`, async () => {
      const session = await stage.current.connected();
      session.setClientId("android", "remote-frame");
      const error = await failureOf(session.tokens.getToken([scope]), "INVALID_SCOPE");
      assert.equal(error.clientId, CLIENT_IDS.android);
      assert.deepEqual(error.scopes, [scope]);
      assert.ok(error.message.includes(`android (${CLIENT_IDS.android})`), error.message);
      assert.ok(error.message.includes(scope), error.message);
      assert.match(error.message, /when a Spotify app took control of the device/);
      assert.ok(error.message.includes(`keymaster (${CLIENT_IDS.keymaster})`), error.message);
      assert.equal(
        (await session.tokens.getTokenWithClientId([scope], "keymaster")).clientId,
        CLIENT_IDS.keymaster,
      );
    });
  }

  it("INVALID_SCOPE says how the session got its client ID, in each case", async () => {
    const session = await stage.current.connected(undefined, { clientId: "android" });
    const said = async (): Promise<string> => (await failureOf(session.tokens.getToken(SCOPES))).message;
    assert.match(await said(), /from its configuration/);
    const named = await failureOf(
      session.tokens.getTokenWithClientId(["app-remote-control", "nonsense"], "ios"),
    );
    assert.match(named.message, /This request named that client ID/);
    session.setClientId("ios", "remote-frame");
    session.setClientId("android", "remote-frame", { id: "1", name: "Anna's phone" });
    assert.match(await said(), /when the Spotify app on “Anna's phone” took control of the device/);
    session.setClientId("ios", "remote-frame");
    session.setClientId("android", "cluster");
    assert.match(await said(), /at 20\d\d-.*when a Spotify app took control of playback/);
  });

  it("INVALID_SCOPE is remembered for a minute, so that a flow does not send many requests", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    for (let i = 0; i < 50; i++) {
      await failureOf(session.tokens.getTokenWithClientId(SCOPES.toSorted(), "android"), "INVALID_SCOPE");
      await failureOf(
        session.tokens.getTokenWithClientId(SCOPES.toSorted().toReversed(), "android"),
        "INVALID_SCOPE",
      );
    }
    assert.equal(simulator.stats.keymasterRequests.length, 1);
    await time.advance(61_000);
    await failureOf(session.tokens.getTokenWithClientId(SCOPES, "android"), "INVALID_SCOPE");
    assert.equal(simulator.stats.keymasterRequests.length, 2);
  });

  it("an account that is refused once gets its token from a fresh session, without an error", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected(stage.current.account({ keymaster: "refused-once" }));
    const token = new Outcome(session.tokens.getToken(SCOPES));
    await time.advance(3_000);
    assert.equal(token.result?.clientId, CLIENT_IDS.keymaster);
    assert.deepEqual(
      simulator.stats.keymasterRequests.map(({ status }) => status),
      [403, 200],
    );
    assert.equal(simulator.stats.logins.length, 2);
  });

  it("a refused account: once more on a fresh session, then REQUEST_REFUSED, and no request for a day", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected(stage.current.account({ keymaster: "refused" }));
    const refused = new Outcome(session.tokens.getToken(SCOPES));
    await time.advance(3_000);
    assert.equal(refused.error?.code, "REQUEST_REFUSED");
    assert.equal(refused.error.clientId, CLIENT_IDS.keymaster);
    assert.deepEqual(refused.error.scopes, SCOPES);
    assert.equal(refused.error.retryAfter, 86_400);
    assert.match(refused.error.message, /own Spotify app/);
    assert.equal(simulator.stats.keymasterRequests.length, 2);
    for (let hour = 1; hour < 24; hour++) {
      await time.advance(60 * MINUTE);
      // Another client ID does not help a refused account.
      const another = session.tokens.getTokenWithClientId(["streaming"], "ios");
      const again = await failureOf(another, "REQUEST_REFUSED");
      assert.ok(again.retryAfter! > 0 && again.retryAfter! <= 86_400 - hour * 3600, `${again.retryAfter} s`);
    }
    assert.equal(simulator.stats.keymasterRequests.length, 2, "nobody was asked meanwhile");
    await time.advance(60 * MINUTE);
    const afterwards = new Outcome(session.tokens.getToken(SCOPES));
    await time.advance(3_000);
    assert.equal(afterwards.error?.code, "REQUEST_REFUSED");
    assert.ok(simulator.stats.keymasterRequests.length > 2, "then Spotify may have changed its mind");
  });

  it("a refused account causes no more than one fresh session in five minutes", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected(stage.current.account({ keymaster: "refused" }));
    for (const clientId of ["keymaster", "android", "ios"]) {
      const refused = new Outcome(session.tokens.getTokenWithClientId(["streaming"], clientId));
      await time.advance(3_000);
      assert.equal(refused.error?.code, "REQUEST_REFUSED");
    }
    assert.equal(simulator.stats.logins.length, 2);
  });

  it("an account that is refused again a minute after its fresh session gets no other one", async () => {
    const { simulator, time } = stage.current;
    const account = stage.current.account({ keymaster: "refused-once" });
    const session = await stage.current.connected(account);
    const token = new Outcome(session.tokens.getToken(SCOPES));
    await time.advance(MINUTE);
    assert.ok(token.result);
    account.keymaster = "refused";
    const refused = new Outcome(session.tokens.getToken(["user-read-private"]));
    await time.advance(3_000);
    assert.equal(refused.error?.code, "REQUEST_REFUSED");
    assert.equal(simulator.stats.logins.length, 2);
  });

  it("a fault of the server (5xx) is tried three times, with waits", async () => {
    const { simulator, time } = stage.current;
    const session = await stage.current.connected();
    simulator.faults.mercuryStatus = { value: 503, times: 2 };
    const token = new Outcome(session.tokens.getToken(SCOPES));
    await time.settle();
    assert.equal(simulator.stats.keymasterRequests.length, 1);
    await time.advance(4_000);
    assert.equal(token.result?.tokenType, "Bearer");

    simulator.faults.mercuryStatus = 500;
    const failing = new Outcome(session.tokens.getToken(["streaming"]));
    await time.advance(29_000);
    assert.equal(failing.error?.code, "UNREACHABLE");
    assert.equal(simulator.stats.keymasterRequests.length, 6);
    simulator.faults.mercuryStatus = false;
    assert.equal(
      (await session.tokens.getToken(["streaming"])).tokenType,
      "Bearer",
      "it is not held against anybody",
    );
  });

  it("a request has commas between the scopes, the client ID and the device", async () => {
    const { simulator } = stage.current;
    const session = await stage.current.connected(undefined, { deviceId: "abc123" });
    await session.tokens.getToken("user-top-read  streaming,user-top-read");
    assert.deepEqual(
      simulator.stats.mercuryRequests.map(({ method, uri }) => `${method} ${uri}`),
      [
        `GET hm://keymaster/token/authenticated?scope=user-top-read,streaming&client_id=${CLIENT_IDS.keymaster}&device_id=abc123`,
      ],
    );
  });
});
