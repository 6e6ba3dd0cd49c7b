import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import type { ContextEntry, ItemEntry } from "./catalogue";
import { DEFAULT_CONTEXT, ITEMS } from "./content";
import { Player } from "./player";

const [first, second, third] = ITEMS;
assert.ok(first && second && third);
const last = ITEMS.at(-1);
const THREE: ContextEntry = {
  uri: "spotify:album:Sim000000000000000003x",
  name: "Three",
  items: [first, second, third],
};
const EPISODE: ItemEntry = { ...first, uri: "spotify:episode:Sim000000000000000000e", durationMs: 60_000 };

describe("simulator: the player", () => {
  let clock: Clock;
  let player: Player;
  let ends: number;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["Date", "setTimeout", "clearTimeout"], now: 1_800_000_000_000 });
    ends = 0;
    player = new Player(DEFAULT_CONTEXT, () => (ends += 1));
  });

  afterEach(() => {
    player.freeze();
    assert.equal(clock.countTimers(), 0);
    clock.uninstall();
  });

  const now = (): [string, number] => {
    player.advance();
    return [player.row.item.name, player.clock.position];
  };

  it("moves with the clock, and announces each end by itself", () => {
    clock.tick(1500);
    assert.deepEqual(now(), [first.name, 1500]);
    assert.equal(ends, 0);
    clock.tick(first.durationMs - 1500);
    assert.equal(ends, 1);
    clock.tick(second.durationMs);
    assert.equal(ends, 2);
    assert.deepEqual(now(), [third.name, 0]);
    assert.deepEqual(
      player.played.items.map(({ item, playedAt }) => [item.name, Date.now() - playedAt]),
      [
        [second.name, 0],
        [first.name, second.durationMs],
      ],
    );
  });

  it("does not move while paused", () => {
    clock.tick(1000);
    player.pause();
    clock.tick(1_000_000);
    assert.deepEqual(now(), [first.name, 1000]);
    player.resume();
    clock.tick(1);
    assert.deepEqual(now(), [first.name, 1001]);
  });

  it("keeps the time of the reported position until there is another position", () => {
    const start = Date.now();
    clock.tick(5000);
    player.setRepeat("off");
    assert.deepEqual([player.clock.timestamp, player.clock.positionAtTimestamp], [start, 0]);
    player.seek(60_000);
    assert.deepEqual([player.clock.timestamp, player.clock.positionAtTimestamp], [start + 5000, 60_000]);
  });

  it("goes to the next item, to the previous one, and from the last to the first", () => {
    player.next();
    player.next();
    assert.equal(now()[0], third.name);
    player.previous();
    assert.equal(now()[0], second.name);
    player.previous();
    player.previous();
    assert.equal(now()[0], last?.name);
  });

  it("restarts an item that has played for more than 3 s, instead of going to the previous one", () => {
    player.next();
    clock.tick(3001);
    player.previous();
    assert.deepEqual(now(), [second.name, 0]);
    player.previous();
    assert.equal(now()[0], first.name);
  });

  it("seeks; a position after the end leads to the next item", () => {
    player.seek(60_000);
    assert.deepEqual(now(), [first.name, 60_000]);
    player.seek(first.durationMs + 5);
    assert.deepEqual(now(), [second.name, 5]);
  });

  it("plays queued items first, then continues the context", () => {
    player.list.queue(last!);
    player.list.queue(third);
    assert.deepEqual(
      player.upcoming.rows.slice(0, 3).map(({ item, uid, queued }) => [item.name, uid.length > 2, queued]),
      [
        [last?.name, false, true],
        [third.name, false, true],
        [second.name, true, false],
      ],
    );
    player.next();
    assert.equal(now()[0], last?.name);
    player.next();
    player.next();
    assert.equal(now()[0], second.name);
    assert.equal(player.upcoming.rows[0]?.item.name, third.name);
  });

  it("accepts at most 80 items in the queue", () => {
    for (let number = 0; number < 80; number++) player.list.queue(first);
    assert.throws(() => player.list.queue(first), /full/);
    assert.equal(player.upcoming.rows.length, 80);
  });

  it("lists at most 80 next items and 10 previous ones, even of a long context", () => {
    const items = Array.from({ length: 300 }, (_, number) => ({ ...first, uri: `spotify:track:${number}` }));
    player.load({ ...THREE, items }, 150, 0);
    assert.equal(player.upcoming.rows.length, 80);
    assert.equal(player.upcoming.rows[0]?.item.uri, "spotify:track:151");
    assert.equal(player.list.before().length, 10);
    assert.equal(player.list.before().at(-1)?.item.uri, "spotify:track:149");
  });

  it("plays each item once if shuffled, and in order if not", () => {
    player.load(DEFAULT_CONTEXT, 2, 0);
    player.setShuffle("on");
    assert.equal(now()[0], third.name);
    const rest = player.upcoming.rows.slice(0, ITEMS.length - 1).map(({ item }) => item.name);
    assert.deepEqual(new Set([third.name, ...rest]), new Set(ITEMS.map(({ name }) => name)));
    player.setShuffle("off");
    assert.deepEqual([now()[0], player.upcoming.rows[0]?.item.name], [third.name, ITEMS[3]?.name]);
  });

  it("stops with repeat off: the first item waits, paused", () => {
    player.load(THREE, 2, 0);
    player.setRepeat("off");
    assert.deepEqual(player.upcoming.rows, []);
    clock.tick(third.durationMs + 60_000);
    assert.deepEqual([...now(), player.isPlaying], [first.name, 0, false]);
    assert.equal(ends, 1);
  });

  it("plays one item repeatedly", () => {
    player.setRepeat("track");
    const { playbackId } = player;
    clock.tick(first.durationMs * 2 + 7);
    assert.deepEqual(now(), [first.name, 7]);
    assert.equal(ends, 2);
    assert.notEqual(player.playbackId, playbackId);
    player.next();
    assert.equal(now()[0], second.name);
  });

  it("plays an advert, then the music from its position", () => {
    clock.tick(10_000);
    player.advert({ ...last!, uri: "spotify:ad:1", durationMs: 30_000 });
    clock.tick(29_999);
    assert.equal(player.isAdvert, true);
    clock.tick(2);
    assert.deepEqual([...now(), player.isAdvert], [first.name, 10_001, false]);
    assert.equal(ends, 1);
    assert.deepEqual(player.played.items, []);
  });

  it("plays only an episode faster", () => {
    player.load([EPISODE, first], 0, 0);
    player.setSpeed(1.5);
    clock.tick(10_000);
    assert.equal(now()[1], 15_000);
    clock.tick(30_000);
    assert.deepEqual(now(), [first.name, 0]);
    clock.tick(1000);
    assert.equal(now()[1], 1000);
  });

  it("has a new session for each context, and a new playback ID for each item", () => {
    const { sessionId, playbackId } = player;
    assert.match(sessionId, /^[0-9a-f]{32}$/);
    player.next();
    assert.equal(player.sessionId, sessionId);
    assert.notEqual(player.playbackId, playbackId);
    player.load(THREE, 0, 0);
    assert.notEqual(player.sessionId, sessionId);
  });

  it("remembers the last 50 items that were played", () => {
    for (let number = 0; number < 60; number++) player.next();
    assert.equal(player.played.items.length, 50);
  });

  it("knows its position after years without a timer", () => {
    const all = ITEMS.reduce((sum, { durationMs }) => sum + durationMs, 0);
    clock.setSystemTime(Date.now() + all * 100_000 + 42);
    assert.deepEqual(now(), [first.name, 42]);
    assert.equal(ends, 1);
    player.list.queue(third);
    clock.setSystemTime(Date.now() + all * 100_000 + third.durationMs);
    assert.deepEqual(now(), [first.name, 42]);
  });

  it("does not move after its device has gone, whatever happens", () => {
    clock.tick(1000);
    player.freeze();
    player.seek(7000);
    clock.tick(first.durationMs);
    assert.deepEqual(now(), [first.name, 7000]);
    player.takeUp();
    clock.tick(1000);
    assert.deepEqual(now(), [first.name, 8000]);
  });
});
