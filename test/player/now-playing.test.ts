import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import type { Names, NameSource } from "../../src/player/names";
import { NowPlaying } from "../../src/player/now-playing";
import type { PlayerChange } from "../../src/player/playback-state";
import type { ClusterView } from "../../src/connect-state/cluster";
import {
  cluster,
  KITCHEN,
  PHONE,
  SERVER_TIME,
  SONG,
  type ClusterInit,
  type PlayerInit,
} from "./support/clusters";

const OTHER_SONG = { ...SONG, uri: "spotify:track:0000000000000000000002" };
/** A track in librespot's form: only its URI. */
const NAMELESS = { uri: "spotify:track:0000000000000000000003" };
const NAMES: Names = {
  title: "Three-Way Handshake",
  artists: [{ name: "Ada Bytewell", uri: null }],
  album: "Round Trips",
  albumUri: null,
  duration: 211_500,
  images: [{ url: "https://i.scdn.co/image/1", size: 640 }],
};
const INACTIVE: ClusterInit = { activeDeviceId: "" };

/** A name source whose results and timing are set by the test. */
class FakeNames implements NameSource {
  readonly names = new Map<string, Names>();
  readonly asked: string[][] = [];
  #answers: (() => void)[] = [];
  isSilent = false;
  /** URIs without a name. */
  readonly unknown = new Set([SONG.uri]);

  known(uri: string): Names | undefined {
    return this.names.get(uri);
  }

  wants(uri: string): boolean {
    return !this.isSilent && !this.unknown.has(uri) && !this.names.has(uri);
  }

