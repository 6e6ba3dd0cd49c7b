import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src/core/errors";
import type { PlaybackState } from "../../src/player/playback-state";
import { WebApiPoller } from "../../src/player/web-api-poller";
import { Manual } from "../async/support";
import { failureOf } from "../support/failure";
import { EPISODE, PLAYING, TRACK } from "./web-api-documents";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** The random addition to each wait, ms. */
const JITTER = 250;
const NEVER = new AbortController().signal;
const CREDENTIAL = { clientId: "app", get: () => Promise.resolve("token"), refused: () => undefined };

describe("The poller of the Web API", () => {
  let clock: Clock;
  let poller: WebApiPoller;
  let account: string | undefined;
  /** The times of its requests, ms since its creation. */
  let asked: number[];
  let states: PlaybackState[];
  let troubles: SpotifyError[];
  /** Spotify's present answer: a document, or an error. */
  let answer: () => unknown;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    account = "ada";
    asked = [];
    states = [];
    troubles = [];
    const begun = Date.now();
    const document = async (
      _request: unknown,
      _credential: unknown,
      signal: AbortSignal,
    ): Promise<unknown> => {
      asked.push(Date.now() - begun);
      const said = await answer();
      signal.throwIfAborted();
      if (said instanceof Error) throw said;
      return said;
    };
    poller = new WebApiPoller({
      webApi: { document },
      credential: CREDENTIAL,
      account: () => account,
    });
    poller.on("reading", ({ state }) => states.push(state));
    poller.on("trouble", (error) => troubles.push(error));
    plays();
  });

  afterEach(() => {
    poller.stop();
    const timers = clock.countTimers();
    clock.uninstall();
    assert.equal(timers, 0, "a timer is left");
  });

  /** One endless track, which is far from its end. */
  function plays(change: object = {}): void {
    answer = () => ({ ...PLAYING, progress_ms: null, ...change });
  }

  /** A track that began now, and another one after it; the Web API reports changes `late` ms after they happen. */
  function playsAlbum(lengths: readonly number[], late = 0): void {
    const begun = Date.now();
    answer = () => {
      let progress = Math.max(0, Date.now() - begun - late);
      const index = lengths.findIndex((length) => progress < length || ((progress -= length), false));
      if (index < 0) return undefined;
      const item = { ...TRACK, uri: `spotify:track:${index}`, duration_ms: lengths[index] };
      return { ...PLAYING, item, progress_ms: progress };
    };
  }

  async function pass(time: number): Promise<void> {
    await clock.tickAsync(time);
  }

  /** The waits between the requests, ms, without the random additions. */
  function waits(): number[] {
    return asked.slice(1).map((at, i) => at - asked[i]!);
  }

  function assertWaits(...expected: number[]): void {
    assert.equal(waits().length, expected.length, waits().join());
    waits().forEach((wait, i) => {
      assert.ok(wait >= expected[i]! && wait <= expected[i]! + JITTER, `${wait} ms for ${expected[i]} ms`);
    });
  }

  it("sends no request before it is started", async () => {
    await pass(HOUR);
    assert.deepEqual(asked, []);
  });

  it("sends a request at once, and then every 10 s while something plays", async () => {
    poller.start();
    poller.start();
    await pass(31 * SECOND);
    assert.equal(asked[0], 0);
    assertWaits(10_000, 10_000, 10_000);
    assert.equal(states.length, 4);
    assert.deepEqual(
      [states[3]?.title, states[3]?.account, states[3]?.source],
      [TRACK.name, "ada", "web-api"],
    );
  });

  for (const [what, document] of [
    ["is paused", { ...PLAYING, is_playing: false }],
    ["plays nowhere", undefined],
  ] as const) {
    it(`sends a request every 30 s while it ${what}`, async () => {
      answer = () => document;
      poller.start();
      await pass(91 * SECOND);
      assertWaits(30_000, 30_000, 30_000);
    });
  }

  it("sends at most 360 requests in an hour of music, and 120 in an hour of silence", async () => {
    poller.start();
    await pass(HOUR);
    assert.ok(asked.length > 340 && asked.length <= 361, `${asked.length} times`);
    answer = () => undefined;
    await pass(MINUTE);
    asked = [];
    await pass(HOUR);
    assert.ok(asked.length > 115 && asked.length <= 121, `${asked.length} times`);
  });

  it("does not ask in step with others: chance adds up to 250 ms to each wait", async () => {
    poller.start();
    await pass(HOUR);
    const added = waits().map((wait) => wait - 10_000);
    assert.ok(Math.min(...added) < 50 && Math.max(...added) > 200, added.join());
  });

  it("asks a second after the end of a track, and tells the next one", async () => {
    playsAlbum([23_000, 200_000]);
    poller.start();
    await pass(25 * SECOND);
    assert.ok(Math.abs(asked.at(-1)! - 24_000) <= JITTER, asked.join());
    assert.equal(asked.length, 4, "at the start, after 10 s, after 20 s, at the end");
    assert.equal(states.at(-1)?.uri, "spotify:track:1");
    await pass(10 * SECOND);
    assert.equal(asked.length, 5);
  });

  it("sends one request at the end of a track, even if the Web API reports the next one late or never", async () => {
    answer = () => ({ ...PLAYING, progress_ms: TRACK.duration_ms - 500 });
    poller.start();
    await pass(30 * SECOND);
    assertWaits(1_500, 10_000, 10_000);
    asked = [];
    answer = () => ({ ...PLAYING, progress_ms: TRACK.duration_ms + 60_000 });
    await pass(10 * MINUTE);
    assert.ok(asked.length <= 60, `${asked.length} times in 10 minutes`);
  });

  it("sends a request at the end of each round of a repeated track", async () => {
    const begun = Date.now();
    answer = () => ({
      ...PLAYING,
      item: { ...TRACK, duration_ms: 25_000 },
      progress_ms: (Date.now() - begun) % 25_000,
    });
    poller.start();
    await pass(2 * MINUTE);
    const rounds = [1, 2, 3, 4].map((round) => round * 25_000 + SECOND);
    for (const end of rounds)
      assert.ok(
        asked.some((at) => at >= end && at <= end + JITTER),
        asked.join(),
      );
  });

  for (const [what, between] of [
    ["an advert of unknown length", { item: null, currently_playing_type: "ad", progress_ms: 3_000 }],
    ["an answer that is 10 s before the end", { progress_ms: TRACK.duration_ms - 10_000 }],
  ] as const) {
    it(`asks again at the end of a track after ${what}`, async () => {
      const ending = { progress_ms: TRACK.duration_ms - 500 };
      const said = [ending, between, ending];
      answer = () => ({ ...PLAYING, ...said.shift() });
      poller.start();
      await pass(14 * SECOND);
      assertWaits(1_500, 10_000, 1_500);
    });
  }

  it("does not ask at the end of a track that has ended, or whose position or length is not known", async () => {
    const item = { ...TRACK, duration_ms: 4_000 };
    const said = [
      { item, progress_ms: 4_000 },
      { item, progress_ms: null },
      { item: { ...TRACK, duration_ms: null }, progress_ms: 1_000 },
    ];
    answer = () => ({ ...PLAYING, ...said.shift() });
    poller.start();
    await pass(31 * SECOND);
    assertWaits(10_000, 10_000, 10_000);
  });

  it("does not ask at the end of a track that is paused", async () => {
    plays({ progress_ms: TRACK.duration_ms - 5_000, is_playing: false });
    poller.start();
    await pass(31 * SECOND);
    assertWaits(30_000);
  });

  it("follows a row of short tracks, with at most two requests for each", async () => {
    playsAlbum(Array<number>(30).fill(4_000));
    poller.start();
    await pass(2 * MINUTE);
    const told = new Set(states.map(({ uri }) => uri));
    assert.ok(told.size >= 24, `${told.size} of 30`);
    assert.ok(asked.length <= 60, `${asked.length} times`);
  });

  describe("after a command", () => {
    it("sends a request a second later, and then as before", async () => {
      poller.start();
      await pass(3_000);
      poller.pokeSoon();
      await pass(11_500);
      assert.equal(asked.length, 3);
      assert.ok(
        Math.abs(asked[1]! - 4_000) <= JITTER && Math.abs(asked[2]! - 14_000) <= 2 * JITTER,
        asked.join(),
      );
    });

    it("sends a request after the first and the last of many, and once a second between them", async () => {
      poller.start();
      await pass(100);
      for (let commands = 0; commands < 50; commands++) {
        poller.pokeSoon();
        await pass(100);
      }
      await pass(1_300);
      assert.ok(asked.length >= 5 && asked.length <= 8, asked.join());
      assert.ok(asked.at(-1)! >= 6_000 && asked.at(-1)! <= 6_300, asked.join());
    });

    it("does not delay a request that is due earlier", async () => {
      poller.start();
      await pass(9_500);
      poller.pokeSoon();
      await pass(3_000);
      assert.equal(asked.length, 3);
      assert.ok(asked[1]! <= 10_250 && asked[2]! >= 10_500, asked.join());
    });

    it("sends another request if the command came during a request", async () => {
      const slow = new Manual<unknown>();
      answer = () => slow.promise;
      poller.start();
      await pass(500);
      poller.pokeSoon();
      await pass(5_000);
      assert.equal(asked.length, 1, "one request at a time");
      plays();
      slow.resolve(PLAYING);
      await pass(JITTER);
      assert.equal(asked.length, 2);
    });

    it("sends no request while it does not run", async () => {
      poller.pokeSoon();
      await pass(MINUTE);
      assert.deepEqual(asked, []);
    });
  });

  describe("that is stopped", () => {
    it("sends no more requests, and sends one at once when it is started again", async () => {
      poller.start();
      await pass(5_000);
      poller.stop();
      await pass(HOUR);
      assert.equal(asked.length, 1);
      poller.start();
      await pass(1);
      assert.equal(asked.length, 2);
    });

    it("reports nothing from a request that was under way", async () => {
      const slow = new Manual<unknown>();
      answer = () => slow.promise;
      poller.start();
      await pass(1);
      poller.stop();
      slow.resolve(PLAYING);
      await pass(HOUR);
      assert.deepEqual([states, troubles, poller.problem, asked.length], [[], [], undefined, 1]);
    });

    it("is not disturbed by that request when it is started again", async () => {
      const slow = new Manual<unknown>();
      answer = () => slow.promise;
      poller.start();
      await pass(1);
      poller.stop();
      plays();
      poller.start();
      slow.resolve(EPISODE);
      await pass(5_000);
      assert.deepEqual([states.length, troubles.length, asked.length], [1, 0, 2]);
    });
  });

  describe("that is asked to refresh", () => {
    it("sends a request at once, even if it does not run, and the listener receives the reading", async () => {
      await poller.refresh(NEVER);
      assert.deepEqual([asked.length, states.length], [1, 1]);
      assert.equal(clock.countTimers(), 0);
      await pass(HOUR);
      assert.equal(asked.length, 1, "it was not started by that");
    });

    it("restarts the wait for the next request", async () => {
      poller.start();
      await pass(7_000);
      await poller.refresh(NEVER);
      await pass(11_000);
      assert.equal(asked.length, 3);
      assert.ok(asked[2]! >= 17_000, asked.join());
    });

    it("sends one request for all waiting callers", async () => {
      poller.start();
      await Promise.all([poller.refresh(NEVER), poller.refresh(NEVER), poller.refresh(NEVER)]);
      assert.deepEqual([asked.length, states.length], [1, 1]);
    });

    it("fails with the error of the request", async () => {
      answer = () => new SpotifyError("UNREACHABLE", "Away.");
      await failureOf(poller.refresh(NEVER), "UNREACHABLE");
      assert.equal(poller.problem?.code, "UNREACHABLE");
      answer = () => "no document";
      await failureOf(poller.refresh(NEVER), "PROTOCOL_ERROR");
    });

    it("ends when the caller aborts, and reports no problem", async () => {
      answer = () => new Manual<unknown>().promise;
      const left = new AbortController();
      const refreshing = poller.refresh(left.signal);
      left.abort(new SpotifyError("CLOSED", "Left."));
      await failureOf(refreshing, "CLOSED");
      assert.deepEqual([poller.problem, troubles], [undefined, []]);
    });

    it("continues to poll after such a caller has left", async () => {
      poller.start();
      await pass(5_000);
      const left = new AbortController();
      const refreshing = poller.refresh(left.signal);
      left.abort(new SpotifyError("CLOSED", "Left."));
      await failureOf(refreshing, "CLOSED");
      await pass(11_000);
      assert.equal(asked.length, 3);
      assert.equal(states.length, 2);
    });
  });

  describe("that fails", () => {
    it("waits longer each time, up to 5 minutes, and reports the problem", async () => {
      answer = () => new SpotifyError("UNREACHABLE", "Away.");
      poller.start();
      await pass(HOUR);
      assert.ok(waits()[0]! >= 10_000 && waits()[0]! <= 20_000 + JITTER, waits().join());
      const last = waits().at(-1)!;
      assert.ok(last >= 150_000 && last <= 300_000 + JITTER, waits().join());
      assert.ok(asked.length <= 30, `${asked.length} times in an hour`);
      assert.equal(poller.problem?.code, "UNREACHABLE");
      assert.equal(troubles.length, asked.length);
    });

    it("has no problem after it is stopped", async () => {
      answer = () => new SpotifyError("UNREACHABLE", "Away.");
      poller.start();
      await pass(1);
      poller.stop();
      assert.equal(poller.problem, undefined);
    });

    it("does not hurry because of a command", async () => {
      answer = () => new SpotifyError("UNREACHABLE", "Away.");
      poller.start();
      await pass(1);
      poller.pokeSoon();
      await pass(9_000);
      assert.equal(asked.length, 1);
    });

    it("has no problem after a request succeeds, and polls as before", async () => {
      answer = () => new SpotifyError("TIMEOUT", "Late.");
      poller.start();
      await pass(MINUTE);
      plays();
      await pass(5 * MINUTE);
      assert.equal(poller.problem, undefined);
      asked = [];
      await pass(31 * SECOND);
      assert.ok(asked.length >= 3);
      answer = () => new SpotifyError("TIMEOUT", "Late.");
      asked = [];
      await pass(40 * SECOND);
      assert.ok(asked.length >= 2, "the waits begin small again");
    });

    it("sends no request during a Retry-After", async () => {
      answer = () => new SpotifyError("RATE_LIMITED", "Too often.", { retryAfter: 7_200 });
      poller.start();
      await pass(1);
      assert.equal(poller.problem?.retryAfter, 7_200);
      plays();
      poller.pokeSoon();
      await pass(7_199 * SECOND);
      assert.equal(asked.length, 1);
      await pass(2 * SECOND);
      assert.deepEqual([asked.length, poller.problem], [2, undefined]);
    });

    it("reports an answer that is not a player's document, and continues", async () => {
      answer = () => ({ is_playing: null });
      poller.start();
      await pass(1);
      assert.equal(poller.problem?.code, "PROTOCOL_ERROR");
      plays();
      await pass(21 * SECOND);
      assert.ok(states.length >= 1);
      assert.equal(poller.problem, undefined);
    });
  });

  it("keeps the last item when nothing plays, but not for another account", async () => {
    plays();
    poller.start();
    await pass(1);
    poller.stop();
    answer = () => undefined;
    poller.start();
    await pass(1);
    assert.deepEqual([states.at(-1)?.status, states.at(-1)?.title], ["idle", TRACK.name]);
    account = "bob";
    await poller.refresh(NEVER);
    assert.deepEqual([states.at(-1)?.status, states.at(-1)?.title], ["idle", null]);
  });
});
