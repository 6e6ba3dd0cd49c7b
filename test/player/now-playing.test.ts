import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import type { Names, NameSource } from "../../src/player/names";
import { NowPlaying } from "../../src/player/now-playing";
import type { PlayerChange } from "../../src/player/playback-state";
import type { ClusterView } from "../../src/connect-state/cluster";
import { readPlayer } from "../../src/player/web-api-reading";
import {
  cluster,
  KITCHEN,
  PHONE,
  read,
  SERVER_TIME,
  SONG,
  type ClusterInit,
  type PlayerInit,
} from "./support/clusters";
import { LOCAL, PLAYING } from "./web-api-documents";

const OTHER_SONG = { ...SONG, uri: "spotify:track:0000000000000000000002" };
/** A track in librespot's form: only its URI. */
const NAMELESS = { uri: "spotify:track:0000000000000000000003" };
const COVER = { image_url: SONG.metadata.image_url };
const NAMES: Names = {
  title: "Three-Way Handshake",
  artists: [{ name: "Ada Bytewell", uri: null }],
  album: "Round Trips",
  albumUri: null,
  duration: 211_500,
  images: [{ url: "https://i.scdn.co/image/1", size: 640 }],
};
const INACTIVE: ClusterInit = { activeDeviceId: "" };

function song(number: number, metadata: Record<string, string> = {}) {
  return { uri: `spotify:track:${number}`, metadata };
}

/** A name source that is told what it finds, and when. */
class FakeNames implements NameSource {
  readonly names = new Map<string, Names>();
  readonly asked: string[][] = [];
  readonly signals: AbortSignal[] = [];
  readonly #answers: (() => void)[] = [];
  isSilent = false;
  /** URIs without a name. */
  readonly unknown = new Set([SONG.uri]);

  known(uri: string): Names | undefined {
    return this.names.get(uri);
  }

  wants(uri: string): boolean {
    return !this.isSilent && !this.unknown.has(uri) && !this.names.has(uri);
  }

