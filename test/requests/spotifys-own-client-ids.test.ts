import assert from "node:assert/strict";
import { CLIENT_IDS, MemoryStateStore, type ApiRequest, type Session } from "../../src";
import { failureOf } from "../support/failure";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const { keymaster } = CLIENT_IDS;
const DAY = 24 * 60 * 60_000;
const LIST: ApiRequest = { path: "/me/playlists" };

describe("A request to the Web API with only Spotify's own client IDs", () => {
  const stage = useStage();
  // Stops the clock before anything sets a timer.
  beforeEach(() => stage.current.time);

  const asked = (): string[] =>
    stage.current.simulator.stats.webApiRequests.map(({ method, path }) => `${method} ${path}`);

  async function refused(session: Session, request: ApiRequest = LIST): Promise<void> {
    const { message } = await failureOf(session.webApi.request(request), "REQUEST_REFUSED");
    assert.match(message, /sign in with an app of your own/i);
  }

  it("makes the session ask `/v1/me` once, no matter how many requests there are, and is not sent", async () => {
    const session = await stage.current.connected();
    await Promise.all(Array.from({ length: 20 }, () => refused(session)));
    assert.deepEqual(asked(), ["GET /v1/me"]);
    await refused(session, { path: "/me/player/next", method: "POST" });
    await refused(session, { ...LIST, clientId: "keymaster" });
    await refused(session, { ...LIST, clientId: "" });
    assert.deepEqual(asked(), ["GET /v1/me"]);
  });

  it("makes the session ask again after a day, not before", async () => {
    const { time } = stage.current;
    const session = await stage.current.connected();
    await refused(session);
    time.moveCalendar(DAY - 60_000);
    await refused(session);
    assert.equal(asked().length, 1);
    time.moveCalendar(60_000);
    await refused(session);
    assert.deepEqual(asked(), ["GET /v1/me", "GET /v1/me"]);
  });

  it("does not make it ask again after a restart on the same day", async () => {
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const session = await stage.current.connected(account, { state });
    await refused(session);
    await session.close();
    await refused(await stage.current.connected(account, { state }));
    assert.equal(asked().length, 1);
  });

  it("is sent if the block is lifted, which is remembered over a restart", async () => {
    const { simulator } = stage.current;
    simulator.policy.webApi.refusedClientIds = [];
    const account = stage.current.account();
    const state = new MemoryStateStore();
    const session = await stage.current.connected(account, { state });
    const { status, body } = await session.webApi.request(LIST);
    assert.deepEqual([status, Object(body).total], [200, 4]);
    assert.deepEqual(asked(), ["GET /v1/me", "GET /v1/me/playlists"]);
    assert.equal(session.tokens.webApi(keymaster).takes, true);
    await session.close();
    const next = await stage.current.connected(account, { state });
    await next.webApi.request(LIST);
    assert.deepEqual(asked(), ["GET /v1/me", "GET /v1/me/playlists", "GET /v1/me/playlists"]);
  });

  it("is not sent any more if the block returns: the first refusal counts for that day", async () => {
    const { simulator, time } = stage.current;
    simulator.policy.webApi.refusedClientIds = [];
    const session = await stage.current.connected();
    await session.webApi.request(LIST);
    simulator.policy.webApi.refusedClientIds = [keymaster];
    const before = asked().length;
    const error = await failureOf(session.webApi.request(LIST), "REQUEST_REFUSED");
    assert.equal(error.statusCode, 429);
    assert.equal(session.tokens.webApi(keymaster).takes, false);
    await refused(session);
    await refused(session);
    assert.equal(asked().length, before + 1);
    simulator.policy.webApi.refusedClientIds = [];
    time.moveCalendar(DAY);
    assert.equal((await session.webApi.request(LIST)).status, 200);
  });

  it("uses the app as soon as one is signed in", async () => {
    const { simulator } = stage.current;
    const account = stage.current.account();
    const session = await stage.current.connected(account);
    await refused(session);
    await signInWithApp(simulator, session, account, ["playlist-read-private"]);
    assert.equal((await session.webApi.request(LIST)).status, 200);
    await refused(session, { ...LIST, clientId: "keymaster" });
  });

  it("is refused without a request if keymaster gives no token", async () => {
    const account = stage.current.account({ keymaster: "refused" });
    const session = await stage.current.connected(account);
    await stage.current.settled(refused(session));
    assert.deepEqual(asked(), []);
  });

  it("is CLOSED if the session closes while the Web API is asked, and ends with its signal", async () => {
    const { simulator } = stage.current;
    simulator.faults.webApiSlow = 60_000;
    const session = await stage.current.connected();
    const controller = new AbortController();
    const given = session.webApi.request({ ...LIST, signal: controller.signal });
    const running = session.webApi.request(LIST);
    given.catch(() => undefined);
    running.catch(() => undefined);
    await simulator.next("webApi");
    const reason = new Error("The flow was deployed.");
    controller.abort(reason);
    await assert.rejects(given, reason);
    await session.close();
    await failureOf(running, "CLOSED");
    assert.deepEqual(asked(), ["GET /v1/me"]);
  });
});
