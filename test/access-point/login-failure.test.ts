import assert from "node:assert/strict";
import { create } from "@bufbuild/protobuf";
import type { SpotifyErrorCode } from "../../src";
import { loginFailure } from "../../src/access-point/login-failure";
import { APLoginFailedSchema, ErrorCode } from "../../src/proto/gen/keyexchange_pb";
import { failureOf, Outcome } from "../support/failure";
import { useStage } from "../support/stage";

const HOUR = 3_600_000;

/** Code of APLoginFailed → the error that a user sees, and a word that its message must contain. */
const FATAL: readonly [number, string, SpotifyErrorCode, RegExp][] = [
  [9, "TravelRestriction", "TRAVEL_RESTRICTION", /14 days/],
  [11, "PremiumAccountRequired", "PREMIUM_REQUIRED", /Premium/],
  [14, "AccountExists", "BAD_CREDENTIALS", /Sign in again/],
  [15, "ExtraVerificationRequired", "BAD_CREDENTIALS", /spotify\.com/],
  [16, "InvalidAppKey", "INVALID_CLIENT", /Update this package/],
  [17, "ApplicationBanned", "INVALID_CLIENT", /Update this package/],
];
/** The same, for codes that Spotify sometimes sends by mistake. */
const DOUBTED: readonly [number, string][] = [
  [12, "BadCredentials"],
  [13, "CouldNotValidateCredentials"],
];
const PASSING: readonly [number, string, SpotifyErrorCode][] = [
  [0, "ProtocolError", "PROTOCOL_ERROR"],
  [2, "TryAnotherAP", "UNREACHABLE"],
  [5, "BadConnectionId", "PROTOCOL_ERROR"],
  [99, "an undocumented code", "PROTOCOL_ERROR"],
];

