import assert from "node:assert/strict";
import { once } from "node:events";
import { CLIENT_IDS, type Session, type SessionOptions, type StateProblemKind } from "../../src";
import redisStore = require("../../src/store/redis");
import type { Account } from "../simulator";
import { failureOf } from "../support/failure";
import { signInWithApp } from "../support/own-app";
import { RedisServer } from "../support/redis-server";
import { useStage } from "../support/stage";

const SCOPES = ["user-read-playback-state"];
const OTHER_SCOPES = ["playlist-read-private"];
const NEVER = new AbortController().signal;

describe("an account that several processes share on a Redis server", () => {
  const stage = useStage({ policy: { deviceInterval: 1 } });
  let server: RedisServer;
  let alice: Account;
  let accounts = 0;
  let instances = 0;

  before(async () => (server = await RedisServer.start()));
  after(() => server.close());
  beforeEach(() => {
    alice = stage.current.account({ username: "alice" });
    accounts++;
  });

  /** A session with a separate connection to the server, as in a separate process. */
  function instance(account?: Account, options: SessionOptions = {}): Session {
    const store = redisStore({ url: server.url });
    const name = `instance${instances++}`;
    const sharedState = store.open({ id: `account${accounts}`, instance: name, secrets: ["the key"] });
    return stage.current.session(account, { deviceId: name, sharedState, ...options });
  }

  async function connected(account?: Account): Promise<Session> {
    const session = instance(account);
    await session.connect();
    await session.tokens.ready();
    return session;
  }

  async function pair(session: Session): Promise<void> {
    const pairing = await session.signIns.beginPairing();
    stage.current.simulator.pair(pairing.code.userCode, alice);
    await session.signIns.finishPairing(pairing, NEVER);
  }

  const useApp = (session: Session, scopes = SCOPES): Promise<string> =>
    signInWithApp(stage.current.simulator, session, alice, scopes);

  /** Resolves when the session's sign-ins are as expected. */
  async function until(session: Session, isRight: () => boolean): Promise<void> {
    while (!isRight()) await once(session.signIns, "change");
  }

  const stats = (): typeof stage.current.simulator.stats => stage.current.simulator.stats;
  const refreshes = (): number =>
    stats().tokenRequests.filter(({ grantType }) => grantType === "refresh_token").length;

  it("is signed in everywhere when it is paired in one process, and signed out everywhere", async () => {
    const [first, second, third] = await Promise.all([connected(), connected(), connected()]);
    await pair(first);
    await Promise.all([second, third].map((one) => until(one, () => one.signIns.list().length === 1)));
    for (const session of [first, second, third]) {
      assert.equal((await session.tokens.getToken(SCOPES)).source, "oauth");
      assert.equal(session.username, "alice");
      await session.connect();
      assert.equal(session.state, "ready");
    }
    await third.signIns.signOutOfAll();
    await Promise.all([first, second].map((one) => until(one, () => one.signIns.list().length === 0)));
    for (const session of [first, second, third]) {
      await failureOf(session.tokens.getToken(SCOPES), "NOT_SIGNED_IN");
      assert.equal(session.state, "idle");
    }
  });

  it("asks keymaster once if ten processes want tokens at once", async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => connected(alice)));
    const tokens = await Promise.all(
      sessions.flatMap((session) => Array.from({ length: 100 }, () => session.tokens.getToken(SCOPES))),
    );
    assert.equal(stats().keymasterRequests.length, 1);
    assert.equal(new Set(tokens.map(({ accessToken }) => accessToken)).size, 1);
  });

  it("refreshes a grant once if ten processes want tokens at once, and uses no refresh token twice", async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => connected()));
    const [first] = sessions as [Session];
    const clientId = await useApp(first, [...SCOPES, ...OTHER_SCOPES]);
    await Promise.all(sessions.map((one) => until(one, () => one.signIns.list().length === 1)));
    for (let round = 1; round <= 5; round++) {
      const tokens = await Promise.all(
        sessions.flatMap((session) =>
          Array.from({ length: 100 }, () => session.tokens.getTokenWithClientId(SCOPES, clientId)),
        ),
      );
      const different = new Set(tokens.map(({ accessToken }) => accessToken));
      assert.equal(different.size, 1);
      assert.equal(refreshes(), round);
      // A server refuses the token with a 401, in each process.
      for (const accessToken of different)
        for (const session of sessions) session.tokens.refused(accessToken);
    }
    assert.equal(stats().refreshReuse, 0);
  });

  it("is a separate device in each process", async () => {
    const sessions = await Promise.all([connected(alice), connected(alice)]);
    const devices = stats().logins.map(({ deviceId }) => deviceId);
    assert.equal(new Set(devices).size, 2);
    assert.deepEqual(new Set(devices), new Set(sessions.map(({ deviceId }) => deviceId)));
  });

  it("gives a token in another process within a moment, without a request", async () => {
    const [first, second] = await Promise.all([connected(alice), connected(alice)]);
    const told = once(second.tokens, "token");
    const token = await first.tokens.getToken(SCOPES);
    await told;
    assert.equal(second.tokens.cachedToken(SCOPES, second.clientId)?.accessToken, token.accessToken);
    assert.equal(stats().keymasterRequests.length, 1);
  });

  it("drops a token everywhere when a server has refused it in one process", async () => {
    const [first, second] = await Promise.all([connected(alice), connected(alice)]);
    const told = once(second.tokens, "token");
    const { accessToken } = await first.tokens.getToken(SCOPES);
    await told;
    first.tokens.refused(accessToken);
    const fresh = await first.tokens.getToken(SCOPES);
    assert.notEqual(fresh.accessToken, accessToken);
    assert.equal((await second.tokens.getToken(SCOPES)).accessToken, fresh.accessToken);
    assert.equal(stats().keymasterRequests.length, 2);
  });

  it("keeps a token that one got after a new sign-in, though another was slow to forget those before it", async () => {
    const store = redisStore({ url: server.url });
    const shared = store.open({ id: `account${accounts}`, instance: "slow", secrets: ["the key"] });
    let release: () => void = () => undefined;
    let held: Promise<void> | undefined;
    const compareAndSet: typeof shared.compareAndSet = async (slice, ...rest) => {
      if (slice === "tokens") await held;
      return shared.compareAndSet(slice, ...rest);
    };
    const sharedState = new Proxy(shared, {
      get: (target, name) => {
        const value: unknown = name === "compareAndSet" ? compareAndSet : Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    const fast = await connected();
    const slow = instance(undefined, { deviceId: "slow", sharedState });
    await slow.tokens.ready();
    await pair(fast);
    await until(slow, () => slow.signIns.list().length === 1);
    await fast.tokens.getToken(SCOPES, { source: "keymaster" });
    held = new Promise((resolve) => (release = resolve));
    await fast.signIns.signOutOfAll();
    await until(slow, () => slow.signIns.list().length === 0);
    await pair(fast);
    const { accessToken } = await fast.tokens.getToken(SCOPES, { source: "keymaster" });
    release();
    await slow.close();
    const third = await connected();
    assert.equal((await third.tokens.getToken(SCOPES, { source: "keymaster" })).accessToken, accessToken);
  });

  it("is not refused twice for the same reason: the others do not repeat a refused request", async () => {
    const sessions = await Promise.all([connected(alice), connected(alice), connected(alice)]);
    stage.current.simulator.faults.mercuryStatus = { value: 429, times: 1 };
    for (const session of sessions) await failureOf(session.tokens.getToken(SCOPES), "RATE_LIMITED");
    assert.equal(stats().keymasterRequests.length, 1);
  });

  it("waits everywhere when Spotify has told one process to wait", async () => {
    const [first, second] = await Promise.all([connected(), connected()]);
    const clientId = await useApp(first);
    await until(second, () => second.signIns.list().length === 1);
    stage.current.simulator.faults.accountsStatus = { value: 429, times: 1 };
    await failureOf(first.tokens.getTokenWithClientId(SCOPES, clientId), "RATE_LIMITED");
    await failureOf(second.tokens.getTokenWithClientId(SCOPES, clientId), "RATE_LIMITED");
    assert.equal(refreshes(), 1);
  });

  it("keeps nothing on the server in plain text, and nothing that can be decrypted for another account", async () => {
    const first = await connected();
    await pair(first);
    const { accessToken } = await first.tokens.getToken(SCOPES);
    await first.close();
    const text = await server.files();
    assert.ok(text.includes(`account${accounts}`), "the state is on this server");
    for (const secret of [accessToken, "alice", "the key", ...stage.current.simulator.secrets]) {
      assert.ok(!text.includes(secret), "a secret is on the server");
    }
    await server.command("COPY", `spotify-session:{account${accounts}}`, "spotify-session:{mallory}");
    const sharedState = redisStore({ url: server.url }).open({
      id: "mallory",
      instance: "x",
      secrets: ["the key"],
    });
    const mallory = stage.current.session(undefined, { sharedState });
    await failureOf(mallory.connect(), "UNREACHABLE");
    assert.deepEqual(mallory.signIns.list(), []);
    assert.match(mallory.stateProblem!.message, /sealed with another key, or is damaged/);
  });

  it("is not signed in with another key, says so, and changes nothing", async () => {
    const first = await connected();
    await pair(first);
    const id = `account${accounts}`;
    const sharedState = redisStore({ url: server.url }).open({ id, instance: "x", secrets: ["another"] });
    const other = stage.current.session(undefined, { sharedState });
    const request = (): Promise<unknown> => other.tokens.getToken(SCOPES);
    for (const attempt of [() => other.connect(), request, () => pair(other)]) {
      const error = await failureOf(attempt(), "UNREACHABLE");
      assert.match(error.message, /sealed with another key/);
    }
    await other.close();
    const later = await connected();
    assert.equal(later.signIns.list().length, 1);
    assert.equal((await later.tokens.getToken(SCOPES)).clientId, CLIENT_IDS.keymaster);
  });

  it("begins anew with another key after its state was deleted as the documentation says", async () => {
    const id = `account${accounts}`;
    const withKey = (key: string): Session => {
      const sharedState = redisStore({ url: server.url }).open({ id, instance: "same", secrets: [key] });
      return stage.current.session(undefined, { sharedState });
    };
    const first = withKey("the key");
    await first.connect();
    await pair(first);
    await first.connect();
    await first.close();
    await server.command("DEL", `spotify-session:{${id}}`);
    const second = withKey("another");
    await second.connect();
    await pair(second);
    assert.equal((await second.tokens.getToken(SCOPES)).source, "oauth");
    assert.equal(second.stateProblem, undefined);
  });

  describe("while the server is unreachable", () => {
    afterEach(async () => {
      server.resume();
      if (!server.isRunning) await server.start();
    });

    const problemIs = async (session: Session, kind: StateProblemKind | undefined): Promise<void> => {
      while (session.stateProblem?.kind !== kind) await once(session, "stateProblem");
    };

    it("gives the tokens that it knows, and says what is wrong; then it works as before", async () => {
      const session = await connected();
      const clientId = await useApp(session);
      const { accessToken } = await session.tokens.getTokenWithClientId(SCOPES, clientId);
      await server.kill();
      assert.equal((await session.tokens.getTokenWithClientId(SCOPES, clientId)).accessToken, accessToken);
      await problemIs(session, "away");
      // A token that must be renewed is not renewed, because another instance may be doing that.
      session.tokens.refused(accessToken);
      const error = await failureOf(session.tokens.getTokenWithClientId(SCOPES, clientId), "UNREACHABLE");
      assert.match(error.message, /The account is shared, and its store cannot be reached/);
      assert.equal(refreshes(), 1);
      await server.start();
      await problemIs(session, undefined);
      const fresh = await session.tokens.getTokenWithClientId(SCOPES, clientId);
      assert.notEqual(fresh.accessToken, accessToken);
      assert.equal(stats().refreshReuse, 0);
    });

    it("still gets tokens that keymaster gives without a refresh token", async () => {
      const session = await connected(alice);
      await server.kill();
      await problemIs(session, "away");
      assert.equal((await session.tokens.getToken(SCOPES)).source, "keymaster");
    });

    it("is not treated as signed out if it starts during that time", async () => {
      const first = await connected();
      await pair(first);
      await first.close();
      await server.kill();
      const session = instance();
      for (const attempt of [
        () => session.connect(),
        (): Promise<unknown> => session.tokens.getToken(SCOPES),
      ]) {
        const error = await failureOf(attempt(), "UNREACHABLE");
        assert.match(error.message, /cannot be read/);
      }
      await server.start();
      await until(session, () => session.signIns.list().length === 1);
      assert.equal((await session.tokens.getToken(SCOPES)).source, "oauth");
    });

    it("keeps a sign-in, and the result of a refresh, until it can be stored", async () => {
      const [first, second] = await Promise.all([connected(), connected()]);
      const clientId = await useApp(first);
      await until(second, () => second.signIns.list().length === 1);
      stage.current.simulator.faults.accountsSlow = { value: 300, times: 1 };
      const refreshing = first.tokens.getTokenWithClientId(SCOPES, clientId);
      while (refreshes() === 0) await new Promise(setImmediate);
      await server.kill();
      const { accessToken } = await refreshing;
      const otherClientId = await useApp(first, OTHER_SCOPES);
      await server.start();
      await until(second, () => second.signIns.list().length === 2);
      const stored = await second.tokens.getTokenWithClientId(SCOPES, clientId);
      assert.equal(stored.accessToken, accessToken, "the token of the refresh serves the other one");
      await second.tokens.getTokenWithClientId(OTHER_SCOPES, otherClientId);
      assert.equal(stats().refreshReuse, 0);
    });

    it("loses nothing if the server only does not answer for a while", async () => {
      const [first, second] = await Promise.all([connected(), connected()]);
      const clientId = await useApp(first);
      await until(second, () => second.signIns.list().length === 1);
      stage.current.simulator.faults.accountsSlow = { value: 300, times: 1 };
      const refreshing = first.tokens.getTokenWithClientId(SCOPES, clientId);
      while (refreshes() === 0) await new Promise(setImmediate);
      server.pause();
      const waiting = second.tokens.getTokenWithClientId(SCOPES, clientId);
      const { accessToken } = await refreshing;
      server.resume();
      assert.equal((await waiting).accessToken, accessToken);
      assert.equal(refreshes(), 1);
      assert.equal(stats().refreshReuse, 0);
    });
  });
});
