import assert from "node:assert/strict";
import type { Clock } from "@sinonjs/fake-timers";
import { PLAYBACK_CHANGES, type PlaybackChange, type PlaybackState } from "../../src/player/playback-state";
import type { ItemEntry } from "../simulator/world/catalogue";
import type { PlaybackView } from "../simulator/world/playback-view";
import type { Randomness } from "../support/randomness";
import { playbackActions, type Action } from "./support/random-actions";
import { tellByChance } from "./support/stories-by-chance";
import { Story, type Mood } from "./support/story";

const STORIES = 300;
const ACTIONS = 25;
/** After this time, no change is delayed, and no message waits for names, ms. */
const SETTLED = 1_700;
/** How much the position may differ, ms. */
const NEAR = 50;
/** A seek is reported if it is larger than this, ms. */
const SEEK = 2_000;

const DAY = 86_400_000;
/** Actions after which an item continues at its position. */
const CALM =
  /^(pause|resume|volume.*|shuffle|repeat|queue|speed|private|transfer.*|a device connects|another habit|the .*)$/;

const MOODS: readonly Mood[] = ["ok", "ok", "slow", "failing", "limited", "garbage"];

describe("Random stories of an account", () => {
  it("are reported correctly", async function () {
    this.timeout(120_000);
    await tellByChance(STORIES, (clock, random) => new RandomStory(clock, random).run());
  });
});

class RandomStory {
  readonly #random: Randomness;
  readonly #story: Story;
  readonly #done: string[] = [];
  #checked = 0;
  #doneBefore = 0;
  #playbackId = "";
  #devices = "";

  constructor(clock: Clock, random: Randomness) {
    this.#random = random;
    this.#story = new Story(clock, (random.below(3) - 1) * DAY);
  }

  async run(): Promise<void> {
    const story = this.#story;
    try {
      story.listen();
      await this.#check();
      for (let count = 0; count < ACTIONS; count++) {
        const [name, action] = this.#random.pick(this.#actions());
        this.#done.push(name);
        action();
        if (this.#random.chance(0.3)) await story.advance(this.#random.below(900));
        else await this.#check();
      }
      story.mood = "ok";
      // All services are asked again after their failures.
      await story.advance(310_000);
      story.reconnect();
      story.playback.next();
      await this.#check();
      // The names of earlier changes may still come.
      this.#compareNames();
    } catch (error) {
      throw new Error(`After ${this.#done.join(", ")}`, { cause: error });
    } finally {
      story.close();
    }
  }

  #actions(): Action[] {
    const random = this.#random;
    const story = this.#story;
    return [
      ...playbackActions(random, story.playback),
      ["the services' mood", () => (story.mood = random.pick(MOODS))],
      ["the form of the pushes", () => (story.format = random.pick(["protobuf", "json"]))],
      ["the server's time is left out", () => (story.saysTime = random.chance(0.5))],
      ["pushes are lost", () => (story.isCut = true)],
    ];
  }