describe("a login that Spotify refuses", () => {
  const stage = useStage({ accessPoints: 3 });

  for (const [number, name, code, advice] of FATAL) {
    it(`${name} (${number}) is ${code}, and ends the session for good`, async () => {
      const { simulator, time } = stage.current;
      simulator.faults.loginFailed = number;
      const session = stage.current.session(stage.current.account());
      const error = await failureOf(session.connect(), code);
      assert.match(error.message, advice);
      assert.equal(session.state, "closed");
      assert.equal(session.error, error);
      const { connections } = simulator.stats;
      await time.advance(6 * HOUR);
      assert.equal(simulator.stats.connections, connections, "nobody is asked again");
      await failureOf(session.tokens.getToken(["streaming"]), code);
      assert.equal(simulator.stats.connections, connections, "not for a token either");
    });
  }

  for (const [number, name] of DOUBTED) {
    it(`${name} (${number}) is reported at once, and ends the session if it comes again after a minute`, async () => {
      const { simulator, time } = stage.current;
      simulator.faults.loginFailed = number;
      const session = stage.current.session(stage.current.account());
      const connecting = new Outcome(session.connect());
      await time.advance(100);
      assert.equal(connecting.error?.code, "BAD_CREDENTIALS");
      assert.match(connecting.error.message, /Sign in again.*tried once more in a minute/);
      assert.equal(session.error, connecting.error);
      assert.equal(session.state, "connecting");
      // A token that is asked for now does not wait for the next login.
      const token = new Outcome(session.tokens.getToken(["streaming"]));
      await time.advance(100);
      assert.equal(token.error?.code, "BAD_CREDENTIALS");
      await time.advance(29_000);
      assert.equal(simulator.stats.logins.length, 1, "nobody is asked within the minute");
      await time.advance(32_000);
      assert.equal(simulator.stats.logins.length, 2);
      assert.equal(session.state, "closed");
      assert.match(session.error?.message ?? "", /Sign in again in the \S+ dialog\.$/);
      await time.advance(6 * HOUR);
      assert.equal(simulator.stats.logins.length, 2, "nobody is asked again");
      await failureOf(session.tokens.getToken(["streaming"]), "BAD_CREDENTIALS");
      assert.equal(simulator.stats.logins.length, 2, "not for a token either");
    });

    it(`${name} (${number}) sent once by mistake takes a minute, and the account stays signed in`, async () => {
      const { simulator, time } = stage.current;
      const session = await stage.current.connected();
      // Once for the remembered credential, and once for the configured one.
      simulator.faults.loginFailed = { value: number, times: 2 };
      simulator.dropAll();
      await time.advance(5_000);
      assert.equal(session.state, "reconnecting");
      assert.equal(session.error?.code, "BAD_CREDENTIALS");
      await time.advance(62_000);
      assert.equal(session.state, "ready");
      assert.equal(session.error, undefined);
      assert.equal((await session.tokens.getToken(["streaming"])).tokenType, "Bearer");
      // The next mistake counts as the first one again.
      simulator.faults.loginFailed = { value: number, times: 2 };
      simulator.dropAll();
      await time.advance(70_000);
      assert.equal(session.state, "ready");
    });
  }

  it("during an interactive sign-in is reported at once, and not tried again", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.loginFailed = 12;
    const session = stage.current.session(undefined);
    const account = stage.current.account();
    const importing = new Outcome(session.signIns.import(account.credentialsJson));
    await time.advance(100);
    assert.equal(importing.error?.code, "BAD_CREDENTIALS");
    assert.doesNotMatch(importing.error.message, /minute/);
    await time.advance(HOUR);
    assert.equal(simulator.stats.logins.length, 1);
    assert.equal(session.state, "idle");
  });

  for (const [number, name, code] of PASSING) {
    it(`${name} (${number}) is ${code}, and the session tries again until it can log in`, async () => {
      const { simulator, time } = stage.current;
      simulator.faults.loginFailed = number;
      const session = stage.current.session(stage.current.account());
      const connecting = new Outcome(session.connect());
      await time.advance(40_000);
      assert.equal(connecting.error?.code, code);
      assert.equal(session.state, "connecting");
      simulator.faults.loginFailed = false;
      await time.advance(130_000);
      assert.equal(session.state, "ready");
    });
  }

  it("in the handshake does not end the session, because the server has not proved its identity", async () => {
    const { simulator, time } = stage.current;
    simulator.faults.handshakeLoginFailed = 12;
    const session = stage.current.session(stage.current.account());
    await failureOf(session.connect(), "BAD_CREDENTIALS");
    assert.equal(simulator.stats.handshakes, 0);
    assert.equal(simulator.stats.logins.length, 0, "the credential has not left");
    simulator.faults.handshakeLoginFailed = false;
    await time.until(() => session.state === "ready", 10_000);
  });

  for (const [number, code, said] of [
    [12, "BAD_CREDENTIALS", /refused the stored credential.*not signed/],
    [11, "PREMIUM_REQUIRED", /Premium.*not signed/],
    [2, "UNREACHABLE", /TryAnotherAP.*not signed/],
    [5, "PROTOCOL_ERROR", /BadConnectionId.*not signed/],
  ] as const) {
    it(`in plain text, after our proof (${number}), is reported, ends nothing, and is not retried fast`, async () => {
      const { simulator, time } = stage.current;
      simulator.faults.plainLoginFailed = number;
      const session = stage.current.session(stage.current.account());
      const connecting = new Outcome(session.connect());
      await time.advance(8_000);
      assert.equal(connecting.error?.code, code);
      assert.match(connecting.error.message, said);
      assert.equal(session.state, "connecting");
      assert.ok(simulator.stats.connections < 8, `${simulator.stats.connections} connections in 8 s`);
      await time.advance(HOUR);
      assert.equal(session.state, "connecting");
      assert.ok(simulator.stats.connections < 600, `${simulator.stats.connections} connections in an hour`);
      simulator.faults.plainLoginFailed = false;
      await time.advance(70_000);
      assert.equal(session.state, "ready");
    });
  }

  it("in plain text is read even if its bytes come in pieces", async () => {
    const { simulator } = stage.current;
    simulator.faults.plainLoginFailed = 11;
    simulator.faults.dribble = 7;
    await failureOf(stage.current.session(stage.current.account()).connect(), "PREMIUM_REQUIRED");
  });

  it("TryAnotherAP moves on to another access point at once", async () => {
    const { simulator } = stage.current;
    simulator.faults.tryAnotherAp = 2;
    const session = await stage.current.connected();
    assert.equal(session.state, "ready");
    assert.deepEqual(
      simulator.stats.logins.map(({ ok }) => ok),
      [false, false, true],
    );
  });

  it("TryAnotherAP in the handshake moves on as well", async () => {
    const { simulator } = stage.current;
    simulator.faults.handshakeLoginFailed = { value: 2, times: 1 };
    const session = await stage.current.connected();
    assert.equal(session.state, "ready");
  });

  it("TryAnotherAP without end is not retried fast", async function () {
    this.timeout(60_000);
    const { simulator, time } = stage.current;
    simulator.faults.tryAnotherAp = true;
    const session = stage.current.session(stage.current.account());
    const connecting = new Outcome(session.connect());
    await time.advance(60_000);
    assert.equal(connecting.error?.code, "UNREACHABLE");
    assert.ok(
      simulator.stats.connections <= 45,
      `${simulator.stats.connections} connections in the first minute`,
    );
    const { connections } = simulator.stats;
    await time.advance(HOUR / 2);
    const perHour = (simulator.stats.connections - connections) * 2;
    assert.ok(perHour <= 600, `${perHour} connections an hour`);
    simulator.faults.tryAnotherAp = false;
    await time.advance(130_000);
    assert.equal(session.state, "ready");
  });

  it("is tried again if the user asks, after an error that only the user can fix", async () => {
    const { simulator } = stage.current;
    simulator.faults.loginFailed = { value: 11, times: 1 };
    const session = stage.current.session(stage.current.account());
    await failureOf(session.connect(), "PREMIUM_REQUIRED");
    await session.connect();
    assert.equal(session.state, "ready");
    assert.equal(session.error, undefined);
  });

  it("waits as long as the server wishes, up to an hour", () => {
    const after = (retryDelay: number): number | undefined =>
      loginFailure(create(APLoginFailedSchema, { errorCode: ErrorCode.ProtocolError, retryDelay }))
        .retryAfter;
    assert.equal(after(0), undefined);
    assert.equal(after(-5), undefined);
    assert.equal(after(90), 90);
    assert.equal(after(2_000_000_000), 3600);
  });
});
