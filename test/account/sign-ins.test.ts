import assert from "node:assert/strict";
import { inspect } from "node:util";
import { CLIENT_IDS, FileStateStore, MemoryStateStore, type Session, type SessionOptions } from "../../src";
import { WEB_API_SCOPES } from "../../src/core/knowledge";
import type { Account } from "../simulator";
import { failureOf, Outcome, thrownBy } from "../support/failure";
import { ownApp, REDIRECT_URI, signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const SCOPES = ["user-read-playback-state"];
const DAY = 86_400_000;
const NEVER = new AbortController().signal;

describe("signing a session in and out", () => {
  const stage = useStage({ policy: { deviceInterval: 1 } });
  let alice: Account;

  beforeEach(() => {
    alice = stage.current.account({ username: "alice" });
  });

  /** A session that is not signed in. */
  const empty = (options: SessionOptions = {}): Session => stage.current.session(undefined, options);

  /** Pairs; the account's owner types the code. */
  async function pair(session: Session, account: Account): Promise<string> {
    const { simulator } = stage.current;
    const pairing = await session.signIns.beginPairing();
    simulator.pair(pairing.code.userCode, account);
    return session.signIns.finishPairing(pairing, NEVER);
  }

  const importFile = async (session: Session, account: Account): Promise<string> =>
    (await session.signIns.import(account.credentialsJson, NEVER)).username;

  const useApp = async (session: Session, account: Account): Promise<string> => {
    await signInWithApp(stage.current.simulator, session, account, SCOPES);
    return account.username;
  };

  const WAYS = { pairing: pair, "own app": useApp, import: importFile } as const;
  type Way = keyof typeof WAYS;
  const ways = Object.keys(WAYS) as Way[];

  async function untilReady(session: Session): Promise<void> {
    if (session.state !== "ready") await session.connect();
  }

  describe("if Spotify answers without a refresh token", () => {
    beforeEach(() => {
      stage.current.simulator.faults.accountsNoRefreshToken = 1;
    });

    it("fails with the user's own app, says what is missing, and keeps nothing", async () => {
      const session = empty();
      const error = await failureOf(signInWithApp(stage.current.simulator, session, alice, SCOPES));
      assert.equal(error.code, "PROTOCOL_ERROR");
      assert.match(error.message, /no refresh token/);
      assert.deepEqual(session.signIns.list(), []);
      await useApp(session, alice);
      assert.equal(session.username, "alice", "the next sign-in works");
    });

    it("pairs nevertheless: there is a connection, and no permissions that need a refresh token", async () => {
      const session = empty();
      assert.equal(await pair(session, alice), "alice");
      assert.deepEqual(
        session.signIns.list().map(({ way, by }) => [way, by]),
        [["stored", "pairing"]],
      );
      await untilReady(session);
      const { source } = await session.tokens.getTokenWithClientId(SCOPES, "keymaster");
      assert.equal(source, "keymaster");
    });
  });

  describe("by pairing", () => {
    it("shows a code and where to type it, and signs in the account that types it", async () => {
      const { simulator } = stage.current;
      const session = empty();
      const pairing = await session.signIns.beginPairing();
      assert.match(pairing.code.userCode, /^[A-Z]{6}$/);
      assert.equal(pairing.code.verificationUri, "https://spotify.com/pair");
      assert.equal(
        pairing.code.verificationUriComplete,
        `https://spotify.com/pair?code=${pairing.code.userCode}`,
      );
      simulator.pair(pairing.code.userCode, alice);
      assert.equal(await session.signIns.finishPairing(pairing, NEVER), "alice");
      assert.equal(session.username, "alice");
    });

    it("connects without a restart, and serves from both sources", async () => {
      const { simulator } = stage.current;
      const session = empty();
      await session.connect();
      assert.equal(session.state, "idle");
      await pair(session, alice);
      await untilReady(session);
      assert.equal(session.username, "alice");
      const [oauth, keymaster] = [
        await session.tokens.getToken(SCOPES),
        await session.tokens.getTokenWithClientId(SCOPES, "ios"),
      ];
      assert.deepEqual([oauth.source, keymaster.source], ["oauth", "keymaster"]);
      for (const { accessToken } of [oauth, keymaster])
        assert.equal(simulator.accounts.findToken(accessToken)?.username, "alice");
      assert.equal(simulator.stats.logins.at(-1)?.type, 1, "with the stored credential, not with a token");
    });

    it("serves callers that had to wait for the sign-in", async () => {
      const session = empty();
      await failureOf(session.tokens.getToken(SCOPES), "NOT_SIGNED_IN");
      await pair(session, alice);
      assert.equal((await session.tokens.getToken(SCOPES)).tokenType, "Bearer");
    });

    it("is over when the user cancels, and the account is not signed in", async () => {
      const session = empty();
      const pairing = await session.signIns.beginPairing();
      stage.current.simulator.refusePairing(pairing.code.userCode);
      await failureOf(session.signIns.finishPairing(pairing, NEVER), "NOT_SIGNED_IN");
      assert.deepEqual(session.signIns.list(), []);
    });

    it("can be cancelled by the program", async () => {
      const session = empty();
      const pairing = await session.signIns.beginPairing();
      const cancelling = new AbortController();
      const outcome = new Outcome(session.signIns.finishPairing(pairing, cancelling.signal));
      cancelling.abort(new Error("cancelled"));
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(outcome.pending, false);
      assert.equal((outcome.error as Error).message, "cancelled");
    });

    it("changes nothing if the access point refuses it", async () => {
      const { simulator } = stage.current;
      const session = empty();
      simulator.faults.loginFailed = 11;
      await failureOf(pair(session, alice), "PREMIUM_REQUIRED");
      assert.deepEqual(session.signIns.list(), []);
      assert.equal(session.username, undefined);
    });
  });

  describe("with the user's own app", () => {
    it("says whose account it is, and does not connect", async () => {
      const session = empty();
      await useApp(session, alice);
      assert.equal(session.username, "alice");
      assert.equal(stage.current.simulator.stats.connections, 0);
    });

    it("keeps the sign-in if the Web API refuses it only for a moment", async () => {
      for (const webApiStatus of [401, 403, 503]) {
        stage.current.simulator.faults.webApiStatus = { value: webApiStatus, times: 1 };
        await useApp(empty(), alice);
      }
    });

    it("says that the app's owner needs Premium", async () => {
      const { simulator } = stage.current;
      const session = empty();
      const owner = stage.current.account({ premium: false });
      const app = simulator.addApp({ redirectUris: [REDIRECT_URI], owner });
      await failureOf(signInWithApp(simulator, session, alice, SCOPES, app), "PREMIUM_REQUIRED");
      assert.deepEqual(session.signIns.list(), []);
    });

    it("says that the user has cancelled", async () => {
      const { simulator } = stage.current;
      const session = empty();
      const authorization = session.signIns.beginAuthorization(
        ownApp(simulator).clientId,
        SCOPES,
        REDIRECT_URI,
      );
      const address = await simulator.refuse(authorization.url);
      await failureOf(session.signIns.finishAuthorization(authorization, address), "NOT_SIGNED_IN");
    });

    it("refuses at once what Spotify would refuse", () => {
      const session = empty();
      const clientId = "0".repeat(32);
      const begin = (id: string, scopes: string | string[], uri: string) => () =>
        session.signIns.beginAuthorization(id, scopes, uri);
      thrownBy(begin(clientId, ["user-read-birthdate"], REDIRECT_URI), "INVALID_SCOPE");
      thrownBy(begin(clientId, [], REDIRECT_URI), "INVALID_ARGUMENT");
      thrownBy(begin(clientId, "streaming", "http://localhost:1880/"), "INVALID_ARGUMENT");
      thrownBy(begin("my app", "streaming", REDIRECT_URI), "INVALID_ARGUMENT");
      thrownBy(begin(clientId, "a b!", REDIRECT_URI), "INVALID_ARGUMENT");
    });

    it("replaces an earlier sign-in with the same app, and its scopes", async () => {
      const { simulator } = stage.current;
      const session = empty();
      const app = ownApp(simulator);
      await signInWithApp(simulator, session, alice, SCOPES, app);
      await signInWithApp(simulator, session, alice, ["user-top-read"], app);
      const [signIn, ...others] = session.signIns.list();
      assert.deepEqual(signIn?.scopes, ["user-top-read"]);
      assert.deepEqual(others, []);
    });
  });

  describe("with a file of another program", () => {
    it("connects, and does not need the file after that", async () => {
      const state = new MemoryStateStore();
      const session = empty({ state });
      assert.deepEqual(await session.signIns.import(alice.credentialsJson, NEVER), {
        username: "alice",
        form: "librespot",
      });
      await untilReady(session);
      await session.close();
      const next = empty({ state });
      await next.connect();
      assert.equal(next.username, "alice");
      assert.equal((await next.tokens.getToken(SCOPES)).source, "keymaster");
    });

    it("accepts a file of go-librespot", async () => {
      const { username, storedCredential } = alice;
      const credentials = { username, data: storedCredential.toString("base64") };
      const file = JSON.stringify({ device_id: "x", credentials });
      const session = empty();
      const { form } = await session.signIns.import(file, NEVER);
      assert.equal(form, "go-librespot");
      await untilReady(session);
    });

    it("keeps nothing if Spotify refuses the file", async () => {
      const session = empty();
      const file = alice.credentialsJson;
      alice.invalidateCredentials();
      await failureOf(session.signIns.import(file, NEVER), "BAD_CREDENTIALS");
      assert.deepEqual(session.signIns.list(), []);
      await failureOf(session.signIns.import("{}", NEVER), "INVALID_ARGUMENT");
    });
  });

  describe("two accounts never mix", () => {
    for (const first of ways) {
      for (const second of ways) {
        it(`${first}, then another account's ${second}: the error names both, and the first stays`, async () => {
          const bob = stage.current.account({ username: "bob" });
          const state = new MemoryStateStore();
          const session = empty({ state });
          await WAYS[first](session, alice);
          const before = session.signIns.list();
          const error = await failureOf(WAYS[second](session, bob), "INVALID_ARGUMENT");
          assert.match(error.message, /\balice\b/);
          assert.match(error.message, /\bbob\b/);
          assert.deepEqual(session.signIns.list(), before);
          assert.equal(session.username, "alice");
          assert.ok(!JSON.stringify(await state.load()).includes('"bob"'));
        });

        it(`${first}, then the same account's ${second}`, async () => {
          const session = empty();
          await WAYS[first](session, alice);
          assert.equal(await WAYS[second](session, alice), "alice");
        });
      }
    }

    it("nor after a restart", async () => {
      const bob = stage.current.account({ username: "bob" });
      const state = new MemoryStateStore();
      const session = empty({ state });
      await useApp(session, alice);
      await session.close();
      await failureOf(importFile(empty({ state }), bob), "INVALID_ARGUMENT");
    });

    it("but after a sign-out of everything, another account can sign in", async () => {
      const bob = stage.current.account({ username: "bob" });
      const session = empty();
      for (const way of ways) await WAYS[way](session, alice);
      await session.signIns.signOutOfAll();
      for (const way of ways) assert.equal(await WAYS[way](session, bob), "bob");
      await untilReady(session);
      assert.equal(session.username, "bob");
    });

    it("a configured credential of another account is refused until one of the two is signed out", async () => {
      const { simulator } = stage.current;
      const bob = stage.current.account({ username: "bob" });
      const state = new MemoryStateStore();
      const session = empty({ state });
      const clientId = await signInWithApp(simulator, session, alice, SCOPES);
      await session.close();
      const other = stage.current.session(bob, { state });
      const { message } = await failureOf(other.connect(), "INVALID_ARGUMENT");
      assert.match(message, /\balice\b/);
      assert.match(message, /\bbob\b/);
      await failureOf(other.tokens.getTokenWithClientId(SCOPES, "ios"), "INVALID_ARGUMENT");
      await other.signIns.signOut(clientId);
      await other.connect();
      assert.equal(other.username, "bob");
      const { accessToken } = await other.tokens.getTokenWithClientId(SCOPES, "ios");
      assert.equal(simulator.accounts.findToken(accessToken)?.username, "bob");
    });
  });

  describe("the list", () => {
    it("says whose sign-in it is, since when and until when", async () => {
      const { time } = stage.current;
      const session = empty();
      const pairing = new Outcome(pair(session, alice));
      await time.until(() => !pairing.pending);
      const signedInAt = Date.now();
      await time.advance(60_000);
      const clientId = await signInWithApp(stage.current.simulator, session, alice, SCOPES);
      const [stored, app, ...others] = session.signIns.list();
      assert.deepEqual(others, []);
      assert.deepEqual(
        [stored, app].map((signIn) => [signIn?.id, signIn?.way, signIn?.username, signIn?.ended]),
        [
          ["stored", "stored", "alice", false],
          [clientId, "app", "alice", false],
        ],
      );
      assert.ok(Math.abs(stored!.since! - signedInAt) < 5_000);
      assert.deepEqual([stored?.by, stored?.clientId], ["pairing", CLIENT_IDS.keymaster]);
      assert.ok(Math.abs(stored!.until! - signedInAt - 181 * DAY) < 5_000, "when its permissions are over");
      assert.deepEqual(stored?.scopes, [...WEB_API_SCOPES]);
      assert.equal(app?.since, Date.now());
      assert.equal(app?.until, Date.now() + 181 * DAY);
    });

    it("keeps since and until over refreshes and restarts", async () => {
      const { time } = stage.current;
      const state = new MemoryStateStore();
      const session = empty({ state });
      const clientId = await signInWithApp(stage.current.simulator, session, alice, SCOPES);
      const [before] = session.signIns.list();
      for (let i = 0; i < 5; i++) {
        await session.tokens.getTokenWithClientId(SCOPES, clientId);
        await time.advance(3 * 3_600_000);
      }
      await session.close();
      const next = empty({ state });
      await next.connect();
      assert.deepEqual(next.signIns.list(), [before]);
    });

    it("says that a sign-in is over if Spotify no longer accepts it, until the user signs in again", async () => {
      const { simulator } = stage.current;
      const app = ownApp(simulator);
      const session = empty();
      await signInWithApp(simulator, session, alice, SCOPES, app);
      simulator.revokeGrant(alice);
      await failureOf(session.tokens.getTokenWithClientId(SCOPES, app.clientId), "SIGN_IN_EXPIRED");
      assert.equal(session.signIns.list()[0]?.ended, true);
      await signInWithApp(simulator, session, alice, SCOPES, app);
      assert.equal(session.signIns.list()[0]?.ended, false);
      await session.tokens.getTokenWithClientId(SCOPES, app.clientId);
    });

    it("says to which account a configured credential belongs", async () => {
      const session = await stage.current.connected(alice);
      assert.deepEqual(
        session.signIns.list().map(({ id, username }) => [id, username]),
        [["configured", "alice"]],
      );
    });

    it("emits an event when it changes", async () => {
      const session = empty();
      let changes = 0;
      session.signIns.on("change", () => changes++);
      const clientId = await signInWithApp(stage.current.simulator, session, alice, SCOPES);
      await session.signIns.signOut(clientId);
      assert.equal(changes, 2);
    });
  });

  describe("signing out", () => {
    it("of an app keeps the others, and removes this one from disk", async () => {
      const { simulator } = stage.current;
      const state = new MemoryStateStore();
      const session = empty({ state });
      const [first, second] = [
        await signInWithApp(simulator, session, alice, SCOPES),
        await signInWithApp(simulator, session, alice, SCOPES),
      ];
      await session.tokens.getTokenWithClientId(SCOPES, first);
      await session.tokens.getTokenWithClientId(SCOPES, second);
      await session.signIns.signOut(first);
      assert.deepEqual(
        session.signIns.list().map(({ id }) => id),
        [second],
      );
      await session.close();
      const document = JSON.stringify(await state.load());
      assert.ok(!document.includes(first));
      assert.ok(document.includes(second));
    });

    it("of the account ends the connection, and keymaster gives no more tokens", async () => {
      const state = new MemoryStateStore();
      const session = empty({ state });
      await importFile(session, alice);
      await untilReady(session);
      await session.tokens.getToken(SCOPES);
      await session.signIns.signOut("stored");
      await failureOf(session.tokens.getToken(SCOPES), "NOT_SIGNED_IN");
      await stage.current.simulator.waitFor(() => stage.current.simulator.connections.length === 0);
      assert.equal(session.username, undefined);
      await session.close();
      assert.ok(!JSON.stringify(await state.load()).includes(alice.storedCredential.toString("base64")));
    });

    it("of a pairing ends its connection and its permissions, and keeps the user's own app", async () => {
      const state = new MemoryStateStore();
      const session = empty({ state });
      await pair(session, alice);
      const clientId = await signInWithApp(stage.current.simulator, session, alice, SCOPES);
      await session.signIns.signOut("stored");
      assert.deepEqual(
        session.signIns.list().map(({ id }) => id),
        [clientId],
      );
      await session.close();
      assert.ok(!JSON.stringify(await state.load()).includes(CLIENT_IDS.keymaster));
    });

    it("is reported at once to callers that wait for a token", async () => {
      const { simulator, time } = stage.current;
      const session = empty();
      await importFile(session, alice);
      await untilReady(session);
      simulator.faults.silent = "mercury";
      const waiting = new Outcome(session.tokens.getToken(SCOPES));
      await time.settle();
      await session.signIns.signOut("stored");
      await time.settle();
      assert.equal(waiting.error?.code, "NOT_SIGNED_IN");
    });

    it("of a configured credential lasts until another is configured", async () => {
      const state = new MemoryStateStore();
      const session = await stage.current.connected(alice, { state });
      await session.signIns.signOut("configured");
      assert.deepEqual(session.signIns.list(), []);
      await session.close();
      const next = stage.current.session(alice, { state });
      await next.connect();
      assert.equal(next.state, "idle");
      await failureOf(next.tokens.getToken(SCOPES), "NOT_SIGNED_IN");
      await next.close();
      alice.invalidateCredentials();
      const renewed = stage.current.session(alice, { state });
      await renewed.connect();
      assert.equal(renewed.state, "ready");
    });

    it("of everything leaves no secret and no name of the account on disk", async () => {
      const { simulator } = stage.current;
      const state = new MemoryStateStore();
      const session = empty({ state });
      for (const way of ways) await WAYS[way](session, alice);
      await untilReady(session);
      await session.tokens.getTokenWithClientId(SCOPES, "ios");
      await session.tokens.getToken(SCOPES);
      await session.signIns.signOutOfAll();
      assert.deepEqual(session.signIns.list(), []);
      await session.close();
      const document = JSON.stringify(await state.load());
      const secrets = [
        "alice",
        alice.storedCredential.toString("base64"),
        ...simulator.grants.map(({ refreshToken }) => refreshToken),
        ...simulator.issuedTokens.map(({ accessToken }) => accessToken),
        ...simulator.grants.map(({ clientId }) => clientId),
      ];
      for (const secret of secrets) assert.ok(!document.includes(secret), secret.slice(0, 8));
    });

    it("while the session is still connecting is not undone by the welcome that follows", async () => {
      // A slow disk: a welcome comes while the sign-out is being written.
      class SlowStore extends MemoryStateStore {
        slow: Promise<void> | undefined;
        override async save(document: unknown): Promise<void> {
          await this.slow;
          await super.save(document);
        }
      }
      const state = new SlowStore();
      const session = empty({ state });
      await importFile(session, alice);
      const { simulator } = stage.current;
      const welcomed = simulator.next("login");
      let goOn = (): void => undefined;
      state.slow = new Promise((resolve) => (goOn = resolve));
      const out = session.signIns.signOutOfAll();
      await welcomed;
      await simulator.waitFor(() => simulator.connections.length === 0);
      goOn();
      await out;
      assert.deepEqual(session.signIns.list(), []);
      assert.equal(session.username, undefined);
    });

    it("of a sign-in that does not exist is an error", async () => {
      await failureOf(empty().signIns.signOut("stored"), "INVALID_ARGUMENT");
    });
  });

  it("reveals no secret", async () => {
    const { simulator } = stage.current;
    let said = "";
    const note = (thing: unknown): void => {
      said += inspect(thing, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null });
    };
    const session = empty({
      log: (level, message) => note({ level, message }),
      state: new FileStateStore(`/tmp/sign-ins-${process.pid}.state`, "a key"),
    });
    stage.current.after(() => new FileStateStore(`/tmp/sign-ins-${process.pid}.state`, "").delete());
    session.on("state", note).on("trouble", note);
    session.tokens.on("token", note);
    const app = ownApp(simulator);
    for (const way of ways) await WAYS[way](session, alice);
    const authorization = session.signIns.beginAuthorization(app.clientId, SCOPES, REDIRECT_URI);
    const pairing = await session.signIns.beginPairing();
    note({ authorization, pairing, signIns: session.signIns, tokens: session.tokens, session });
    const address = await simulator.approve(authorization.url, alice);
    simulator.faults.accountsStatus = 500;
    note(await failureOf(session.signIns.finishAuthorization(authorization, address)));
    note(await failureOf(session.signIns.finishAuthorization(authorization, address)));
    simulator.faults.accountsStatus = false;
    note(await failureOf(session.signIns.import(`${alice.credentialsJson} `.repeat(2), NEVER)));
    note(await session.tokens.getToken(SCOPES).then(({ scopes }) => scopes));
    simulator.revokeGrant(alice);
    note(
      await failureOf(session.tokens.getToken(["streaming", "user-top-read"], { timeout: 1 })).catch(() => 0),
    );
    note(session.signIns.list());
    const code = new URL(address).searchParams.get("code")!;
    const secrets = [
      code,
      alice.storedCredential.toString("base64"),
      ...simulator.grants.map(({ refreshToken }) => refreshToken),
      ...simulator.issuedTokens.map(({ accessToken }) => accessToken),
    ];
    assert.ok(said.length > 1000);
    for (const secret of secrets) {
      const at = said.indexOf(secret.slice(0, 24));
      assert.ok(at < 0, `a secret was told: …${said.slice(Math.max(0, at - 200), at + 20)}…`);
    }
  });
});
