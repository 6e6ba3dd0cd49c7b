import assert from "node:assert/strict";
import { readCluster } from "../../src/connect-state/cluster";
import { DeviceType } from "../../src/proto/gen/connect_pb";
import { KITCHEN, OWN, PHONE, read, readView, SERVER_TIME, SONG } from "./support/clusters";

/** All keys of a PlaybackState, as listed in `contracts.md` and `docs/now-playing.md`. */
const KEYS = [
  ..."status playing type title artist artists album albumUri uri url image images duration position at".split(
    " ",
  ),
  ..."context device volume shuffle smartShuffle repeat queue denied account source".split(" "),
];
const EMPTY = {
  status: "idle",
  playing: false,
  type: null,
  title: null,
  artist: null,
  artists: [],
  album: null,
  albumUri: null,
  uri: null,
  url: null,
  image: null,
  images: [],
  duration: null,
  position: null,
  at: 5_000,
  context: null,
  device: null,
  volume: null,
  shuffle: false,
  smartShuffle: false,
  repeat: "off",
  queue: [],
  denied: {},
  account: "anna",
  source: "push",
};

describe("The state in a cluster", () => {
  it("has every key, even if the cluster is empty", () => {
    const { state, devices } = readView(readCluster({}, OWN));
    assert.deepEqual(state, EMPTY);
    assert.deepEqual(devices, []);
    assert.deepEqual(Object.keys(read().state).toSorted(), KEYS.toSorted());
  });

  it("is paused for a real cluster of the web player, although is_playing is true", () => {
    const real = {
      timestamp: "1783749990601",
      active_device_id: "phone",
      devices: { phone: { name: "Phone" } },
      player_state: {
        timestamp: "1783749129687",
        position_as_of_timestamp: "121347",
        duration: "238114",
        is_playing: true,
        is_paused: true,
        track: {
          uri: "spotify:track:5PbDuVKV2IFXxNNkjWbGB4",
          metadata: {
            title: "藍(あお)",
            artist_name: "Mrs. GREEN APPLE",
            album_title: "TWELVE",
            duration: "238066",
          },
        },
      },
    };
    const { state } = readView(readCluster(real, OWN), 1_783_749_990_601);
    assert.equal(state.status, "paused");
    assert.equal(state.playing, false);
    assert.equal(state.position, 121_347);
    assert.equal(state.duration, 238_114);
    assert.equal(state.title, "藍(あお)");
    assert.equal(state.artist, "Mrs. GREEN APPLE");
    assert.equal(state.album, "TWELVE");
    assert.equal(state.type, "track");
    assert.equal(state.url, "https://open.spotify.com/track/5PbDuVKV2IFXxNNkjWbGB4");
  });

  describe("status", () => {
    it("is idle while no device is active, with the last item", () => {
      const { state, speed } = read({ positionAsOfTimestamp: 7_000n }, { activeDeviceId: "" });
      assert.equal(state.status, "idle");
      assert.equal(state.title, "Round Trip");
      assert.equal(state.position, 7_000);
      assert.equal(state.device, null);
      assert.equal(state.volume, null);
      assert.equal(speed, 0);
    });

    it("is playing while a device plays, also if it does not say what", () => {
      for (const { state } of [read(), read({ track: undefined })]) {
        assert.deepEqual([state.status, state.playing], ["playing", true]);
      }
    });

    it("is paused if a device is active and plays nothing", () => {
      assert.equal(read({ isPlaying: false }).state.status, "paused");
      assert.equal(readView(readCluster({ active_device_id: "phone" }, OWN)).state.status, "paused");
    });
  });

  describe("position", () => {
    const since = BigInt(SERVER_TIME - 10_000);

    it("has moved on by Spotify's clock since the device reported it", () => {
      const { state } = read({ timestamp: since, positionAsOfTimestamp: 30_000n });
      assert.equal(state.position, 40_000);
    });

    it("moves at the speed of a podcast", () => {
      const { state, speed } = read({
        timestamp: since,
        positionAsOfTimestamp: 30_000n,
        playbackSpeed: 1.5,
      });
      assert.equal(state.position, 45_000);
      assert.equal(speed, 1.5);
    });

    it("moves at up to seven times the usual speed", () => {
      assert.equal(read({ timestamp: since, playbackSpeed: 7 }).state.position, 70_000);
    });

    it("is null if the device does not say what it plays", () => {
      assert.equal(read({ track: undefined, positionAsOfTimestamp: 5n }).state.position, null);
    });

    for (const playbackSpeed of [0, -1, NaN, Infinity, 1e9]) {
      it(`reads a speed of ${playbackSpeed} as 1 while it plays`, () => {
        assert.equal(read({ timestamp: since, playbackSpeed }).state.position, 10_000);
      });
    }

    it("does not move while it is paused, and while the device fills its buffer", () => {
      const paused = read({ timestamp: since, positionAsOfTimestamp: 5n, isPaused: true });
      assert.deepEqual([paused.state.position, paused.speed], [5, 0]);
      const buffering = read({ timestamp: since, isBuffering: true });
      assert.deepEqual(
        [buffering.state.status, buffering.state.position, buffering.speed],
        ["playing", 0, 0],
      );
    });

    it("comes from the field `position` if the other field is 0", () => {
      assert.equal(read({ position: 9_000n }).state.position, 9_000);
      assert.equal(read({ position: 9_000n, positionAsOfTimestamp: 3_000n }).state.position, 3_000);
    });

    it("is limited to the start and the end", () => {
      assert.equal(read({ positionAsOfTimestamp: 900_000n }).state.position, 200_000);
      assert.equal(read({ positionAsOfTimestamp: -5n }).state.position, 0);
    });

    it("ignores a time that is missing, in the future, or more than a day ago", () => {
      const day = 86_400_000;
      for (const timestamp of [0n, BigInt(SERVER_TIME + 60_000), 1n, BigInt(SERVER_TIME - day - 1)]) {
        assert.equal(read({ timestamp, positionAsOfTimestamp: 4_000n }).state.position, 4_000);
      }
      assert.equal(read({ timestamp: BigInt(SERVER_TIME - day) }).state.position, 200_000);
    });
  });

  describe("item", () => {
    const itemOf = (uri: string, metadata: Record<string, string> = {}) =>
      read({ duration: 0n, track: { uri, metadata } }).state;

    it("has the duration of its metadata while the player loads it and still reports that of the previous item", () => {
      const loading = { duration: 63_000n, isBuffering: true };
      assert.equal(read(loading).state.duration, 200_000);
      assert.equal(read({ ...loading, track: { uri: SONG.uri } }).state.duration, null);
      assert.equal(read({ ...loading, isPaused: true }).state.duration, 63_000);
    });

    it("has the duration of its metadata until the player reports one", () => {
      assert.equal(read({ duration: 0n }).state.duration, 200_000);
    });

    for (const [said, duration] of [
      ["1", 1],
      ["86400000", 86_400_000],
      ["86400001", null],
      ["0", null],
      ["", null],
      ["soon", null],
      ["1.5", null],
      ["-5", null],
    ] as const) {
      it(`has a duration of ${duration} ms if its metadata says ${JSON.stringify(said)}`, () => {
        assert.equal(itemOf("spotify:track:1", { duration: said }).duration, duration);
      });
    }

    for (const [uri, type] of [
      ["spotify:track:5PbDuVKV2IFXxNNkjWbGB4", "track"],
      ["spotify:episode:5PbDuVKV2IFXxNNkjWbGB4", "episode"],
      ["spotify:ad:000000012a9f4b4f0000000000000000", "ad"],
      ["spotify:local:a:b:c:1", "local"],
      ["spotify:media:3fc5", "other"],
      ["hm://something", "other"],
      ["hm://spotify:track:1", "other"],
    ] as const) {
      it(`with the URI ${uri} is of the type ${type}`, () => assert.equal(itemOf(uri).type, type));
    }

    it("has all its artists, each with its URI", () => {
      const { artist, artists } = itemOf("spotify:track:1", {
        artist_name: "Ada",
        artist_uri: "spotify:artist:1",
        "artist_name:1": "Bert",
        "artist_uri:1": "spotify:artist:2",
        "artist_name:2": "Cleo",
      });
      assert.equal(artist, "Ada, Bert, Cleo");
      assert.deepEqual(artists, [
        { name: "Ada", uri: "spotify:artist:1" },
        { name: "Bert", uri: "spotify:artist:2" },
        { name: "Cleo", uri: null },
      ]);
    });

    it("has the artist's URI of the item if the metadata has none, for the first artist only", () => {
      const metadata = { artist_name: "Ada", "artist_name:1": "Bert" };
      const { artists } = read({
        track: { uri: "spotify:track:1", artistUri: "spotify:artist:1", metadata },
      }).state;
      assert.deepEqual(artists, [
        { name: "Ada", uri: "spotify:artist:1" },
        { name: "Bert", uri: null },
      ]);
    });

    it("has at most twenty artists", () => {
      const many = Array.from({ length: 30 }, (_, i) => [`artist_name${i === 0 ? "" : `:${i}`}`, `A${i}`]);
      const { artists } = itemOf("spotify:track:1", Object.fromEntries(many) as Record<string, string>);
      assert.deepEqual([artists.length, artists.at(-1)?.name], [20, "A19"]);
    });

    it("has no artist if an iPhone names only the artist's URI", () => {
      const { title, artist, artists } = itemOf("spotify:track:1", {
        title: "One",
        artist_uri: "spotify:artist:1",
      });
      assert.deepEqual([title, artist, artists], ["One", null, []]);
    });

    it("has the show of an episode as its album", () => {
      const state = itemOf("spotify:episode:1", {
        title: "Sunday Pick",
        album_title: "TED Talks Daily",
        album_uri: "spotify:show:2",
      });
      assert.deepEqual(
        [state.title, state.album, state.albumUri, state.url],
        ["Sunday Pick", "TED Talks Daily", "spotify:show:2", "https://open.spotify.com/episode/1"],
      );
    });

    it("has the names from the URI of a local file", () => {
      const state = itemOf("spotify:local:J%C3%BCrgen+M.:Auf+%26+ab:Gr%C3%BC%C3%9Fe+100%25:247");
      assert.equal(state.artist, "Jürgen M.");
      assert.equal(state.album, "Auf & ab");
      assert.equal(state.title, "Grüße 100%");
      assert.equal(state.duration, 247_000);
      assert.equal(state.url, null);
      assert.equal(itemOf("spotify:local::::").title, null);
      assert.equal(itemOf("spotify:local:a:b:50%:9").title, "50%");
      assert.equal(itemOf("spotify:local:a:b:c:1.5").duration, null);
    });

    it("has the artist that the device names of a local file, rather than that of its URI", () => {
      assert.equal(itemOf("spotify:local:Bert:b:c:9", { artist_name: "Ada" }).artist, "Ada");
    });

    it("has its picture in all sizes, largest first", () => {
      const { image, images } = read().state;
      assert.equal(image, "https://i.scdn.co/image/ab67616d0000b2730000000000000000000000aa");
      assert.deepEqual(
        images.map(({ size }) => size),
        [640, 300, 64],
      );
    });

    it("has the picture in each form in which it may be sent, and none from another host", () => {
      const hex = "ab67616d0000b2730000000000000000000000aa";
      for (const sent of [hex, `spotify:image:${hex}`, `https://i.scdn.co/image/${hex}`]) {
        const { image } = itemOf("spotify:track:1", { image_small_url: sent });
        assert.equal(image, `https://i.scdn.co/image/${hex}`, sent);
      }
      for (const sent of ["", "spotify:image:aa", "https://example.com/a.png", "javascript:alert(1)"]) {
        assert.deepEqual(itemOf("spotify:track:1", { image_url: sent }).images, [], sent);
      }
    });

    it("has clean texts of limited length", () => {
      const { title } = itemOf("spotify:track:1", { title: `Two\nlines\u202e${"x".repeat(10_000)}` });
      assert.match(title!, /^Two lines x+$/);
      assert.ok(title!.length <= 500);
      const longest = `spotify:track:${"1".repeat(1_010)}`;
      assert.equal(itemOf(longest).uri, longest);
      assert.equal(itemOf(`${longest}1`).uri, null);
      assert.equal(itemOf("spotify:track:1\u0000").uri, null);
    });
  });

  describe("context", () => {
    const contextOf = (contextUri: string, contextMetadata: Record<string, string> = {}) =>
      read({ contextUri, contextMetadata }).state.context;

    it("is Liked Songs in a real capture", () => {
      const context = contextOf("spotify:user:someuser:collection", {
        context_description: "Liked Songs",
        context_owner: "someuser",
        format_list_type: "liked-songs",
        image_url: "",
        liked_songs_collection_uri: "spotify:user:someuser:collection",
        owner_username: "someuser",
        playlist_number_of_tracks: "3",
        switch_liked_songs_url_dynamically: "false",
      });
      assert.deepEqual(context, {
        uri: "spotify:user:someuser:collection",
        type: "collection",
        name: "Liked Songs",
        url: "https://open.spotify.com/collection/tracks",
      });
    });

    it("is an album in a real capture", () => {
      const context = contextOf("spotify:album:0lrmy4pJINsFzycJvttX2W", {
        albumType: "ALBUM",
        albumUri: "spotify:album:0lrmy4pJINsFzycJvttX2W",
        context_description: "G I R L",
        context_owner: "spotify",
        format_list_type: "album",
        image_url: "ab67616d00001e02e89d2c2a3db129062b3b4e4f",
        playlist_number_of_tracks: "11",
        releaseDate: "2014-03-03T00:00:00Z",
      });
      assert.deepEqual(context, {
        uri: "spotify:album:0lrmy4pJINsFzycJvttX2W",
        type: "album",
        name: "G I R L",
        url: "https://open.spotify.com/album/0lrmy4pJINsFzycJvttX2W",
      });
    });

    for (const [uri, type, url] of [
      ["spotify:playlist:37i9dQZF1EYkqdzj48dyYq", "playlist", "/playlist/37i9dQZF1EYkqdzj48dyYq"],
      ["spotify:user:anna:playlist:37i9dQZF1E", "playlist", "/playlist/37i9dQZF1E"],
      ["spotify:artist:1", "artist", "/artist/1"],
      ["spotify:show:1", "show", "/show/1"],
      ["spotify:collection:tracks", "collection", "/collection/tracks"],
      ["spotify:station:track:1", "station", null],
      ["spotify:search:some+words", "search", null],
      ["spotify:internal:queue", "queue", null],
      ["spotify:list:x", "list", null],
      ["context://x", "other", null],
      ["media:playlist:1", "other", null],
      ["spotify:user:anna", "other", null],
      ["spotify:list<", "other", null],
      ["spotify:<list", "other", null],
      [`spotify:${"x".repeat(32)}`, "x".repeat(32), null],
      [`spotify:${"x".repeat(33)}`, "other", null],
    ] as const) {
      it(`${uri} is of the type ${type}`, () => {
        const context = contextOf(uri);
        assert.equal(context?.type, type);
        assert.equal(context?.url, url && `https://open.spotify.com${url}`);
        assert.equal(context?.name, null);
      });
    }

    it("is there also if the device does not say what it plays", () => {
      const { context } = read({ track: undefined, contextUri: "spotify:playlist:1" }).state;
      assert.equal(context?.type, "playlist");
    });

    it("is null if there is none, or if it is the song itself", () => {
      assert.equal(contextOf(""), null);
      assert.equal(contextOf(SONG.uri), null);
      assert.equal(contextOf("spotify:web-api"), null);
    });
  });

  describe("device", () => {
    it("is the active one, with its volume in percent", () => {
      const { device, volume } = read().state;
      assert.deepEqual(device, {
        id: "phone",
        name: "Anna's phone",
        type: "smartphone",
        volume: 50,
        canSetVolume: true,
        isPrivate: false,
      });
      assert.equal(volume, 50);
    });

    it("has no volume if it does not let the volume be set, like an iPhone", () => {
      const { device, volume } = read(
        {},
        {
          device: { phone: { ...PHONE, capabilities: { disableVolume: true }, isPrivateSession: true } },
        },
      ).state;
      assert.equal(volume, null);
      assert.equal(device?.canSetVolume, false);
      assert.equal(device?.isPrivate, true);
    });

    it("has the name that was chosen for it", () => {
      const deviceAliases = { 7: { id: 7, displayName: "Downstairs", isGroup: true } };
      const named = (selectedAliasId: number) =>
        read({}, { device: { phone: { ...PHONE, selectedAliasId, deviceAliases } } }).state.device?.name;
      assert.equal(named(7), "Downstairs");
      assert.equal(named(0), "Anna's phone");
    });

    it("has only an ID if it is not in the cluster's list", () => {
      const { device } = read({}, { activeDeviceId: "lost" }).state;
      assert.deepEqual(device, {
        id: "lost",
        name: null,
        type: null,
        volume: null,
        canSetVolume: false,
        isPrivate: false,
      });
    });

    it("has an ID of at most 128 characters", () => {
      const long = "x".repeat(200);
      for (const device of [{}, { [long]: PHONE }]) {
        assert.equal(read({}, { activeDeviceId: long, device }).state.device?.id, "x".repeat(128));
      }
    });

    it("is of no type if its type is not known yet", () => {
      const device = { phone: { ...PHONE, deviceType: 77 as DeviceType } };
      assert.equal(read({}, { device }).state.device?.type, null);
    });
  });

  it("lists only devices that can be chosen: not hidden ones, not observers, not this one", () => {
    const { devices } = read(
      {},
      {
        device: {
          phone: PHONE,
          kitchen: KITCHEN,
          us: { name: "Node-RED", deviceType: DeviceType.SPEAKER },
          hobs_us: { capabilities: { hidden: true } },
          web: { name: "Web", capabilities: { hidden: true } },
          watcher: { name: "Watcher", deviceType: DeviceType.OBSERVER },
        },
      },
    );
    assert.deepEqual(
      devices.map(({ id }) => id),
      ["phone", "kitchen"],
    );
  });

  it("lists only devices that have an ID, of at most 128 characters", () => {
    const longest = "x".repeat(128);
    const { devices } = read({}, { device: { "": KITCHEN, [longest]: KITCHEN, [`${longest}x`]: KITCHEN } });
    assert.deepEqual(
      devices.map(({ id }) => id),
      [longest],
    );
  });

  it("lists at most a hundred devices", () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`d${i}`, KITCHEN]));
    assert.equal(read({}, { device: many }).devices.length, 100);
  });

  it("has shuffle, smart shuffle and repeat; `track` takes precedence over `context`", () => {
    const { shuffle, smartShuffle, repeat } = read({
      options: {
        shufflingContext: true,
        repeatingContext: true,
        repeatingTrack: true,
        modes: { context_enhancement: "RECOMMENDATION" },
      },
    }).state;
    assert.deepEqual([shuffle, smartShuffle, repeat], [true, true, "track"]);
    assert.equal(read({ options: { repeatingContext: true } }).state.repeat, "context");
    assert.equal(read({ options: { modes: { context_enhancement: "NONE" } } }).state.smartShuffle, false);
  });

  it("lists the next items, and says which of them a person queued", () => {
    const { queue } = read({
      nextTracks: [
        { uri: "spotify:track:1", provider: "queue", metadata: { title: "One", artist_name: "Ada" } },
        { uri: "spotify:track:2", provider: "context", metadata: { is_queued: "true" } },
        { uri: "spotify:delimiter", provider: "context", metadata: { hidden: "true" } },
        { uri: "spotify:delimiter" },
        { uri: "spotify:meta:page:2" },
        { uri: "spotify:track:3", metadata: { hidden: "true" } },
        { uri: "" },
        { uri: "spotify:track:4", provider: "autoplay" },
      ],
    }).state;
    assert.deepEqual(queue, [
      { uri: "spotify:track:1", title: "One", artist: "Ada", queued: true },
      { uri: "spotify:track:2", title: null, artist: null, queued: true },
      { uri: "spotify:track:4", title: null, artist: null, queued: false },
    ]);
    const nextTracks = Array.from({ length: 80 }, (_, i) => ({ uri: `spotify:track:${i}` }));
    assert.equal(read({ nextTracks }).state.queue?.length, 20);
  });

  describe("denied", () => {
    it("has each action that is not possible now, with the reasons", () => {
      const { denied } = read({
        restrictions: {
          disallowPausingReasons: ["not_playing"],
          disallowResumingReasons: ["not_paused"],
          disallowPlayingReasons: ["a"],
          disallowSeekingReasons: ["b"],
          disallowSkippingNextReasons: ["c"],
          disallowSkippingPrevReasons: ["no_prev_track"],
          disallowTogglingShuffleReasons: ["d"],
          disallowTransferringPlaybackReasons: ["e"],
          disallowAddToQueueReasons: ["f"],
        },
        contextRestrictions: {
          disallowSkippingPrevReasons: ["no_prev_track", "endless_context"],
          disallowSetQueueReasons: ["g"],
        },
      }).state;
      assert.deepEqual(denied, {
        pause: ["not_playing"],
        resume: ["not_paused"],
        play: ["a"],
        seek: ["b"],
        next: ["c"],
        previous: ["no_prev_track", "endless_context"],
        shuffle: ["d"],
        transfer: ["e"],
        queue: ["f", "g"],
      });
    });

    it("has `repeat` only if no kind of repeat is left", () => {
      const disallowTogglingRepeatContextReasons = ["x"];
      const disallowTogglingRepeatTrackReasons = ["y"];
      for (const one of [{ disallowTogglingRepeatContextReasons }, { disallowTogglingRepeatTrackReasons }]) {
        assert.deepEqual(read({ restrictions: one }).state.denied, {});
        assert.deepEqual(read({ contextRestrictions: one }).state.denied, {});
      }
      const both = read({
        restrictions: { disallowTogglingRepeatContextReasons },
        contextRestrictions: { disallowTogglingRepeatTrackReasons },
      }).state;
      assert.deepEqual(both.denied, { repeat: ["x", "y"] });
    });

    it("has at most ten reasons, each cut to a line", () => {
      const disallowSeekingReasons = Array.from({ length: 50 }, (_, i) => `${i}`.padEnd(500, "x"));
      const { denied } = read({ restrictions: { disallowSeekingReasons } }).state;
      assert.equal(denied?.seek?.length, 10);
      assert.ok(denied?.seek?.every((reason) => reason.length <= 64));
    });
  });
});

describe("The URI of a local file", () => {
  it("is read up to 16,384 characters", () => {
    const head = "spotify:local:Ada:Latency:One";
    const titleOf = (length: number) => read({ track: { uri: head.padEnd(length, "+") } }).state.title;
    assert.deepEqual([titleOf(16_384), titleOf(16_385)], ["One", null]);
  });

  it("is not decoded if it is a megabyte long, which would take long", () => {
    const { state } = read({ track: { uri: `spotify:local:Ada:Latency:${"a%20".repeat(1 << 18)}:12` } });
    assert.deepEqual([state.type, state.title, state.uri], ["local", null, null]);
  });
});
