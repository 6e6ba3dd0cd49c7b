import assert from "node:assert/strict";
import { HttpClient } from "../../src/net/client";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import type { PlaybackState } from "../../src/player/playback-state";
import { READ_PLAYBACK, WebApiPoller } from "../../src/player/web-api-poller";
import { OwnAppToken } from "../../src/tokens/own-app-token";
import { WebApi } from "../../src/web-api/web-api";
import { signInWithApp } from "../support/own-app";
import { useStage } from "../support/stage";

const NEVER = new AbortController().signal;

describe("An account with only the user's own app", () => {
  const stage = useStage();

  it("is read from the Web API: playback, a command, a refused token, a rate limit", async () => {
    const { simulator, time } = stage.current;
    const account = stage.current.account();
    const session = stage.current.session(undefined);
    const scopes = [...READ_PLAYBACK, "user-modify-playback-state"];
    const app = await signInWithApp(simulator, session, account, scopes);
    const http = new HttpClient();
    stage.current.after(() => http.close());
    const webApi = new WebApi(http, new RateLimitGuard(() => undefined), simulator.endpoints.api);
    const apps = { appFor: () => app, ownApp: () => app };
    const credential = new OwnAppToken(session.tokens, apps, READ_PLAYBACK);
    const states: PlaybackState[] = [];
    const poller = new WebApiPoller({
      webApi,
      credential,
      account: () => session.username,
    });
    poller.on("reading", ({ state }) => states.push(state));
    stage.current.after(() => poller.stop());
    const reads = (): number =>
      simulator.stats.webApiRequests.filter(({ path }) => path === "/v1/me/player").length;

    poller.start();
    await time.settle();
    const first = states[0];
    assert.ok(first);
    assert.deepEqual([first.status, first.type, first.device?.name], ["playing", "track", "Kitchen"]);
    assert.deepEqual([first.account, first.source], [account.username, "web-api"]);
    assert.ok(first.title && first.artist && first.album);

    const next = await webApi.request({ method: "POST", path: "/v1/me/player/next" }, credential, NEVER);
    assert.ok(next.status >= 200 && next.status < 300);
    poller.pokeSoon();
    await time.advance(1_300);
    assert.equal(reads(), 2);
    assert.notEqual(states.at(-1)?.title, first.title);

    simulator.faults.webApiStatus = { value: 401, times: 1 };
    await time.advance(10_300);
    assert.deepEqual([reads(), states.length, poller.problem], [4, 3, undefined]);

    simulator.faults.webApiRateLimited = { value: 60, times: 1 };
    await time.advance(10_300);
    assert.deepEqual([reads(), poller.problem?.code, poller.problem?.retryAfter], [5, "RATE_LIMITED", 60]);
    await time.advance(61_000);
    assert.deepEqual([reads() >= 6, poller.problem], [true, undefined]);
  });
});
