import assert from "node:assert/strict";
import { CLIENT_IDS, MemoryStateStore, type Session, type SessionOptions, type StateStore } from "../../src";
import type { Account } from "../simulator";
import { failureOf, Outcome } from "../support/failure";
import { ownApp, signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const SCOPES = ["user-read-playback-state", "user-modify-playback-state", "user-top-read"];
const [STATE, MODIFY, TOP] = SCOPES.map((scope) => [scope]) as [string[], string[], string[]];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A disk that can be delayed, and that records what was written when. */
class SlowStore implements StateStore {
  written = "";
  held = false;
  #release: (() => void)[] = [];

  load(): Promise<unknown> {
    return Promise.resolve(this.written === "" ? undefined : (JSON.parse(this.written) as unknown));
  }

  async save(document: unknown): Promise<void> {
    const text = JSON.stringify(document);
    if (this.held) await new Promise<void>((resolve) => this.#release.push(resolve));
    this.written = text;
  }

  release(): void {
    this.held = false;
    for (const go of this.#release.splice(0)) go();
  }
}

describe("tokens of the user's own app", () => {
  const stage = useStage();
  let account: Account;

  beforeEach(() => {
    account = stage.current.account();
  });

  /** A session that is signed in only with an app. */
  async function appSession(
    scopes: readonly string[] = SCOPES,
    options: SessionOptions = {},
  ): Promise<{ session: Session; clientId: string }> {
    const session = stage.current.session(undefined, options);
    const clientId = await signInWithApp(stage.current.simulator, session, account, scopes);
    return { session, clientId };
  }

  const refreshes = (): number =>
    stage.current.simulator.stats.tokenRequests.filter(({ grantType }) => grantType === "refresh_token")
      .length;

  /** The token's account and scopes, according to the simulator. */
  function issued(accessToken: string): { username: string; clientId: string; scopes: string[] } {
    const found = stage.current.simulator.accounts.findToken(accessToken);
    assert.ok(found, "Spotify knows this token");
    assert.ok(found.expiresAt > Date.now());
    return found;
  }

  describe("are given", () => {
    it("without a credential, and without any connection to an access point", async () => {
      const { session, clientId } = await appSession();
      const token = await session.tokens.getTokenWithClientId(STATE, clientId);
      assert.equal(token.source, "oauth");
      assert.equal(token.audience, "web-api");
      assert.equal(token.clientId, clientId);
      assert.deepEqual(token.scopes, SCOPES);
      assert.equal(issued(token.accessToken).username, account.username);
      assert.equal(issued(token.accessToken).clientId, clientId);
      const { stats } = stage.current.simulator;
      assert.deepEqual([stats.connections, stats.resolverRequests, session.state], [0, 0, "idle"]);
    });

    it("also for the source `oauth`, but not for `keymaster`", async () => {
      const { session, clientId } = await appSession();
      const token = await session.tokens.getTokenWithClientId(STATE, clientId, { source: "oauth" });
      assert.equal(token.source, "oauth");
      await failureOf(
        session.tokens.getTokenWithClientId(STATE, clientId, { source: "keymaster" }),
        "NOT_SIGNED_IN",
      );
    });

    it("from one refresh, no matter how many callers ask for which part of the scopes", async () => {
      const { session, clientId } = await appSession();
      const asked = Array.from({ length: 200 }, (_, i) =>
        session.tokens.getTokenWithClientId([STATE, MODIFY, TOP, SCOPES][i % 4]!, clientId),
      );
      const tokens = new Set((await Promise.all(asked)).map(({ accessToken }) => accessToken));
      assert.equal(tokens.size, 1);
      assert.equal(refreshes(), 1);
      assert.equal(stage.current.simulator.stats.refreshReuse, 0);
      await session.tokens.getTokenWithClientId(MODIFY, clientId);
      assert.equal(refreshes(), 1, "and from the cache after that");
    });

    it("for a request without scopes: all granted scopes, also from one refresh", async () => {
      const { session, clientId } = await appSession();
      const tokens = [
        await session.tokens.getTokenWithClientId([], clientId),
        await session.tokens.getTokenWithClientId([], clientId),
      ];
      assert.equal(tokens[0]!.accessToken, tokens[1]!.accessToken);
      assert.equal(refreshes(), 1);
    });

    it("never for a client ID other than the requested one", async () => {
      const { simulator } = stage.current;
      const session = await stage.current.connected(account);
      const apps = [
        await signInWithApp(simulator, session, account, SCOPES),
        await signInWithApp(simulator, session, account, SCOPES),
      ];
      for (let round = 0; round < 2; round++) {
        for (const clientId of [...apps, CLIENT_IDS.keymaster, CLIENT_IDS.ios]) {
          const token = await session.tokens.getTokenWithClientId(STATE, clientId);
          assert.equal(token.clientId, clientId);
          assert.equal(issued(token.accessToken).clientId, clientId);
          assert.equal(token.source, apps.includes(clientId) ? "oauth" : "keymaster");
        }
      }
    });

    it("with an age that counts from the refresh, also to callers who came while it was under way", async () => {
      const { simulator, time } = stage.current;
      const { session, clientId } = await appSession();
      // The answer takes 18 s to come back: the request was carried out when it arrived.
      simulator.faults.accountsSlow = { value: 18_000, times: 1 };
      const first = new Outcome(session.tokens.getTokenWithClientId(STATE, clientId));
      await time.advance(17_000);
      const second = new Outcome(session.tokens.getTokenWithClientId(MODIFY, clientId));
      await time.advance(2_000);
      for (const { result, error } of [first, second]) {
        assert.ok(result, String(error));
        assert.ok(result.expiresAt <= simulator.accounts.findToken(result.accessToken)!.expiresAt + 1_000);
      }
    });
  });

  describe("when the refresh token rotates", () => {
    it("the new one is on disk before its access token is given to callers", async () => {
      const { simulator, time } = stage.current;
      const state = new SlowStore();
      const { session, clientId } = await appSession(SCOPES, { state });
      const [before] = simulator.grants.map(({ refreshToken }) => refreshToken);
      assert.ok(state.written.includes(before!));
      state.held = true;
      const token = new Outcome(session.tokens.getTokenWithClientId(STATE, clientId));
      await time.settle();
      const [after] = simulator.grants.map(({ refreshToken }) => refreshToken);
      assert.notEqual(after, before, "Spotify has answered");
      assert.ok(token.pending, "and nobody has the token, for it is not on disk");
      state.release();
      await time.settle();
      assert.ok(token.result);
      assert.ok(state.written.includes(after!));
      assert.ok(!state.written.includes(before!));
    });

    it("a session that is closed in the middle of a refresh keeps it", async () => {
      const { simulator, time } = stage.current;
      const state = new MemoryStateStore();
      const { session, clientId } = await appSession(SCOPES, { state });
      simulator.faults.accountsSlow = { value: 3_000, times: 1 };
      const token = new Outcome(session.tokens.getTokenWithClientId(STATE, clientId));
      await time.settle();
      const closing = new Outcome(session.close());
      await time.settle();
      assert.equal(token.error?.code, "CLOSED");
      await time.advance(5_000);
      assert.equal(closing.pending, false);
      assert.ok(JSON.stringify(await state.load()).includes(simulator.grants[0]!.refreshToken));
      const next = stage.current.session(undefined, { state });
      assert.equal((await next.tokens.getTokenWithClientId(STATE, clientId)).source, "oauth");
      assert.equal(simulator.stats.refreshReuse, 0);
    });

    it("it works for a hundred refreshes", async () => {
      const { simulator, time } = stage.current;
      const { session, clientId } = await appSession();
      for (let i = 0; i < 100; i++) {
        issued((await session.tokens.getTokenWithClientId(STATE, clientId)).accessToken);
        await time.fastForward(70 * MINUTE);
      }
      assert.ok(refreshes() >= 100);
      assert.equal(simulator.stats.refreshReuse, 0);
    });

    for (const rotation of ["keep", "omit"] as const) {
      it(`and if it does not (${rotation}), the old one stays in use`, async () => {
        const { simulator, time } = stage.current;
        simulator.policy.refreshRotation = rotation;
        const state = new MemoryStateStore();
        const { session, clientId } = await appSession(SCOPES, { state });
        const { refreshToken } = simulator.grants[0]!;
        for (let i = 0; i < 5; i++) {
          issued((await session.tokens.getTokenWithClientId(STATE, clientId)).accessToken);
          await time.fastForward(2 * HOUR);
        }
        await session.close();
        assert.ok(JSON.stringify(await state.load()).includes(refreshToken));
        const next = stage.current.session(undefined, { state });
        issued((await next.tokens.getTokenWithClientId(STATE, clientId)).accessToken);
      });
    }
  });

  describe("when Spotify no longer accepts the sign-in", () => {
    it("fail as SIGN_IN_EXPIRED for good, without further requests to Spotify", async () => {
      const { simulator, time } = stage.current;
      const state = new MemoryStateStore();
      const { session, clientId } = await appSession(SCOPES, { state });
      simulator.revokeGrant(account);
      let changes = 0;
      session.signIns.on("change", () => changes++);
      const all = await Promise.all(
        [STATE, MODIFY].map((scopes) =>
          failureOf(session.tokens.getTokenWithClientId(scopes, clientId), "SIGN_IN_EXPIRED"),
        ),
      );
      assert.ok(all.every((error) => error.clientId === clientId));
      assert.match(all[0]!.message, /sign in again/i);
      assert.equal(changes, 1);
      const asked = simulator.stats.tokenRequests.length;
      for (let i = 0; i < 20; i++) {
        await failureOf(session.tokens.getTokenWithClientId(STATE, clientId), "SIGN_IN_EXPIRED");
        await time.fastForward(HOUR);
      }
      await session.close();
      const next = stage.current.session(undefined, { state });
      await failureOf(next.tokens.getTokenWithClientId(STATE, clientId), "SIGN_IN_EXPIRED");
      assert.equal(simulator.stats.tokenRequests.length, asked);
      assert.ok(!JSON.stringify(await state.load()).includes(simulator.grants[0]!.refreshToken));
    });

    it("are used until they expire, if they are already in use", async () => {
      const { simulator, time } = stage.current;
      const { session, clientId } = await appSession();
      const token = await session.tokens.getTokenWithClientId(STATE, clientId);
      simulator.revokeGrant(account);
      await time.advance(58 * MINUTE);
      const again = await session.tokens.getTokenWithClientId(STATE, clientId);
      assert.equal(again.accessToken, token.accessToken);
      assert.equal(refreshes(), 2);
      await time.advance(2 * MINUTE);
      await failureOf(session.tokens.getTokenWithClientId(STATE, clientId), "SIGN_IN_EXPIRED");
      assert.equal(refreshes(), 2);
    });

    it("are given again after a new sign-in", async () => {
      const { simulator } = stage.current;
      const app = ownApp(simulator);
      const session = stage.current.session(undefined);
      await signInWithApp(simulator, session, account, SCOPES, app);
      simulator.revokeGrant(account);
      await failureOf(session.tokens.getTokenWithClientId(STATE, app.clientId), "SIGN_IN_EXPIRED");
      await signInWithApp(simulator, session, account, SCOPES, app);
      issued((await session.tokens.getTokenWithClientId(STATE, app.clientId)).accessToken);
    });

    it("end after half a year, refreshed or not", async () => {
      const { simulator, time } = stage.current;
      simulator.policy.grantLife = 86_400;
      const { session, clientId } = await appSession();
      for (let hours = 0; hours < 24; hours += 2) {
        issued((await session.tokens.getTokenWithClientId(STATE, clientId)).accessToken);
        await time.fastForward(2 * HOUR);
      }
      await failureOf(session.tokens.getTokenWithClientId(STATE, clientId), "SIGN_IN_EXPIRED");
      assert.equal(session.signIns.list()[0]?.ended, true);
    });
  });

  describe("are refused", () => {
    it("as NOT_SIGNED_IN if there is no sign-in with the app", async () => {
      const { session } = await appSession();
      const other = "0".repeat(32);
      const error = await failureOf(
        session.tokens.getTokenWithClientId(STATE, other, { source: "oauth" }),
        "NOT_SIGNED_IN",
      );
      assert.equal(error.clientId, other);
      assert.equal(refreshes(), 0);
    });

    for (const source of ["oauth", "auto"] as const) {
      it(`as INVALID_SCOPE that names what is missing, from ${source}`, async () => {
        const { session, clientId } = await appSession([...STATE, ...TOP]);
        const error = await failureOf(
          session.tokens.getTokenWithClientId([...STATE, ...MODIFY, "user-library-read"], clientId, {
            source,
          }),
          "INVALID_SCOPE",
        );
        assert.match(error.message, /user-modify-playback-state, user-library-read/);
        assert.ok(!error.message.includes(STATE[0]!));
        assert.equal(error.clientId, clientId);
        assert.equal(refreshes(), 0);
      });
    }
  });

  describe("without a proper answer from Spotify", () => {
    it("come after another try if the problem passes", async () => {
      const { simulator, time } = stage.current;
      const { session, clientId } = await appSession();
      simulator.faults.accountsStatus = { value: 503, times: 2 };
      const token = new Outcome(session.tokens.getTokenWithClientId(STATE, clientId));
      await time.advance(10_000);
      assert.ok(token.result, String(token.error));
      assert.equal(refreshes(), 3);
    });

    it("fail as UNREACHABLE after three tries, and the sign-in is kept", async () => {
      const { simulator, time } = stage.current;
      const { session, clientId } = await appSession();
      simulator.faults.accountsStatus = 502;
      const token = new Outcome(session.tokens.getTokenWithClientId(STATE, clientId));
      await time.advance(10_000);
      assert.equal(token.error?.code, "UNREACHABLE");
      assert.equal(refreshes(), 3);
      simulator.faults.accountsStatus = false;
      issued((await session.tokens.getTokenWithClientId(STATE, clientId)).accessToken);
    });

    it("fail as PROTOCOL_ERROR if the answer is invalid, and the sign-in is kept", async () => {
      const { simulator } = stage.current;
      const { session, clientId } = await appSession();
      simulator.faults.accountsGarbage = 1;
      await failureOf(session.tokens.getTokenWithClientId(STATE, clientId), "PROTOCOL_ERROR");
      issued((await session.tokens.getTokenWithClientId(STATE, clientId)).accessToken);
    });

    it("fail as RATE_LIMITED at once, with the time to wait, and send no request until then", async () => {
      const { simulator, time } = stage.current;
      const state = new MemoryStateStore();
      const { session, clientId } = await appSession(SCOPES, { state });
      simulator.faults.accountsRateLimited = { value: 19_056, times: 1 };
      const ask = (of: Session): Promise<unknown> => of.tokens.getTokenWithClientId(STATE, clientId);
      assert.equal((await failureOf(ask(session), "RATE_LIMITED")).retryAfter, 19_056);
      await time.advance(HOUR);
      assert.equal((await failureOf(ask(session), "RATE_LIMITED")).retryAfter, 19_056 - 3_600);
      await session.close();
      const next = stage.current.session(undefined, { state });
      assert.equal((await failureOf(ask(next), "RATE_LIMITED")).retryAfter, 19_056 - 3_600);
      assert.equal(refreshes(), 1);
      await time.advance((19_056 - 3_600) * 1000);
      await ask(next);
      assert.equal(refreshes(), 2);
    });
  });

  describe("in use", () => {
    it("are renewed before they expire, so that no caller waits", async () => {
      const { simulator, time } = stage.current;
      const { session, clientId } = await appSession();
      await session.tokens.getTokenWithClientId(STATE, clientId);
      for (let i = 0; i < 48; i++) {
        await time.advance(15 * MINUTE);
        const token = session.tokens.cachedToken(STATE, clientId);
        assert.ok(token && token.expiresIn >= 60, `in quarter ${i}`);
      }
      assert.ok(refreshes() >= 15 && refreshes() <= 17, `${refreshes()} refreshes in 12 hours`);
      assert.equal(simulator.stats.refreshReuse, 0);
    });

    it("hide an outage of ten minutes", async () => {
      const { simulator, time } = stage.current;
      const { session, clientId } = await appSession();
      await session.tokens.getTokenWithClientId(STATE, clientId);
      await time.advance(HOUR * 0.77);
      simulator.faults.accountsStatus = 503;
      for (let i = 0; i < 10; i++) {
        await time.advance(MINUTE);
        assert.ok(session.tokens.cachedToken(STATE, clientId), `in minute ${i}`);
      }
      simulator.faults.accountsStatus = false;
      await time.advance(2.5 * MINUTE);
      assert.ok(session.tokens.cachedToken(STATE, clientId)!.expiresIn > 3_000);
    });

    it("survive a restart: the first one needs no request", async () => {
      const state = new MemoryStateStore();
      const { session, clientId } = await appSession(SCOPES, { state });
      const { accessToken } = await session.tokens.getTokenWithClientId(STATE, clientId);
      await session.close();
      const next = stage.current.session(undefined, { state });
      assert.equal((await next.tokens.getTokenWithClientId(TOP, clientId)).accessToken, accessToken);
      assert.equal(refreshes(), 1);
    });

    it("end with the sign-in: after a sign-out none is given", async () => {
      const state = new MemoryStateStore();
      const { session, clientId } = await appSession(SCOPES, { state });
      const { accessToken } = await session.tokens.getTokenWithClientId(STATE, clientId);
      await session.signIns.signOut(clientId);
      assert.equal(session.tokens.cachedToken(STATE, clientId), undefined);
      await failureOf(
        session.tokens.getTokenWithClientId(STATE, clientId, { source: "oauth" }),
        "NOT_SIGNED_IN",
      );
      await session.close();
      assert.ok(!JSON.stringify(await state.load()).includes(accessToken));
    });

    it("are not given either if the sign-out comes while one is on its way", async () => {
      const { simulator, time } = stage.current;
      const { session, clientId } = await appSession();
      simulator.faults.accountsSlow = { value: 2_000, times: 1 };
      const token = new Outcome(session.tokens.getTokenWithClientId(STATE, clientId));
      await time.settle();
      await session.signIns.signOut(clientId);
      await time.advance(3_000);
      assert.equal(token.error?.code, "NOT_SIGNED_IN");
      assert.equal(session.tokens.cachedToken(STATE, clientId), undefined);
    });
  });
});

describe("the choice of a source", () => {
  const stage = useStage();

  it("with `auto` is the app's own sign-in if it covers the scopes, otherwise keymaster", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    const clientId = await signInWithApp(simulator, session, account, STATE);
    assert.equal((await session.tokens.getTokenWithClientId(STATE, clientId)).source, "oauth");
    const more = await session.tokens.getTokenWithClientId(SCOPES, clientId);
    assert.equal(more.source, "keymaster");
    assert.equal(more.clientId, clientId);
    assert.equal((await session.tokens.getToken(STATE)).source, "keymaster");
  });

  it("does not affect the connection when an app signs in or out", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    const clientId = await signInWithApp(simulator, session, account, STATE);
    await session.signIns.signOut(clientId);
    assert.equal(session.state, "ready");
    assert.equal(simulator.stats.connections, 1);
  });

  it("does not depend on keymaster's refusals", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account({ keymaster: "refused" });
    const session = await stage.current.connected(account);
    const clientId = await signInWithApp(simulator, session, account, STATE);
    await failureOf(session.tokens.getTokenWithClientId(TOP, clientId), "INVALID_SCOPE");
    await failureOf(
      session.tokens.getTokenWithClientId(TOP, clientId, { source: "keymaster" }),
      "REQUEST_REFUSED",
    );
    assert.equal((await session.tokens.getTokenWithClientId(STATE, clientId)).source, "oauth");
  });

  it("with `best` is the app whose sign-in covers the scopes, the latest of several; otherwise as usual", async () => {
    const { simulator, time } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    assert.equal(session.tokens.bestClientId(STATE), CLIENT_IDS.keymaster);
    const first = await signInWithApp(simulator, session, account, STATE);
    assert.equal(session.tokens.bestClientId(STATE), first);
    assert.equal(session.tokens.bestClientId(SCOPES), first, "which says what it lacks");
    await time.advance(1000);
    const second = await signInWithApp(simulator, session, account, SCOPES);
    assert.equal(session.tokens.bestClientId(STATE), second);
    assert.equal(session.tokens.bestClientId("user-top-read,user-read-playback-state"), second);
    assert.equal(session.tokens.bestClientId("user-read-birthdate"), CLIENT_IDS.keymaster);
    await session.signIns.signOut(second);
    assert.equal(session.tokens.bestClientId(STATE), first);
    assert.equal(session.tokens.bestClientId(SCOPES), first);
  });

  it("with `best` is an app whose sign-in has expired, and not one that works: the error says to sign in", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    const clientId = await signInWithApp(simulator, session, account, STATE);
    simulator.revokeGrant(account);
    await failureOf(session.tokens.getTokenWithClientId(STATE, clientId), "SIGN_IN_EXPIRED");
    assert.equal(session.tokens.bestClientId(STATE), clientId);
    const other = await signInWithApp(simulator, session, account, STATE);
    assert.equal(session.tokens.bestClientId(STATE), other);
  });

  it("with `best` is known after a restart as soon as the tokens are ready", async () => {
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const session = stage.current.session(undefined, { state });
    const clientId = await signInWithApp(stage.current.simulator, session, account, STATE);
    await session.close();
    const next = stage.current.session(undefined, { state });
    await next.tokens.ready();
    assert.equal(next.tokens.bestClientId(STATE), clientId);
  });
});
