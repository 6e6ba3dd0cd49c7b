import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import type { HttpClient, HttpResponse } from "../../src/net/client";
import { RateLimitGuard } from "../../src/net/rate-limit-guard";
import { NowPlaying } from "../../src/player/now-playing";
import type { PlaybackState, PlayerChange } from "../../src/player/playback-state";
import { WebApiPoller } from "../../src/player/web-api-poller";
import { WebApi } from "../../src/web-api/web-api";
import { Cluster } from "../simulator/connect-state/cluster";
import { PLAYER_ROUTES } from "../simulator/web-api/player-routes";
import { Account } from "../simulator/world/accounts";
import type { PlaybackView } from "../simulator/world/playback-view";
import type { Randomness } from "../support/randomness";
import { playbackActions } from "./support/random-actions";
import { tellByChance } from "./support/stories-by-chance";

const STORIES = 200;
const ACTIONS = 20;
/** How much the position may differ, ms. */
const NEAR = 50;
const WHILE_PLAYING = 10_000;
const WHILE_NOT_PLAYING = 30_000;
/** The delay of an answer, and the random addition to a wait, ms. */
const MARGIN = 4_000;
/** The longest wait after a failure, ms. */
const MOST = 300_000;

/** A check that never finds a quiet moment is given up after this time, ms. */
const LONGEST_CHECK = 600_000;

type Mood = "ok" | "spurious 401" | "spurious 403" | "limited" | "failing" | "garbage" | "odd";
const MOODS: readonly Mood[] = [
  "ok",
  "ok",
  "ok",
  "spurious 401",
  "spurious 403",
  "limited",
  "failing",
  "garbage",
  "odd",
];

describe("Random stories of an account that only the Web API reports", () => {
  it("are reported correctly, with no more requests than allowed", async function () {
    this.timeout(120_000);
    await tellByChance(STORIES, (clock, random) => new PolledStory(clock, random).run());
  });
});