  lookUp(uris: readonly string[], signal: AbortSignal): Promise<void> {
    this.asked.push([...uris]);
    this.signals.push(signal);
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  /** Ends the lookups that began first: all, unless it is told how many. */
  async answer(found: Record<string, Names> = {}, count = Infinity): Promise<void> {
    for (const [uri, names] of Object.entries(found)) this.names.set(uri, names);
    for (const answer of this.#answers.splice(0, count)) answer();
    for (let turns = 0; turns < 5; turns++) await Promise.resolve();
  }
}

describe("The player", () => {
  let clock: Clock;
  let names: FakeNames;
  let player: NowPlaying;
  let changes: PlayerChange[];
  /** What is answered when the player reads from Spotify. */
  let answer: () => ClusterView | undefined | Promise<ClusterView>;
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
          const view = await answer();
          if (view) player.readCluster(view);
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

    it("not that it is listened to while no one listens for changes", () => {
      const heard: boolean[] = [];
      const other = (): void => undefined;
      player.on("listening", (is) => heard.push(is));
      player.on("listening", other);
      player.off("listening", other);
      assert.deepEqual(heard, []);
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

    it("of nothing, if nothing plays", () => {
      push({ track: undefined });
      clock.tick(5_000);
      assert.deepEqual([player.state?.status, player.state?.position], ["playing", null]);
    });

    it("by a clock that no one can set", () => {
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

    it("that playback has stopped, while the position moves on", () => {
      listen();
      push();
      clock.tick(10_000);
      push({ positionAsOfTimestamp: 0n }, INACTIVE);
      clock.tick(500);
      assert.deepEqual([player.state?.status, player.state?.position], ["playing", 10_500]);
      assert.deepEqual(told(), [""]);
    });

    it("that playback has stopped, but not that another song is there", () => {
      listen();
      push({ positionAsOfTimestamp: 90_000n });
      push({ track: OTHER_SONG, positionAsOfTimestamp: 7_000n }, INACTIVE);
      assert.deepEqual(told(), ["", "track"]);
      assert.deepEqual([player.state?.status, player.state?.position], ["playing", 7_000]);
      clock.tick(1_000);
      assert.deepEqual(told(), ["", "track", "playback device volume"]);
    });

    it("nothing if playback was idle before", () => {
      listen();
      push({}, INACTIVE);
      push({ positionAsOfTimestamp: 5_000n }, INACTIVE);
      assert.equal(player.state?.position, 5_000);
    });

    it("that a device is gone, and later that playback has stopped, each for a second of its own", () => {
      listen();
      push();
      push({}, { device: { phone: PHONE } });
      clock.tick(500);
      push({}, { ...INACTIVE, device: { phone: PHONE } });
      clock.tick(500);
      assert.deepEqual(told(), ["", "devices"]);
      clock.tick(500);
      assert.deepEqual(told(), ["", "devices", "playback device volume"]);
    });

    it("that a device is gone, with one timer that runs for that second", () => {
      listen();
      push();
      push();
      assert.equal(clock.countTimers(), 0);
      const since = performance.now();
      push({}, { device: { phone: PHONE } });
      clock.next();
      assert.equal(performance.now() - since, 1_000);
    });

    it("nothing while there is no listener, also if names come then", async () => {
      listen();
      push({ track: NAMELESS });
      player.removeAllListeners("change");
      await names.answer({ [NAMELESS.uri]: NAMES });
      push({ track: NAMELESS }, INACTIVE);
      assert.equal(player.state?.status, "idle");
    });

    it("that a device is gone, for a second", () => {
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

    for (const [what, track, waits] of [
      ["a song without a title", song(4, { artist_name: "Ada" }), true],
      ["a song without artists", song(4, { title: "One" }), true],
      ["a song that has only a picture", song(4, COVER), true],
      ["a song that lacks only a picture", song(4, { title: "One", artist_name: "Ada" }), false],
      ["an episode without a show", { uri: "spotify:episode:4", metadata: { title: "One" } }, true],
      [
        "an episode without artists",
        { uri: "spotify:episode:4", metadata: { title: "One", album_title: "Daily" } },
        false,
      ],
      ["an advert that has only a title", { uri: "spotify:ad:4", metadata: { title: "One" } }, false],
    ] as const) {
      it(`${waits ? "with" : "without"} a wait for ${what}`, () => {
        push({ track });
        assert.deepEqual(told(), waits ? [""] : ["", "track"]);
        assert.deepEqual(names.asked, [[track.uri]]);
      });
    }

    it("and looks up nothing that has names, and nothing if nothing plays", () => {
      push({
        track: OTHER_SONG,
        contextUri: "spotify:playlist:1",
        contextMetadata: { context_description: "Dinner" },
        nextTracks: [song(4, { title: "Four", artist_name: "Ada" })],
      });
      push({ track: undefined });
      assert.deepEqual(names.asked, []);
    });

    for (const [what, metadata] of [
      ["title", { title: "Four" }],
      ["artist", { artist_name: "Ada" }],
    ] as const) {
      it(`and asks for a song of the queue that has only its ${what}, not for its neighbour`, () => {
        push({ nextTracks: [song(4, metadata), song(5, { title: "Five", artist_name: "Bert" })] });
        assert.deepEqual(names.asked, [["spotify:track:4"]]);
      });
    }

    it("and adds to what the device says, but replaces nothing", () => {
      const track = { uri: OTHER_SONG.uri, metadata: { ...OTHER_SONG.metadata, title: "" } };
      const nextTracks = [song(4, { title: "Four" }), song(5, { artist_name: "Bert" })];
      for (const { uri } of [track, ...nextTracks]) names.names.set(uri, NAMES);
      push({ track, nextTracks });
      const { title, artists, images, queue } = changes.at(-1)!.state;
      assert.equal(title, NAMES.title);
      assert.equal(artists[0]?.uri, SONG.metadata.artist_uri);
      assert.equal(images.length, 3);
      assert.deepEqual(
        queue?.map((row) => [row.title, row.artist]),
        [
          ["Four", "Ada Bytewell"],
          ["Three-Way Handshake", "Bert"],
        ],
      );
    });

    it("and keeps what the device says of the queue if no other name is found", () => {
      names.isSilent = true;
      const nextTracks = [song(4, { title: "Four" }), song(5, { artist_name: "Bert" })];
      push({ nextTracks });
      assert.deepEqual(
        changes.at(-1)?.state.queue?.map((row) => [row.title, row.artist]),
        [
          ["Four", null],
          [null, "Bert"],
        ],
      );
    });

    it("and keeps the names of the context and the queue that the device has said once", () => {
      names.isSilent = true;
      const said = ["Four", "Five"].map((title, i) => song(i, { title, artist_name: "Ada" }));
      const contextUri = "spotify:playlist:1";
      push({ contextUri, contextMetadata: { context_description: "Dinner" }, nextTracks: said });
      push({ contextUri, nextTracks: said.map(({ uri }) => ({ uri })), isPaused: true });
      const { context, queue } = changes.at(-1)!.state;
      assert.equal(context?.name, "Dinner");
      assert.deepEqual(
        queue?.map(({ title, artist }) => [title, artist]),
        [
          ["Four", "Ada"],
          ["Five", "Ada"],
        ],
      );
    });

    it("and finds nothing for the queue in a state of the Web API, which has no queue", () => {
      names.isSilent = true;
      player.read(readPlayer(PLAYING, undefined, "anna"));
      push({ nextTracks: [NAMELESS] });
      assert.equal(player.state?.queue?.[0]?.title, null);
    });

    it("but gives an advert no name of the local file before it: neither has a URI", () => {
      player.read(readPlayer({ ...PLAYING, item: { ...LOCAL, uri: null } }, undefined, "anna"));
      assert.equal(player.state?.title, LOCAL.name);
      const advert = { ...PLAYING, item: null, currently_playing_type: "ad" };
      player.read(readPlayer(advert, undefined, "anna"));
      assert.deepEqual([player.state?.type, player.state?.title], ["ad", null]);
    });

    it("and puts no position beyond the end that they tell, also while it is paused", () => {
      names.names.set(NAMELESS.uri, NAMES);
      push({ track: NAMELESS, duration: 0n, positionAsOfTimestamp: 300_000n, isPaused: true });
      assert.equal(player.state?.position, NAMES.duration);
    });

    it("of at most 500 items at a time", async () => {
      for (let i = 0; i < 600; i++) push({ track: song(i) });
      assert.equal(names.asked.length, 500);
      await names.answer();
      push({ track: NAMELESS });
      assert.equal(names.asked.length, 501);
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

  it("names a state that it is given, by what is remembered and what it knows", () => {
    names.names.set(NAMELESS.uri, NAMES);
    const state = { ...read().state, uri: NAMELESS.uri, title: null };
    assert.equal(player.named(state).title, NAMES.title);
    push();
    assert.equal(player.state?.title, SONG.metadata.title);
    assert.equal(player.named({ ...read().state, title: null }).title, SONG.metadata.title);
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
    it("holds back what the next one loses for a whole second", () => {
      for (let accounts = 0; accounts < 2; accounts++) {
        player.reset();
        changes = [];
        clock.tick(10_000);
        listen();
        push();
        push({}, { ...INACTIVE, device: { phone: PHONE } });
        clock.tick(999);
        assert.deepEqual(told(), [""]);
        player.removeAllListeners("change");
      }
    });

    it("ends the lookups of the one before, and begins those of the next anew", async () => {
      listen();
      push({ track: NAMELESS });
      player.reset();
      assert.equal((names.signals[0]!.reason as SpotifyError).code, "CLOSED");
      push();
      push({ track: NAMELESS });
      assert.deepEqual(names.asked, [[NAMELESS.uri], [NAMELESS.uri]]);
      await names.answer({}, 1);
      assert.deepEqual(told(), [""]);
      await names.answer({ [NAMELESS.uri]: NAMES });
      assert.deepEqual(told(), ["", "track"]);
      assert.equal(changes[1]?.state.title, NAMES.title);
    });

    it("knows nothing, and tells the first state of the next one", () => {
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

    it("again when it is asked later", async () => {
      await player.refresh();
      await player.refresh();
      assert.equal(refreshes, 2);
    });

    it("once for all who ask after the account was left while it read", async () => {
      answer = () => new Promise(() => undefined);
      const left = player.refresh();
      player.reset();
      const reading = player.refresh();
      await assert.rejects(left, { code: "CLOSED" });
      const joined = player.refresh();
      assert.equal(refreshes, 2);
      player.reset();
      await Promise.all([reading, joined].map((state) => assert.rejects(state, { code: "CLOSED" })));
    });

    it("and fails if Spotify says nothing", async () => {
      answer = () => undefined;
      await assert.rejects(player.refresh(), { code: "UNREACHABLE" });
    });

    it("with the names, for which it waits", async () => {
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