  lookUp(uris: readonly string[]): Promise<void> {
    this.asked.push([...uris]);
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  /** Ends all lookups. */
  async answer(found: Record<string, Names> = {}): Promise<void> {
    for (const [uri, names] of Object.entries(found)) this.names.set(uri, names);
    for (const answer of this.#answers.splice(0)) answer();
    for (let turns = 0; turns < 5; turns++) await Promise.resolve();
  }
}

describe("The player", () => {
  let clock: Clock;
  let names: FakeNames;
  let player: NowPlaying;
  let changes: PlayerChange[];
  /** The answer when the player reads from Spotify. */
  let answer: () => ClusterView | Promise<ClusterView>;
  let refreshes: number;

  beforeEach(() => {
    clock = FakeTimers.install({
      now: SERVER_TIME,
      toFake: ["setTimeout", "clearTimeout", "Date", "performance"],
    });
    names = new FakeNames();
    changes = [];
    answer = cluster;
    refreshes = 0;
    player = new NowPlaying({
      names,
      account: () => "anna",
      source: {
        refresh: async () => {
          refreshes++;
          player.readCluster(await answer());
        },
      },
    });
  });

  afterEach(() => {
    player.reset();
    assert.equal(clock.countTimers(), 0, "a timer is left");
    clock.uninstall();
  });

  function listen(): void {
    player.on("change", (change) => changes.push(change));
  }

  /** Spotify pushes a cluster, whose times are those of the clock. */
  function push(init: PlayerInit = {}, others: ClusterInit = {}): void {
    const now = BigInt(Date.now());
    player.readCluster(cluster({ timestamp: now, ...init }, { serverTimestampMs: now, ...others }));
  }

  function told(): string[] {
    return changes.map(({ changed }) => changed.join(" "));
  }

  it("knows nothing before the first push", () => {
    assert.equal(player.state, undefined);
  });

  describe("reports", () => {
    it("the first state of an account, without a previous one", () => {
      listen();
      push();
      assert.equal(changes.length, 1);
      assert.deepEqual(changes[0]?.changed, []);
      assert.equal(changes[0]?.previous, undefined);
      assert.equal(changes[0]?.state.title, "Round Trip");
      assert.equal(changes[0]?.state.account, "anna");
    });

    it("all differences after a push in one change, in the same tick", () => {
      listen();
      push();
      push({ track: OTHER_SONG, isPaused: true, options: { shufflingContext: true } });
      assert.deepEqual(told(), ["", "track playback shuffle"]);
      assert.equal(changes[1]?.previous, changes[0]?.state);
    });

    it("nothing if a push brings nothing new", () => {
      listen();
      push();
      clock.tick(30_000);
      push({ positionAsOfTimestamp: 30_000n });
      assert.deepEqual(told(), [""]);
    });

    it("no seek if an item that was buffering when it was reported has played for a while", () => {
      listen();
      push({ isBuffering: true });
      clock.tick(300);
      push();
      clock.tick(60_000);
      push({ positionAsOfTimestamp: 60_000n });
      assert.deepEqual(told(), [""]);
    });

    it("no seek if the music continued after it had buffered for a while", () => {
      listen();
      push({ positionAsOfTimestamp: 10_000n });
      clock.tick(5_000);
      push({ positionAsOfTimestamp: 15_000n, isBuffering: true });
      clock.tick(5_000);
      push({ positionAsOfTimestamp: 15_000n });
      assert.deepEqual(told(), [""]);
    });

    it("a seek by comparison with the last reported position", () => {
      listen();
      push();
      clock.tick(30_000);
      push({ positionAsOfTimestamp: 90_000n });
      clock.tick(5_000);
      push({ positionAsOfTimestamp: 95_000n });
      assert.deepEqual(told(), ["", "position"]);
      assert.equal(changes[1]?.state.position, 90_000);
    });

    it("small differences of the position when they have added up to two seconds", () => {
      listen();
      push();
      clock.tick(10_000);
      push({ positionAsOfTimestamp: 8_800n });
      clock.tick(10_000);
      push({ positionAsOfTimestamp: 17_600n });
      assert.deepEqual(told(), ["", "position"]);
    });

    it("changes during a lost connection, once", () => {
      listen();
      push();
      clock.tick(600_000);
      push({ track: OTHER_SONG });
      assert.deepEqual(told(), ["", "track"]);
    });

    it("no known state to the first listener", () => {
      push();
      listen();
      push();
      assert.deepEqual(told(), []);
      push({ isPaused: true });
      assert.deepEqual(told(), ["playback"]);
      assert.equal(changes[0]?.previous?.status, "playing");
    });

    it("nothing that happened without a listener", () => {
      listen();
      push();
      player.removeAllListeners("change");
      push({ track: OTHER_SONG });
      listen();
      push({ track: OTHER_SONG, isPaused: true });
      assert.deepEqual(told(), ["", "playback"]);
    });

    it("when a listener is added", () => {
      const heard: boolean[] = [];
      player.on("listening", (is) => heard.push(is));
      const listener = (): void => undefined;
      player.on("change", listener);
      player.on("change", () => undefined);
      player.off("change", listener);
      assert.deepEqual(heard, [true]);
      player.removeAllListeners("change");
      assert.deepEqual(heard, [true, false]);
    });
  });

  describe("computes the position", () => {
    it("as time passes, up to the end", () => {
      push({ positionAsOfTimestamp: 10_000n });
      clock.tick(5_000);
      assert.equal(player.state?.position, 15_000);
      assert.equal(player.state?.at, Date.now());
      clock.tick(600_000);
      assert.equal(player.state?.position, 200_000);
    });

    it("by a clock that users cannot set", () => {
      push({ positionAsOfTimestamp: 10_000n });
      clock.setSystemTime(SERVER_TIME + 86_400_000);
      assert.equal(player.state?.position, 10_000);
    });

    it("by Spotify's clock, even if this machine's is wrong and a push has no time", () => {
      clock.setSystemTime(0);
      player.readCluster(cluster());
      clock.tick(20_000);
      player.readCluster(
        cluster({ timestamp: BigInt(SERVER_TIME + 15_000), isPaused: false }, { serverTimestampMs: 0n }),
      );
      assert.equal(player.state?.position, 5_000);
    });

    it("by this machine's clock until Spotify has sent its own time", () => {
      clock.tick(2_000);
      player.readCluster(cluster({}, { serverTimestampMs: 0n }));
      assert.equal(player.state?.position, 2_000);
    });
  });

  describe("delays", () => {
    it("the end of playback, for a second", () => {
      listen();
      push();
      push({}, INACTIVE);
      clock.tick(999);
      assert.deepEqual(told(), [""]);
      assert.equal(player.state?.status, "playing");
      assert.equal(player.state?.device?.id, "phone");
      clock.tick(2);
      assert.deepEqual(told(), ["", "playback device volume"]);
      assert.equal(changes[1]?.state.status, "idle");
      assert.equal(player.state?.status, "idle");
    });

    it("no other change of the same push", () => {
      listen();
      push();
      push({ options: { shufflingContext: true } }, INACTIVE);
      assert.deepEqual(told(), ["", "shuffle"]);
      assert.equal(changes[1]?.state.status, "playing");
      clock.tick(1_100);
      assert.deepEqual(told(), ["", "shuffle", "playback device volume"]);
    });

    it("the loss of a device, for a second", () => {
      listen();
      push();
      push({}, { device: { phone: PHONE } });
      clock.tick(500);
      push({ isPaused: true }, { device: { phone: PHONE } });
      assert.deepEqual(told(), ["", "playback"]);
      clock.tick(600);
      assert.deepEqual(told(), ["", "playback", "devices"]);
    });

    it("no new device, and no device that takes over", () => {
      listen();
      push({}, { device: { phone: PHONE } });
      push();
      assert.deepEqual(told(), ["", "devices"]);
      push({}, INACTIVE);
      push({}, { activeDeviceId: "kitchen" });
      assert.deepEqual(told(), ["", "devices", "device volume"]);
      clock.tick(5_000);
      assert.equal(changes.length, 3);
    });

    it("false reports of a phone while its app wakes up", () => {
      listen();
      push();
      // As recorded: it connects again (6), is active again (2), and is gone for a moment (1).
      push({ positionAsOfTimestamp: 0n }, INACTIVE);
      clock.tick(300);
      push({ positionAsOfTimestamp: 300n });
      clock.tick(300);
      push({ positionAsOfTimestamp: 300n }, { ...INACTIVE, device: { kitchen: KITCHEN } });
      clock.tick(400);
      push({ positionAsOfTimestamp: 1_000n });
      clock.tick(10_000);
      assert.deepEqual(told(), [""]);
      assert.equal(player.state?.position, 11_000);
    });

    it("the end once, if the phone stays away", () => {
      listen();
      push();
      push({}, INACTIVE);
      clock.tick(300);
      push();
      clock.tick(300);
      push({}, { ...INACTIVE, device: { kitchen: KITCHEN } });
      clock.tick(900);
      assert.deepEqual(told(), [""]);
      clock.tick(10_000);
      assert.deepEqual(told(), ["", "playback device volume devices"]);
    });
  });

  describe("adds names that the playing device does not send", () => {
    beforeEach(() => {
      listen();
      push();
    });

    it("at once, if the names are remembered", () => {
      names.names.set(NAMELESS.uri, NAMES);
      push({ track: NAMELESS, duration: 0n });
      assert.deepEqual(told(), ["", "track"]);
      const { title, artist, album, image, duration } = changes[1]!.state;
      assert.deepEqual(
        [title, artist, album, image, duration],
        ["Three-Way Handshake", "Ada Bytewell", "Round Trips", "https://i.scdn.co/image/1", 211_500],
      );
      assert.deepEqual(names.asked, []);
    });

    it("in a single message, which waits for them", async () => {
      push({ track: NAMELESS });
      assert.deepEqual(told(), [""]);
      assert.deepEqual(names.asked, [[NAMELESS.uri]]);
      clock.tick(80);
      await names.answer({ [NAMELESS.uri]: NAMES });
      assert.deepEqual(told(), ["", "track"]);
      assert.equal(changes[1]?.state.title, "Three-Way Handshake");
      assert.equal(changes[1]?.state.position, 80);
      clock.tick(10_000);
      assert.equal(changes.length, 2);
    });

    it("in `details`, if they come later than half a second", async () => {
      push({ track: NAMELESS });
      clock.tick(499);
      assert.deepEqual(told(), [""]);
      clock.tick(1);
      assert.deepEqual(told(), ["", "track"]);
      assert.equal(changes[1]?.state.title, null);
      clock.tick(5_000);
      await names.answer({ [NAMELESS.uri]: NAMES });
      assert.deepEqual(told(), ["", "track", "details"]);
      assert.equal(changes[2]?.state.title, "Three-Way Handshake");
    });

    it("once: later messages about the same song do not wait for them", () => {
      push({ track: NAMELESS });
      clock.tick(500);
      push({ track: NAMELESS, isPaused: true });
      assert.deepEqual(told(), ["", "track", "playback"]);
    });

    it("in one message with the pushes that came while it waited", async () => {
      push({ track: NAMELESS });
      clock.tick(100);
      push({ track: NAMELESS, isPaused: true });
      await names.answer({ [NAMELESS.uri]: NAMES });
      assert.deepEqual(told(), ["", "track playback"]);
      assert.deepEqual(names.asked, [[NAMELESS.uri]]);
    });

    it("without a wait for a song that has names and came meanwhile", () => {
      push({ track: NAMELESS });
      push({ track: OTHER_SONG });
      assert.deepEqual(told(), ["", "track"]);
      assert.equal(changes[1]?.state.uri, OTHER_SONG.uri);
      clock.tick(1_000);
      assert.equal(changes.length, 2);
    });

    it("with a wait of at most half a second, even if many songs are skipped", () => {
      for (let i = 0; i < 10; i++) {
        push({ track: { uri: `spotify:track:${i}` } });
        clock.tick(60);
      }
      assert.deepEqual(told(), ["", "track"]);
    });

    it("without a wait, if they cannot be looked up", () => {
      names.isSilent = true;
      push({ track: NAMELESS });
      assert.deepEqual(told(), ["", "track"]);
      assert.deepEqual(names.asked, []);
    });

    it("and reports at once that they could not be found", async () => {
      push({ track: NAMELESS });
      await names.answer();
      assert.deepEqual(told(), ["", "track"]);
      assert.equal(changes[1]?.state.title, null);
    });

    it("and keeps names that the device has sent once", () => {
      names.isSilent = true;
      push({ track: OTHER_SONG });
      push({ track: { uri: OTHER_SONG.uri }, isPaused: true });
      assert.deepEqual(told(), ["", "track", "playback"]);
      assert.equal(changes[2]?.state.title, "Round Trip");
      assert.equal(changes[2]?.state.images.length, 3);
    });

    it("and also looks up the context and the queue, for which no message waits", async () => {
      const contextUri = "spotify:playlist:1";
      const nextTracks = [NAMELESS, { uri: "spotify:track:4" }];
      push({ contextUri, nextTracks });
      assert.deepEqual(told(), ["", "context queue"]);
      assert.deepEqual(names.asked, [[NAMELESS.uri, "spotify:track:4"], [contextUri]]);
      const playlist = { ...NAMES, title: "Dinner", artists: [] };
      await names.answer({ [NAMELESS.uri]: NAMES, [contextUri]: playlist });
      const { state } = changes.at(-1)!;
      assert.equal(state.context?.name, "Dinner");
      assert.equal(state.queue?.[0]?.artist, "Ada Bytewell");
      assert.ok(
        told()
          .slice(2)
          .every((changed) => changed === "details"),
      );
    });

    it("and does not look up the queue while its first ten rows have names", () => {
      push({ nextTracks: [...Array.from({ length: 10 }, () => SONG), NAMELESS] });
      assert.deepEqual(names.asked, []);
      push({ nextTracks: [...Array.from({ length: 9 }, () => SONG), NAMELESS] });
      assert.deepEqual(names.asked, [[NAMELESS.uri]]);
    });

    it("and does not look up a row whose names do not exist", () => {
      const words = { uri: "spotify:narration:1" };
      names.unknown.add(words.uri);
      push({ nextTracks: [words, ...Array.from({ length: 10 }, () => SONG), NAMELESS] });
      assert.deepEqual(names.asked, []);
    });

    it("and drops the lookup if the account changes", async () => {
      push({ track: NAMELESS });
      player.reset();
      await names.answer({ [NAMELESS.uri]: NAMES });
      clock.tick(10_000);
      assert.deepEqual(told(), [""]);
      assert.equal(player.state, undefined);
    });
  });

  it("looks up nothing without a listener", () => {
    push({ track: NAMELESS });
    assert.equal(player.state?.uri, NAMELESS.uri);
    assert.deepEqual(names.asked, []);
  });

  it("looks up the names of the current item when the first listener is added", async () => {
    push({ track: NAMELESS });
    listen();
    await names.answer({ [NAMELESS.uri]: NAMES });
    assert.deepEqual(told(), ["details"]);
  });

  describe("after a change of the account", () => {
    it("knows nothing, and reports the first state of the next account", () => {
      listen();
      push();
      push({}, INACTIVE);
      player.reset();
      assert.equal(player.state, undefined);
      clock.tick(10_000);
      push({ track: OTHER_SONG });
      assert.deepEqual(told(), ["", ""]);
      assert.equal(changes[1]?.previous, undefined);
    });
  });

  describe("reads from Spotify", () => {
    it("once for all callers at the same time", async () => {
      const states = await Promise.all([player.refresh(), player.refresh(), player.refresh()]);
      assert.equal(refreshes, 1);
      assert.ok(states.every(({ title }) => title === "Round Trip"));
    });

    it("and waits for the names", async () => {
      answer = () => cluster({ track: NAMELESS });
      const state = player.refresh();
      while (names.asked.length === 0) await Promise.resolve();
      await names.answer({ [NAMELESS.uri]: NAMES });
      assert.equal((await state).title, "Three-Way Handshake");
    });

    it("without the names, if they do not come within half a second", async () => {
      answer = () => cluster({ track: NAMELESS });
      const state = player.refresh();
      while (names.asked.length === 0) await Promise.resolve();
      await clock.tickAsync(500);
      assert.equal((await state).title, null);
    });

    it("and reports the differences", async () => {
      listen();
      push();
      answer = () => cluster({ isPaused: true });
      assert.equal((await player.refresh()).status, "paused");
      assert.deepEqual(told(), ["", "playback"]);
    });

    it("and reports why it cannot", async () => {
      answer = () => Promise.reject(new SpotifyError("UNREACHABLE", "The network is down."));
      await assert.rejects(player.refresh(), { code: "UNREACHABLE" });
    });

    it("no longer, if the account changes meanwhile", async () => {
      answer = () => new Promise(() => undefined);
      const state = player.refresh();
      player.reset();
      await assert.rejects(state, { code: "CLOSED" });
    });
  });
});
