import assert from "node:assert/strict";
import type { PlaybackState } from "../../src/player/playback-state";
import { readPlayer } from "../../src/player/web-api-reading";
import { Randomness } from "../support/randomness";
import { thrownBy } from "../support/failure";
import { COVER, EPISODE, KITCHEN, LOCAL, PLAYING, PLAYLIST, TRACK } from "./web-api-documents";

const read = (document: unknown, before?: PlaybackState): PlaybackState =>
  readPlayer(document, before, "ada").state;
const playing = (change: object): PlaybackState => read({ ...PLAYING, ...change });
const onDevice = (change: object): PlaybackState => playing({ device: { ...KITCHEN, ...change } });

/** The part of `state` whose keys are in `expected`. */
function assertSays(state: PlaybackState, expected: Partial<PlaybackState>): void {
  const keys = Object.keys(expected) as (keyof PlaybackState)[];
  assert.deepEqual(Object.fromEntries(keys.map((key) => [key, state[key]])), expected);
}

describe("The reading of the Web API's player", () => {
  it("is a state with every key", () => {
    const since = Date.now();
    const { state, devices, speed, receivedAt } = readPlayer(PLAYING, undefined, "ada");
    const { at, ...rest } = state;
    assert.ok(
      at >= since && at <= Date.now(),
      "the position holds when the answer comes, not at its timestamp",
    );
    assert.ok(Math.abs(receivedAt - performance.now()) < 1_000);
    assert.deepEqual(rest, {
      status: "playing",
      playing: true,
      type: "track",
      title: "Three-Way Handshake",
      artist: "Ada Bytewell, Keep & Alive",
      artists: [
        { name: "Ada Bytewell", uri: "spotify:artist:4Z8W4fKeB5YxbusRsdQVPb" },
        { name: "Keep & Alive", uri: "spotify:artist:0OdUWJ0sBjDrqHygGUXeCF" },
      ],
      album: "Round Trips",
      albumUri: "spotify:album:6akEvsycLGftJxYudPjmqK",
      uri: "spotify:track:11dFghVXANMlKmJXsNCbNl",
      url: "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl",
      image: COVER[0],
      images: [640, 300, 64].map((size, i) => ({ url: COVER[i], size })),
      duration: 211_500,
      position: 61_000,
      context: {
        uri: PLAYLIST.uri,
        type: "playlist",
        name: null,
        url: "https://open.spotify.com/playlist/37i9dQZF1DX0XUsuxWHRQd",
      },
      device: {
        id: KITCHEN.id,
        name: "Kitchen",
        type: "speaker",
        volume: 40,
        canSetVolume: true,
        isPrivate: false,
      },
      volume: 40,
      shuffle: true,
      smartShuffle: false,
      repeat: "context",
      queue: null,
      denied: null,
      account: "ada",
      source: "web-api",
    });
    assert.deepEqual([devices, speed], [[], 1]);
  });

  const NO_ITEM = {
    title: null,
    artist: null,
    artists: [],
    uri: null,
    url: null,
    image: null,
    duration: null,
  };
  const TABLE: Record<string, [document: object, expected: Partial<PlaybackState>]> = {
    "a paused track": [{ is_playing: false }, { status: "paused", playing: false, position: 61_000 }],
    "a podcast": [
      { item: EPISODE, currently_playing_type: "episode", context: null },
      {
        type: "episode",
        title: "The Lost Segment",
        artist: null,
        artists: [],
        album: "Datagram Stories",
        albumUri: "spotify:show:38bS44xjbVVZ3No3ByF1dJ",
        url: "https://open.spotify.com/episode/512ojhOuo1ktJprKbVcKyQ",
        image: EPISODE.images[0]?.url ?? null,
        duration: 1_686_230,
        context: null,
      },
    ],
    "a local file": [
      { item: LOCAL },
      {
        type: "local",
        title: "Größe",
        artist: "Jürgen",
        artists: [{ name: "Jürgen", uri: null }],
        album: "Übungen",
        albumUri: null,
        uri: LOCAL.uri,
        url: null,
        image: null,
        images: [],
        duration: 125_000,
      },
    ],
    "a local file without a URI": [{ item: { ...LOCAL, uri: null } }, { type: "local", uri: null }],
    "an episode without a picture": [
      { item: { ...EPISODE, images: [] } },
      { image: EPISODE.show.images[0]?.url ?? null },
    ],
    "an advert": [
      { item: null, currently_playing_type: "ad", context: null },
      { status: "playing", type: "ad", ...NO_ITEM },
    ],
    "what Spotify cannot name, such as the DJ": [
      { item: null, currently_playing_type: "unknown" },
      { status: "playing", type: "other", ...NO_ITEM },
    ],
    "an item that is missing": [{ item: null }, { status: "playing", type: null, ...NO_ITEM }],
    "a progress of null": [{ progress_ms: null }, { position: null }],
    "a progress beyond the end": [{ progress_ms: 9_999_999 }, { position: 211_500 }],
    "a progress before the start": [{ progress_ms: -3 }, { position: 0 }],
    "a single track": [{ context: null }, { context: null }],
    "a list of tracks on librespot": [
      { context: { type: "web-api", uri: "spotify:web-api" } },
      { context: null },
    ],
    "a track as its own context": [{ context: { type: "track", uri: TRACK.uri } }, { context: null }],
    "the songs that a person likes": [
      { context: { type: "collection", uri: "spotify:user:ada:collection" } },
      {
        context: {
          uri: "spotify:user:ada:collection",
          type: "collection",
          name: null,
          url: "https://open.spotify.com/collection/tracks",
        },
      },
    ],
    "no shuffle": [{ shuffle_state: false }, { shuffle: false, smartShuffle: false }],
    "artists without a name": [
      { item: { ...TRACK, artists: [{}, null, "Bert", { name: "Ada" }] } },
      { artist: "Ada", artists: [{ name: "Ada", uri: null }] },
    ],
    "a URI that is a list": [
      { item: { ...TRACK, uri: [TRACK.uri] }, context: { uri: [PLAYLIST.uri] } },
      { uri: null, context: null },
    ],
    "smart shuffle": [{ smart_shuffle: true }, { shuffle: true, smartShuffle: true }],
    "a repeated track": [{ repeat_state: "track" }, { repeat: "track" }],
    "a way to repeat that is not known": [{ repeat_state: "album" }, { repeat: "off" }],
    "no device": [{ device: null }, { status: "playing", device: null, volume: null }],
    "no device, and nothing that plays": [
      { device: null, is_playing: false },
      { status: "idle", device: null, title: TRACK.name },
    ],
  };
  for (const [what, [document, expected]] of Object.entries(TABLE)) {
    it(`covers ${what}`, () => assertSays(playing(document), expected));
  }

  it("has a speed while the position is known to move", () => {
    const speedOf = (change: object): number => readPlayer({ ...PLAYING, ...change }, undefined, null).speed;
    assert.deepEqual([{}, { is_playing: false }, { progress_ms: null }].map(speedOf), [1, 0, 0]);
  });

  it("has a device that accepts no commands, without an ID", () => {
    const { device } = onDevice({ id: null, is_restricted: true });
    assert.deepEqual(
      [device?.id, device?.name, device?.volume, device?.canSetVolume],
      ["", "Kitchen", 40, false],
    );
  });

  it("has no volume for a device without one", () => {
    for (const change of [{ supports_volume: false }, { volume_percent: null }]) {
      const state = onDevice(change);
      assert.deepEqual([state.volume, state.device?.volume, state.device?.canSetVolume], [null, null, false]);
    }
  });

  for (const [what, expected, change] of [
    ["is above 100 %", 100, { volume_percent: 900 }],
    ["is below 0 %", 0, { volume_percent: -3 }],
    ["has a fraction", 41, { volume_percent: 40.6 }],
    ["is infinite", null, { volume_percent: Infinity }],
    ["is a text", null, { volume_percent: "40" }],
  ] as const) {
    it(`tells a volume of ${expected} if Spotify's ${what}`, () => {
      assert.equal(onDevice(change).device?.volume, expected);
    });
  }

  for (const odd of [null, [], [KITCHEN], "Kitchen", 7, true]) {
    it(`tells neither a device nor an item if each is ${JSON.stringify(odd).slice(0, 20)}`, () => {
      assertSays(playing({ device: odd, item: odd }), { device: null, type: null, title: null });
    });
  }

  it("tells what plays, but not the device, if the device is not active", () => {
    assertSays(onDevice({ is_active: false }), { status: "playing", device: null });
  });

  it("says whether a session is private, if Spotify says so", () => {
    assert.equal(onDevice({ is_private_session: true }).device?.isPrivate, true);
  });

  for (const [theirs, ours] of [
    ["CastAudio", "cast_audio"],
    ["TV", "tv"],
    ["AVR", "avr"],
    ["GameConsole", "game_console"],
    ["Speaker<", null],
    ["<Speaker", null],
    ["X".repeat(32), "x".repeat(32)],
    ["X".repeat(33), null],
    [7, null],
  ] as const) {
    it(`names a device of the type ${theirs} ${ours}`, () => {
      assert.equal(onDevice({ type: theirs }).device?.type, ours);
    });
  }

  describe("if the answer is empty (204)", () => {
    it("is idle, without a last item", () => {
      assertSays(read(undefined), {
        status: "idle",
        playing: false,
        type: null,
        ...NO_ITEM,
        position: null,
        device: null,
        context: null,
        shuffle: false,
        smartShuffle: false,
        repeat: "off",
        account: "ada",
        source: "web-api",
      });
      assert.deepEqual(Object.keys(read(undefined)).toSorted(), Object.keys(read(PLAYING)).toSorted());
    });

    it("is idle, with the last item", () => {
      const before = read(PLAYING);
      const { at, status, playing: isPlaying, device, volume, ...rest } = read(undefined, before);
      assert.deepEqual([status, isPlaying, device, volume], ["idle", false, null, null]);
      assert.ok(at >= before.at);
      for (const [key, value] of Object.entries(rest))
        assert.deepEqual(value, before[key as keyof PlaybackState]);
      assertSays(read(undefined, read(undefined, before)), { status: "idle", title: TRACK.name });
    });

    it("is idle, without the item of another account", () => {
      assertSays(readPlayer(undefined, read(PLAYING), "bob").state, {
        status: "idle",
        title: null,
        account: "bob",
      });
    });
  });

  for (const odd of [
    null,
    [],
    7,
    "oPClBVDzidwlAlSqmFF-zKNO62E",
    true,
    {},
    { is_playing: "yes" },
    [PLAYING],
  ]) {
    it(`is a PROTOCOL_ERROR for ${JSON.stringify(odd).slice(0, 40)}`, () => {
      thrownBy(() => read(odd), "PROTOCOL_ERROR");
    });
  }

  it("is cleaned and limited in size", () => {
    const long = "ä".repeat(100_000);
    const state = playing({
      item: {
        ...TRACK,
        name: `Line\n\u202Ebreak ${long}`,
        artists: Array.from({ length: 10_000 }, () => ({ name: long, uri: `spotify:artist:${long}` })),
        uri: `spotify:track:${long}`,
        duration_ms: 1e300,
        album: {
          name: long,
          uri: "spotify:album:a b",
          images: Array.from({ length: 10_000 }, (_, i) => ({ url: `https://i.scdn.co/image/${i}` })),
        },
      },
      device: { ...KITCHEN, id: long, name: long, volume_percent: 900 },
      context: { uri: `spotify:playlist:${long}` },
    });
    assert.match(state.title ?? "", /^Line break ä+$/);
    assertSays(state, { uri: null, albumUri: null, context: null, duration: null, volume: 100 });
    assert.ok(JSON.stringify(state).length < 50_000, `${JSON.stringify(state).length} characters`);
  });

  it("has pictures only from Spotify's picture servers", () => {
    const urls = [
      "http://i.scdn.co/image/1",
      "https://example.com/1",
      "javascript:alert(1)",
      "https://i.scdn.co@evil.com/",
      7,
    ];
    const { images, image } = playing({
      item: { ...TRACK, album: { images: urls.map((url) => ({ url })) } },
    });
    assert.deepEqual([images, image], [[], null]);
  });

  it("is a state with every key or a PROTOCOL_ERROR, for any values of the fields", () => {
    const random = new Randomness();
    const keys = Object.keys(read(PLAYING)).toSorted().join();
    const ODD = [
      null,
      0,
      -1,
      1e308,
      "",
      "x",
      "constructor",
      "__proto__",
      true,
      [],
      [[]],
      {},
      [null],
      { uri: {} },
    ];
    const mutated = (value: unknown): unknown => {
      if (random.chance(0.03)) return random.pick(ODD);
      if (typeof value !== "object" || value === null) return value;
      if (Array.isArray(value)) return value.map(mutated);
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mutated(inner)]));
    };
    let states = 0;
    for (let i = 0; i < 20_000; i++) {
      const item = random.pick([TRACK, EPISODE, LOCAL, null]);
      const document = mutated({ ...PLAYING, item });
      if (typeof Object(document).is_playing !== "boolean") {
        thrownBy(() => read(document), "PROTOCOL_ERROR");
        continue;
      }
      const state = read(document);
      states++;
      assert.equal(Object.keys(state).toSorted().join(), keys, random.hint);
      for (const value of [state.position, state.duration, state.volume]) {
        assert.ok(value === null || (Number.isFinite(value) && value >= 0), random.hint);
      }
      for (const value of [state.title, state.uri, state.artist, state.album, state.type]) {
        assert.ok(value === null || (typeof value === "string" && value !== ""), random.hint);
      }
    }
    assert.ok(states > 10_000);
  });
});