class PolledStory {
  readonly #clock: Clock;
  readonly #random: Randomness;
  readonly #account = new Account(
    { username: "anna", premium: true, keymaster: "allowed", login5: "ok" },
    () => "",
  );
  readonly #cluster = new Cluster(this.#account, () => undefined);
  readonly #poller: WebApiPoller;
  readonly #player: NowPlaying;
  readonly #changes: PlayerChange[] = [];
  readonly #done: string[] = [];
  /** Spotify gets no request before this time, after a 429, ms. */
  #limitedUntil = 0;
  #mood: Mood = "ok";
  /** The next answer is a refusal by mistake. */
  #isSpurious = false;
  /** When each request was sent, ms. */
  #asked: number[] = [];

  constructor(clock: Clock, random: Randomness) {
    this.#clock = clock;
    this.#random = random;
    const http = { request: () => Promise.resolve(this.#answer()) } as unknown as HttpClient;
    this.#poller = new WebApiPoller({
      webApi: new WebApi(http, new RateLimitGuard(() => undefined), "https://api.spotify.com"),
      credential: { clientId: "a".repeat(32), get: () => Promise.resolve("token"), refused: () => undefined },
      account: () => "anna",
    });
    this.#player = new NowPlaying({
      names: { known: () => undefined, wants: () => false, lookUp: () => Promise.resolve() },
      account: () => "anna",
      source: this.#poller,
    });
    this.#poller.on("reading", (reading) => this.#player.read(reading));
    this.#player.on("change", (change) => this.#changes.push(change));
  }

  async run(): Promise<void> {
    const random = this.#random;
    const { playback } = this.#account;
    try {
      this.#poller.start();
      for (let count = 0; count < ACTIONS; count++) {
        const [name, action] = random.pick(playbackActions(random, playback));
        this.#done.push(name);
        action();
        if (random.chance(0.2)) this.#mood = random.pick(MOODS);
        this.#done.push(this.#mood);
        if (random.chance(0.4)) await this.#advance(random.below(20_000));
        else await this.#check();
      }
    } catch (error) {
      throw new Error(`After ${this.#done.join(", ")}`, { cause: error });
    } finally {
      playback.close();
      this.#poller.stop();
      this.#player.reset();
      this.#player.removeAllListeners("change");
    }
  }

  /** Runs when Spotify answers again: the state and the last change must match what the account plays. */
  async #check(): Promise<void> {
    const { playback } = this.#account;
    await this.#advance(this.#random.below(60_000));
    if (this.#poller.problem) {
      this.#mood = "ok";
      await this.#advance(MOST + MARGIN);
      assert.equal(this.#poller.problem, undefined, "it works again");
    } else if (!["ok", "spurious 401", "spurious 403"].includes(this.#mood)) return;
    // Waits until nothing has changed for longer than the longest pause between requests.
    const wait = (): number => (this.#player.state?.playing ? WHILE_PLAYING : WHILE_NOT_PLAYING) + MARGIN;
    const end = Date.now() + LONGEST_CHECK;
    for (let since = Date.now(); ;) {
      // Short items play, one after another.
      if (Date.now() > end) return;
      const before = playback.changedAt;
      await this.#advance(1_000);
      if (playback.changedAt !== before) since = Date.now();
      if (Date.now() - since > wait()) break;
    }
    const { state } = this.#player;
    assert.ok(state);
    compare(state, playback.state);
    const last = this.#changes.at(-1)!.state;
    assert.deepEqual(withoutTime(last), withoutTime(state), "what was told last");
    for (const [index, { previous, changed }] of this.#changes.slice(1).entries()) {
      assert.equal(previous, this.#changes[index]!.state);
      assert.notDeepEqual(changed, []);
    }
  }

  async #advance(duration: number): Promise<void> {
    await turn();
    const asked = this.#asked.length;
    const before = this.#account.playback.played.length;
    let isOver = false;
    this.#clock.setTimeout(() => (isOver = true), duration);
    while (!isOver) {
      this.#clock.next();
      await turn();
    }
    // Each request may be sent three times, and one more is sent at the end of an item.
    const ended = Math.abs(this.#account.playback.played.length - before) + 1;
    const most = 3 * (Math.ceil(duration / WHILE_PLAYING) + ended + 1);
    assert.ok(this.#asked.length - asked <= most, `${this.#asked.length - asked} requests in ${duration} ms`);
  }

  #answer(): HttpResponse {
    assert.ok(Date.now() >= this.#limitedUntil, "asked before Spotify may be asked again");
    this.#asked.push(Date.now());
    const is = answered;
    const good = (): HttpResponse => {
      const { status, body } = PLAYER_ROUTES["GET /v1/me/player"]!.answer({
        account: this.#account,
        token: undefined as never,
        path: "/v1/me/player",
        params: [],
        contentType: "",
        query: new URLSearchParams({ additional_types: "track,episode" }),
        body: "",
        cluster: this.#cluster,
      });
      return is(status, body);
    };
    this.#isSpurious = !this.#isSpurious;
    switch (this.#mood) {
      case "spurious 401":
        return this.#isSpurious ? is(401, { error: { message: "Access token missing" } }) : good();
      case "spurious 403":
        return this.#isSpurious ? is(403, { error: { message: "Premium required" } }) : good();
      case "limited": {
        const seconds = 1 + this.#random.below(120);
        this.#limitedUntil = Date.now() + seconds * 1000;
        return { ...is(429, "Too many"), headers: { "retry-after": String(seconds) } };
      }
      case "failing":
        return is(500 + this.#random.below(4), "");
      case "garbage":
        return { ...is(200, ""), body: this.#random.mutated(good().body) };
      case "odd":
        return is(200, this.#random.pick([null, [], 7, "text", { is_playing: "yes" }, { device: 1 }]));
      case "ok":
        return good();
    }
  }
}

function answered(status: number, body: unknown): HttpResponse {
  const bytes = Buffer.from(body === undefined || body === "" ? "" : JSON.stringify(body));
  return { status, headers: {}, body: bytes };
}

function compare(state: PlaybackState, view: PlaybackView): void {
  const { item, device, context } = view;
  // In a private session, the Web API returns nothing.
  if (!device || device.isPrivate) return assert.equal(state.status, "idle");
  const isTold = !item.uri.startsWith("spotify:ad:");
  assert.deepEqual(
    {
      status: state.status,
      uri: state.uri,
      title: state.title,
      type: state.type === "ad",
      device: state.device?.name,
      volume: state.volume,
      context: state.context?.uri ?? null,
      shuffle: state.shuffle,
      smartShuffle: state.smartShuffle,
      repeat: state.repeat,
      queue: state.queue,
    },
    {
      status: view.status,
      uri: isTold ? item.uri : null,
      title: isTold ? item.name : null,
      type: !isTold,
      device: device.name,
      volume: device.disableVolume ? null : device.volume,
      context: context?.uri ?? null,
      shuffle: view.shuffle,
      smartShuffle: view.smartShuffle,
      repeat: view.repeat,
      queue: null,
    },
  );
  if (item.uri.startsWith("spotify:episode:")) return;
  const off = state.position! - view.position;
  assert.ok(Math.abs(off) <= NEAR, `the position ${state.position} is ${off} ms off`);
}

/** The state without parts that change by themselves. */
function withoutTime(state: PlaybackState): Partial<PlaybackState> {
  const { position: _position, at: _at, ...others } = state;
  return others;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