  /** Runs when everything has settled: the state and the last change must match what the account plays. */
  async #check(): Promise<void> {
    const story = this.#story;
    await story.advance(this.#random.below(20_000));
    if (story.isCut) story.reconnect();
    // An item may end meanwhile.
    do await story.advance(SETTLED);
    while (Date.now() - story.playback.changedAt < SETTLED);
    const view = story.playback.state;
    const { state } = story.player;
    assert.ok(state, "the state is known");
    compare(state, view);
    const { changes } = story;
    for (let index = Math.max(this.#checked, 1); index < changes.length; index++) {
      const { state: after, previous: before, changed } = changes[index]!;
      assert.equal(before, changes[index - 1]!.state, "what was told before");
      assert.notDeepEqual(changed, [], "a change changes something");
      compareChanged(before, after, changed);
    }
    const isCalm = this.#done.slice(this.#doneBefore).every((name) => CALM.test(name));
    const { playbackId } = story.playback.player;
    if (isCalm && playbackId === this.#playbackId) {
      const seeks = changes.slice(this.#checked).filter(({ changed }) => changed.includes("position"));
      assert.deepEqual(seeks, [], "no seek");
    }
    this.#doneBefore = this.#done.length;
    this.#playbackId = playbackId;
    const devices = story.playback.devices
      .filter(({ isOnline, hidden }) => isOnline && !hidden)
      .map(({ id, isPrivate }) => `${id} ${isPrivate}`)
      .toSorted()
      .join();
    const told = changes.slice(this.#checked).some(({ changed }) => changed.includes("devices"));
    if (this.#checked > 0 && devices !== this.#devices) assert.ok(told, "the devices are told");
    this.#devices = devices;
    this.#checked = changes.length;
    const last = changes.at(-1)?.state;
    if (last) assert.deepEqual(withoutTime(last), withoutTime(state), "what was told last");
  }

  #compareNames(): void {
    const { state } = this.#story.player;
    const { item, queue } = this.#story.playback.state;
    for (const [index, row] of queue.slice(0, 20).entries()) {
      if (hasName(row)) assert.equal(state!.queue![index]!.title, row.name);
    }
    if (!hasName(item)) return;
    assert.equal(state!.title, item.name);
    assert.equal(state!.artist, item.artists.map(({ name }) => name).join(", ") || null);
    assert.equal(state!.album, item.album.name);
  }
}

/** Whether Spotify's services know the name. */
function hasName({ uri }: ItemEntry): boolean {
  return /^spotify:(?:track|episode):/.test(uri);
}

function compare(state: PlaybackState, view: PlaybackView): void {
  const { item, device, context } = view;
  assert.deepEqual(
    {
      status: state.status,
      playing: state.playing,
      uri: state.uri,
      device: state.device?.name ?? null,
      volume: state.volume,
      context: state.context?.uri ?? null,
      shuffle: state.shuffle,
      smartShuffle: state.smartShuffle,
      repeat: state.repeat,
      queue: state.queue?.map(({ uri, queued }) => `${uri} ${queued}`),
    },
    {
      status: view.status,
      playing: view.status === "playing",
      uri: item.uri,
      device: device?.name ?? null,
      volume: !device || device.disableVolume ? null : device.volume,
      context: context?.uri ?? null,
      shuffle: view.shuffle,
      smartShuffle: view.smartShuffle,
      repeat: view.repeat,
      queue: view.queue.slice(0, 20).map(({ uri, queued }) => `${uri} ${queued}`),
    },
  );
  assert.ok([item.name, null].includes(state.title), `the title is ${state.title}`);
  if (state.duration !== null) assert.equal(state.duration, item.durationMs);
  if (view.status !== "idle") {
    assert.ok(state.position !== null, "the position is known");
    const off = state.position - view.position;
    assert.ok(Math.abs(off) <= NEAR, `the position ${state.position} is ${off} ms off`);
  }
}

/** Each kind of change is named if and only if it occurred, in order of importance. */
function compareChanged(
  before: PlaybackState,
  after: PlaybackState,
  changed: readonly PlaybackChange[],
): void {
  const details = ({ title, artist, album, duration, image }: PlaybackState): unknown => [
    title,
    artist,
    album,
    duration,
    image,
  ];
  const queue = (state: PlaybackState): unknown => state.queue!.map(({ uri, queued }) => [uri, queued]);
  const names = (state: PlaybackState): unknown => state.queue!.map(({ title, artist }) => [title, artist]);
  const differ = (one: unknown, other: unknown): boolean => JSON.stringify(one) !== JSON.stringify(other);
  const isSame = before.uri === after.uri;
  const expected: Partial<Record<PlaybackChange, boolean>> = {
    track: !isSame,
    playback: before.status !== after.status,
    device: before.device?.id !== after.device?.id,
    context: before.context?.uri !== after.context?.uri,
    volume: before.volume !== after.volume,
    shuffle: before.shuffle !== after.shuffle || before.smartShuffle !== after.smartShuffle,
    repeat: before.repeat !== after.repeat,
    queue: differ(queue(before), queue(after)),
    details:
      (isSame && differ(details(before), details(after))) ||
      (before.context?.uri === after.context?.uri && before.context?.name !== after.context?.name) ||
      (!differ(queue(before), queue(after)) && differ(names(before), names(after))),
  };
  for (const [change, isExpected] of Object.entries(expected)) {
    const isTold = changed.includes(change as PlaybackChange);
    assert.equal(isTold, isExpected, `${change} in ${changed.join(" ")}`);
  }
  assert.deepEqual(
    changed,
    PLAYBACK_CHANGES.filter((change) => changed.includes(change)),
  );
  if (changed.includes("position")) {
    assert.ok(isSame && before.status !== "idle" && after.status !== "idle");
    if (before.status === "paused") {
      assert.ok(Math.abs(after.position! - before.position!) > SEEK - NEAR, "a seek is further");
    }
  }
}

/** The state without parts that change by themselves, and parts that are not among the changes. */
function withoutTime(state: PlaybackState): Partial<PlaybackState> {
  const { position: _position, at: _at, denied: _denied, ...others } = state;
  return others;
}
