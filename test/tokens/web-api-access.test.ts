import assert from "node:assert/strict";
import { CLIENT_IDS, MemoryStateStore, WEB_API_BLOCK, type Session } from "../../src";
import { failureOf } from "../support/failure";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const { keymaster, android, ios } = CLIENT_IDS;
const SCOPES = ["user-read-playback-state"];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe("Where a token works", () => {
  const stage = useStage();
  // Stops the clock before anything sets a timer.
  beforeEach(() => stage.current.time);

  const audienceOf = async (session: Session, clientId: string): Promise<string> =>
    (await session.tokens.getTokenWithClientId(SCOPES, clientId)).audience;
  const questions = (): number => stage.current.simulator.stats.webApiRequests.length;

  /** Lets the time pass until the Web API is asked. */
  async function untilAsked(): Promise<void> {
    await stage.current.time.advance(MINUTE);
  }

  it("is the Web API for an app, and Spotify's own services for Spotify's own three client IDs", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    const app = await signInWithApp(simulator, session, account, SCOPES);
    assert.equal(await audienceOf(session, app), "web-api");
    assert.equal(await audienceOf(session, "0123456789abcdef0123456789abcdef"), "web-api");
    assert.equal(await audienceOf(session, "keymaster"), "spotify-internal");
    assert.equal(
      (await session.tokens.getTokenWithClientId(["streaming"], "ios")).audience,
      "spotify-internal",
    );
    assert.equal((await session.tokens.getToken([], { source: "login5" })).audience, "spotify-internal");
  });

  it("is Spotify's own services for a token of the desktop client ID from a sign-in with OAuth", async () => {
    const { simulator } = stage.current;
    simulator.policy.webApi.refusedClientIds = [];
    const account = stage.current.account();
    const session = stage.current.session(undefined);
    const app = simulator.addApp({
      clientId: "fedcba9876543210fedcba9876543210",
      redirectUris: ["http://127.0.0.1:1880/spotify-session/callback"],
    });
    await signInWithApp(simulator, session, account, SCOPES, app);
    assert.equal(await audienceOf(session, app.clientId), "web-api");
    const pairing = await session.signIns.beginPairing();
    const paired = session.signIns.finishPairing(pairing, new AbortController().signal);
    simulator.pair(pairing.code.userCode, account);
    await stage.current.time.advance(20_000);
    await paired;
    const token = await session.tokens.getTokenWithClientId(SCOPES, "keymaster");
    assert.deepEqual([token.source, token.audience], ["oauth", "spotify-internal"]);
    assert.equal(
      session.tokens.bestClientId(SCOPES),
      app.clientId,
      "though the pairing is the newer sign-in",
    );
  });

  it("is reported before the Web API is asked, with the known facts about the block", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    const app = await signInWithApp(simulator, session, account, SCOPES);
    const desktop = await session.tokens.explain(SCOPES, "keymaster");
    assert.equal(desktop.audience, "spotify-internal");
    assert.deepEqual(desktop.webApi, { refused: true, known: "reported", since: "2025-12-22" });
    assert.equal(desktop.otherApp, app);
    const other = await session.tokens.explain(["streaming"], "android");
    assert.deepEqual(other.webApi, { refused: true, known: "assumed" });
    const internal = await session.tokens.explain([], "keymaster", "login5");
    assert.deepEqual([internal.audience, internal.webApi?.known], ["spotify-internal", "login5"]);
    const own = await session.tokens.explain(SCOPES, app);
    assert.deepEqual([own.audience, own.webApi], ["web-api", undefined]);
    const nothing = await session.tokens.explain(SCOPES, "keymaster", "oauth");
    assert.deepEqual([nothing.audience, nothing.webApi], [undefined, undefined]);
  });

  it("is asked of the Web API in the background, at most once a day, and remembered over a restart", async () => {
    const { simulator, time } = stage.current;
    simulator.policy.webApi.refusedClientIds = [];
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const session = await stage.current.connected(account, { state });
    const changes: unknown[] = [];
    session.tokens.on("webApi", ({ clientId, takes }) => changes.push([clientId, takes]));
    assert.equal(await audienceOf(session, "keymaster"), "spotify-internal");
    assert.equal(questions(), 0, "the token is not kept waiting");
    await untilAsked();
    assert.equal(questions(), 1);
    assert.deepEqual(changes, [[keymaster, true]]);
    assert.equal(await audienceOf(session, "keymaster"), "web-api", "the token that is there says so too");
    const { takes, known, since, checkedAt } = session.tokens.webApi("keymaster");
    assert.deepEqual([takes, known, since], [true, "asked", checkedAt]);
    assert.ok(Math.abs(Date.now() - checkedAt!) < 2 * MINUTE);
    assert.equal((await session.tokens.explain(SCOPES)).audience, "web-api");
    assert.equal(session.tokens.bestClientId(SCOPES), keymaster);
    await session.tokens.getToken(["streaming"]);
    await untilAsked();
    assert.equal(questions(), 1, "more tokens are no reason to ask again");
    await session.close();

    const next = await stage.current.connected(account, { state });
    assert.equal(await audienceOf(next, "keymaster"), "web-api");
    await next.tokens.getToken(["user-top-read"]);
    await untilAsked();
    assert.equal(questions(), 1);
    simulator.policy.webApi.refusedClientIds = [keymaster];
    await time.advance(DAY);
    await next.tokens.getToken(["user-read-email"]);
    await untilAsked();
    assert.equal(questions(), 2);
    assert.equal(await audienceOf(next, "keymaster"), "spotify-internal");
    assert.equal(next.tokens.webApi("keymaster").since, next.tokens.webApi("keymaster").checkedAt);
  });

  it("is asked for each of Spotify's client IDs, but for no app", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    const app = await signInWithApp(simulator, session, account, SCOPES);
    const before = questions();
    for (const clientId of [app, keymaster, android, ios]) {
      await session.tokens.getTokenWithClientId(clientId === app ? SCOPES : ["streaming"], clientId);
    }
    await untilAsked();
    assert.equal(questions() - before, 3);
    const answers = [app, keymaster, android, ios].map((id) => session.tokens.webApi(id));
    assert.deepEqual(
      answers.map(({ takes, known }) => `${takes} ${known}`),
      ["true app", "false asked", "true asked", "true asked"],
    );
    assert.equal(answers[1]!.since, Date.parse(WEB_API_BLOCK.since));
    await failureOf((async () => session.tokens.webApi("somebody"))(), "INVALID_ARGUMENT");
  });

  it("is not a rate limit if the Web API refuses it: nothing is remembered, and the error names no wait", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const session = await stage.current.connected(account, { state });
    await session.tokens.getToken(SCOPES);
    await untilAsked();
    const address = "http://127.0.0.1:5588/login";
    const authorization = session.signIns.beginAuthorization(keymaster, SCOPES, address);
    const callback = await simulator.approve(authorization.url, account);
    const error = await failureOf(
      session.signIns.finishAuthorization(authorization, callback),
      "REQUEST_REFUSED",
    );
    assert.match(error.message, /refuses .* since 2025-12-22\. .*sign in with an app of your own/);
    assert.equal(error.retryAfter, undefined);
    const app = await signInWithApp(simulator, session, account, SCOPES);
    assert.equal(await audienceOf(session, app), "web-api", "the app is not kept waiting");
    await session.close();
    const { rateLimits = [] } = (await state.load()) as { rateLimits?: unknown };
    assert.deepEqual(rateLimits, []);
  });

  it("is not assumed for another account", async () => {
    const { simulator } = stage.current;
    simulator.policy.webApi.refusedClientIds = [];
    const [ada, ben] = [stage.current.account(), stage.current.account()];
    const state = new MemoryStateStore();
    const session = stage.current.session(undefined, { state });
    await session.signIns.import(ada.credentialsJson);
    await session.connect();
    await session.tokens.getToken(SCOPES);
    await untilAsked();
    assert.equal(session.tokens.webApi("keymaster").takes, true);
    await session.signIns.signOutOfAll();
    assert.equal(session.tokens.webApi("keymaster").takes, false);
    await session.signIns.import(ben.credentialsJson);
    assert.equal(session.tokens.webApi("keymaster").takes, false);
  });

  it("is unchanged if the Web API gives no clear answer, is unreachable, or the session is closed first", async () => {
    const { simulator, time } = stage.current;
    simulator.policy.webApi.refusedClientIds = [];
    simulator.faults.webApiStatus = { value: 503, times: 1 };
    const session = await stage.current.connected();
    await session.tokens.getToken(SCOPES);
    await untilAsked();
    assert.equal(questions(), 1);
    assert.equal(session.tokens.webApi("keymaster").known, "reported");
    await session.tokens.getToken(["streaming"]);
    await untilAsked();
    assert.equal(questions(), 1, "also then once a day");

    const away = await stage.current.connected(undefined, {
      endpoints: { ...simulator.endpoints, api: "http://127.0.0.1:9" },
    });
    assert.equal(await audienceOf(away, "keymaster"), "spotify-internal");
    await untilAsked();
    assert.equal(away.tokens.webApi("keymaster").takes, false);

    const closed = await stage.current.connected();
    await closed.tokens.getToken(SCOPES);
    await closed.close();
    await time.advance(MINUTE);
    assert.equal(questions(), 1);
  });

  it("is not read from a damaged state, or one from a clock that was ahead", async () => {
    const damages: unknown[] = [
      null,
      5,
      { clientId: keymaster, takes: true, since: 1, checkedAt: Date.now() + DAY },
      { clientId: keymaster, takes: true, since: "1", checkedAt: 1 },
      { clientId: keymaster, takes: "yes", since: 1, checkedAt: 1 },
      { clientId: "0123456789abcdef0123456789abcdef", takes: false, since: 1, checkedAt: 1 },
    ];
    const state = new MemoryStateStore();
    await state.save({ tokens: [], grants: [], rateLimits: [], webApi: damages });
    const session = await stage.current.connected(undefined, { state });
    assert.equal(await audienceOf(session, "keymaster"), "spotify-internal");
    assert.equal(session.tokens.webApi("0123456789abcdef0123456789abcdef").takes, true);
  });
});
