import assert from "node:assert/strict";
import { MemoryStateStore, type Session, type SessionOptions } from "../../src";
import type { Account } from "../simulator";
import { failureOf, Outcome, thrownBy } from "../support/failure";
import { ownApp, REDIRECT_URI, signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const SCOPES = ["user-read-playback-state"];
const EMAIL = "alice@example.org";

describe("the account that a sign-in belongs to", () => {
  const stage = useStage({ policy: { deviceInterval: 1 } });
  let alice: Account;

  beforeEach(() => {
    alice = stage.current.account({ username: "alice", email: EMAIL });
  });

  const empty = (options: SessionOptions = {}): Session => stage.current.session(undefined, options);

  const fileOf = ({ storedCredential }: Account, username: string): string =>
    JSON.stringify({ username, auth_type: 1, auth_data: storedCredential.toString("base64") });

  describe("if it comes from a file", () => {
    it("is the one that Spotify names, not the file: a file with an e-mail address can be imported twice", async () => {
      const session = empty();
      for (const time of ["once", "twice"]) {
        const { username } = await session.signIns.import(fileOf(alice, EMAIL));
        assert.equal(username, "alice", time);
      }
      assert.equal(session.signIns.list().length, 1);
    });

    it("is the one that Spotify names also if the file is in the settings", async () => {
      const session = stage.current.session({ credentialsJson: fileOf(alice, EMAIL) });
      await signInWithApp(stage.current.simulator, session, alice, SCOPES);
      assert.deepEqual(
        session.signIns.list().map(({ way }) => way),
        ["configured", "app"],
      );
    });

    it("is not taken for the one of the configured file only because both files have the same name", async () => {
      const bob = stage.current.account({ username: "bob" });
      const session = stage.current.session({ credentialsJson: fileOf(alice, EMAIL) });
      const error = await failureOf(session.signIns.import(bob.credentialsJson), "INVALID_ARGUMENT");
      assert.match(error.message, /\bbob\b.*\balice\b/);
    });

    it("does not matter if Spotify refuses the configured file", async () => {
      const bob = stage.current.account({ username: "bob" });
      const credentialsJson = fileOf(alice, EMAIL);
      alice.invalidateCredentials();
      const session = stage.current.session({ credentialsJson });
      assert.equal((await session.signIns.import(bob.credentialsJson)).username, "bob");
    });
  });

  describe("with the user's own app, if the Web API cannot name it", () => {
    const limit = (seconds: number, times = 1): void => {
      stage.current.simulator.faults.webApiRateLimited = { value: seconds, times };
    };

    for (const [why, break_] of [
      ["is rate limited", () => limit(600)],
      ["has a fault", () => (stage.current.simulator.faults.webApiStatus = { value: 503, times: 3 })],
    ] as const) {
      it(`because it ${why}, is looked up with the first token, and the sign-in is kept`, async () => {
        const { simulator, time } = stage.current;
        const state = new MemoryStateStore();
        const session = empty({ state });
        break_();
        const signedIn = new Outcome(signInWithApp(simulator, session, alice, SCOPES));
        await time.until(() => !signedIn.pending);
        const clientId = signedIn.result!;
        assert.deepEqual(
          session.signIns.list().map(({ id, username, ended }) => [id, username, ended]),
          [[clientId, undefined, false]],
        );
        await session.close();
        const next = empty({ state });
        await time.advance(601_000);
        const { accessToken } = await next.tokens.getTokenWithClientId(SCOPES, clientId);
        assert.equal(simulator.accounts.findToken(accessToken)?.username, "alice");
        assert.equal(next.username, "alice");
      });
    }

    it("is needed for any token, and is looked up with one token only", async () => {
      const { simulator } = stage.current;
      const session = empty();
      limit(600);
      const clientId = await signInWithApp(simulator, session, alice, SCOPES);
      const asked = simulator.stats.tokenRequests.length;
      for (let i = 0; i < 3; i++) {
        const { retryAfter } = await failureOf(
          session.tokens.getTokenWithClientId(SCOPES, clientId),
          "RATE_LIMITED",
        );
        assert.ok(retryAfter! > 500);
      }
      assert.equal(simulator.stats.tokenRequests.length, asked + 1);
    });

    it("is another one: the app is signed out, and gives no token", async () => {
      const { simulator, time } = stage.current;
      const bob = stage.current.account({ username: "bob" });
      const session = empty();
      await session.signIns.import(alice.credentialsJson);
      limit(600);
      const clientId = await signInWithApp(simulator, session, bob, SCOPES);
      await time.advance(601_000);
      const { message } = await failureOf(
        session.tokens.getTokenWithClientId(SCOPES, clientId),
        "INVALID_ARGUMENT",
      );
      assert.match(message, /\bbob\b.*\balice\b/);
      assert.deepEqual(
        session.signIns.list().map(({ username }) => username),
        ["alice"],
      );
    });

    it("does not send the user to Spotify's page while the app is known to be rate limited", async () => {
      const { simulator } = stage.current;
      const session = empty();
      const app = ownApp(simulator);
      limit(600);
      await signInWithApp(simulator, session, alice, SCOPES, app);
      const { retryAfter } = thrownBy(
        () => session.signIns.beginAuthorization(app.clientId, SCOPES, REDIRECT_URI),
        "RATE_LIMITED",
      );
      assert.ok(retryAfter! > 500);
    });
  });

  it("is named by the access point for a pairing: the Web API accepts no token of the desktop app", async () => {
    const { simulator } = stage.current;
    const session = empty();
    simulator.faults.webApiRateLimited = 600;
    const pairing = await session.signIns.beginPairing();
    simulator.pair(pairing.code.userCode, alice);
    const paired = new Outcome(session.signIns.finishPairing(pairing, new AbortController().signal));
    await stage.current.time.until(() => !paired.pending);
    assert.equal(paired.result, "alice");
  });
});
