import assert from "node:assert/strict";
import { ACTIONS, SpotifyError, type Action } from "../../src";
import { readCommand } from "../../src/playback/read-command";
import { Randomness } from "../support/randomness";

const ID = "5TFCp6cxCaJRhbdn6IWEGh";
const TRACK = `spotify:track:${ID}`;
const LIST = `spotify:playlist:${ID}`;

/** The command for an action and a value. */
const read = (action: Action, value: unknown): unknown => {
  const { command, device } = readCommand(action, value);
  const { action: same, ...meaning } = command;
  assert.equal(same, action);
  return device === undefined ? meaning : { ...meaning, device };
};

function refused(action: Action, value: unknown): SpotifyError {
  try {
    readCommand(action, value);
  } catch (error) {
    assert.ok(error instanceof SpotifyError, String(error));
    assert.equal(error.code, "INVALID_ARGUMENT");
    return error;
  }
  return assert.fail(`${action} takes ${JSON.stringify(value)}`);
}

describe("The command that a message asks for", () => {
  describe("play", () => {
    for (const value of [undefined, null, "", "  ", 0, 1_795_649_000_000, true, false, [], {}]) {
      it(`resumes playback: ${JSON.stringify(value)}`, () => {
        assert.deepEqual(read("play", value), { what: undefined });
      });
    }

    for (const [text, uri] of [
      [TRACK, TRACK],
      [` ${TRACK} `, TRACK],
      [`spotify:episode:${ID}`, `spotify:episode:${ID}`],
      [`https://open.spotify.com/track/${ID}`, TRACK],
      [`https://open.spotify.com/track/${ID}?si=0123456789abcdef&utm=x`, TRACK],
      [`https://open.spotify.com/intl-de/track/${ID}?si=x`, TRACK],
      [`http://open.spotify.com/intl-pt-br/track/${ID}/`, TRACK],
      [`open.spotify.com/embed/track/${ID}`, TRACK],
      [`https://play.spotify.com/track/${ID}#0:30`, TRACK],
      [`Spotify:Track:${ID}`, TRACK],
      [`${TRACK}?si=0123456789abcdef`, TRACK],
      ["spotify:local:A:B:C:100", "spotify:local:A:B:C:100"],
    ] as const) {
      it(`is a track or an episode: ${text}`, () => {
        assert.deepEqual(read("play", text), { what: { uris: [uri] } });
      });
    }

    for (const [text, uri] of [
      [LIST, LIST],
      [`spotify:user:mira:playlist:${ID}`, LIST],
      [`https://open.spotify.com/user/mira/playlist/${ID}`, LIST],
      [`https://open.spotify.com/album/${ID}?si=x`, `spotify:album:${ID}`],
      [`spotify:artist:${ID}`, `spotify:artist:${ID}`],
      [`spotify:show:${ID}`, `spotify:show:${ID}`],
      ["spotify:user:mira:collection", "spotify:user:mira:collection"],
      ["spotify:station:artist:x", "spotify:station:artist:x"],
      ["spotify:search:jazz", "spotify:search:jazz"],
    ] as const) {
      it(`is a list of items: ${text}`, () => {
        assert.deepEqual(read("play", text), { what: { context: uri } });
      });
    }

    for (const text of [
      "some jazz",
      "AC/DC",
      "Sigur Rós – Hoppípolla",
      "what.is.love",
      "C:\\music",
      "1999",
    ]) {
      it(`is text to search for: ${text}`, () => {
        assert.deepEqual(read("play", text), { what: { search: text } });
      });
    }

    it("is several items, as links, URIs or objects of the Web API, from a given one", () => {
      const link = `https://open.spotify.com/track/${ID}`;
      assert.deepEqual(read("play", [link, { uri: TRACK }]), { what: { uris: [TRACK, TRACK] } });
      assert.deepEqual(read("play", { uris: [TRACK, TRACK], offset: 1 }), {
        what: { uris: [TRACK, TRACK], offset: 1 },
      });
    });

    it("is a playlist, if an array has only that", () => {
      assert.deepEqual(read("play", [LIST]), { what: { context: LIST } });
    });

    it("is an object with options, too", () => {
      const value = {
        context: LIST,
        offset: "2",
        position: "1:30",
        shuffle: true,
        repeat: "all",
        volume: "20 %",
        device: " Kitchen ",
      };
      assert.deepEqual(read("play", value), {
        what: { context: LIST, offset: 2 },
        position: 90_000,
        shuffle: true,
        repeat: "context",
        volume: 20,
        device: "Kitchen",
      });
    });

    it("is a playlist that begins with one of its tracks, also in the Web API's form", () => {
      const wanted = { what: { context: LIST, offset: TRACK } };
      assert.deepEqual(read("play", { context: LIST, uri: TRACK }), wanted);
      assert.deepEqual(read("play", { context: { uri: LIST }, offset: { uri: TRACK } }), wanted);
    });

    it("is the body of the Web API's own request to play", () => {
      const value = { context_uri: LIST, offset: { position: 3 }, position_ms: 90_000 };
      assert.deepEqual(read("play", value), { what: { context: LIST, offset: 3 }, position: 90_000 });
    });

    it("is a playback state, on its device", () => {
      const value = {
        status: "paused",
        type: "track",
        uri: TRACK,
        position: 5_000,
        context: { uri: LIST, type: "playlist" },
        volume: null,
        shuffle: true,
        repeat: "off",
        device: { id: "abc", name: "Kitchen" },
      };
      assert.deepEqual(read("play", value), {
        what: { context: LIST, offset: TRACK },
        position: 5_000,
        shuffle: true,
        repeat: "off",
        device: "abc",
      });
    });

    it("is a search of one kind", () => {
      assert.deepEqual(read("play", { search: " dinner ", type: "playlist" }), {
        what: { search: "dinner", type: "playlist" },
      });
    });

    for (const value of [
      "spotify:track:short",
      "spotify:",
      "spotify:track:",
      "https://open.spotify.com/genre/x",
      "https://open.spotify.com/track/short",
      "https://spotify.link/abc",
      [LIST, LIST],
      ["some words"],
      Array.from({ length: 101 }, () => TRACK),
      { uri: "words" },
      { search: 5 },
      { search: "x", type: "mood" },
      { uri: TRACK, position: "+10s" },
      { uri: TRACK, volume: "+5" },
      { uri: TRACK, volume: 101 },
      { uri: TRACK, shuffle: "perhaps" },
      { uri: TRACK, repeat: "toggle" },
      { uri: TRACK, offset: -1 },
      { uri: TRACK, device: {} },
      "x".repeat(201),
      Symbol("x"),
    ]) {
      it(`cannot be ${typeof value === "symbol" ? "a symbol" : JSON.stringify(value).slice(0, 60)}`, () => {
        refused("play", value);
      });
    }
  });

  for (const [value, to] of [
    [0, { at: 0 }],
    [90_500, { at: 90_500 }],
    ["90500", { at: 90_500 }],
    ["1:30", { at: 90_000 }],
    ["01:02:03", { at: 3_723_000 }],
    ["90s", { at: 90_000 }],
    ["1m30s", { at: 90_000 }],
    ["500ms", { at: 500 }],
    ["+10s", { by: 10_000 }],
    ["-10s", { by: -10_000 }],
    ["\u221210 s", { by: -10_000 }],
    ["+1:00", { by: 60_000 }],
  ] as const) {
    it(`seek: ${JSON.stringify(value)}`, () => assert.deepEqual(read("seek", value), { to }));
  }

  for (const [value, meaning] of [
    [0, { to: { at: 0 } }],
    [100, { to: { at: 100 } }],
    ["20", { to: { at: 20 } }],
    ["20 %", { to: { at: 20 } }],
    ["+5", { to: { by: 5 } }],
    ["-5%", { to: { by: -5 } }],
    [{ volume: 20 }, { to: { at: 20 } }],
    [
      { volume: 20, over: 60 },
      { to: { at: 20 }, over: 60 },
    ],
    [
      { volume: "+10", over: "1.5" },
      { to: { by: 10 }, over: 1.5 },
    ],
    [
      { volume: 20, over: 0 },
      { to: { at: 20 }, over: 0 },
    ],
    [
      { volume: 20, over: 3_600 },
      { to: { at: 20 }, over: 3_600 },
    ],
    [{ volume: 20, over: null }, { to: { at: 20 } }],
  ] as const) {
    it(`volume: ${JSON.stringify(value)}`, () => assert.deepEqual(read("volume", value), meaning));
  }

  for (const [action, value, to] of [
    ["shuffle", true, true],
    ["shuffle", "off", false],
    ["shuffle", " Toggle ", "toggle"],
    ["repeat", "off", "off"],
    ["repeat", "context", "context"],
    ["repeat", "All", "context"],
    ["repeat", "one", "track"],
    ["repeat", "toggle", "toggle"],
  ] as const) {
    it(`${action}: ${JSON.stringify(value)}`, () => assert.deepEqual(read(action, value), { to }));
  }

  it("transfer uses the device of its value, and ignores the value of an inject node", () => {
    assert.deepEqual(read("transfer", "Kitchen"), { device: "Kitchen" });
    assert.deepEqual(read("transfer", { name: "Kitchen" }), { device: "Kitchen" });
    assert.deepEqual(read("transfer", { device: { id: "abc", name: "Kitchen" } }), { device: "abc" });
    for (const value of [Date.now(), true, "", " "]) assert.deepEqual(read("transfer", value), {});
  });

  it("queue accepts one item or several", () => {
    assert.deepEqual(read("queue", TRACK), { uris: [TRACK] });
    assert.deepEqual(read("queue", [TRACK, TRACK]), { uris: [TRACK, TRACK] });
  });

  for (const action of ["pause", "toggle", "next", "previous", "devices", "snapshot"] as const) {
    it(`${action} needs no value, and ignores one`, () => {
      assert.deepEqual(read(action, undefined), {});
      assert.deepEqual(read(action, "Kitchen"), {});
    });
  }

  it("like and unlike accept anything that can be in a library, or the current item", () => {
    for (const value of [undefined, null, "", true, Date.now()]) {
      assert.deepEqual(read("like", value), { uris: undefined });
      assert.deepEqual(read("unlike", value), { uris: undefined });
    }
    assert.deepEqual(read("like", [TRACK, { uri: `spotify:album:${ID}` }]), {
      uris: [TRACK, `spotify:album:${ID}`],
    });
  });

  it("restore accepts a snapshot, also after a flow has stored it as JSON", () => {
    const snapshot = {
      device: { id: "abc", name: null },
      context: null,
      uri: TRACK,
      position: 5,
      volume: null,
      shuffle: false,
      repeat: "off",
      playing: true,
    };
    assert.deepEqual(read("restore", JSON.parse(JSON.stringify(snapshot))), { snapshot });
    for (const [name, wrong] of Object.entries({
      device: "Kitchen",
      uri: "words",
      position: -1,
      volume: 101,
      repeat: "x",
      playing: 1,
    })) {
      refused("restore", { ...snapshot, [name]: wrong });
    }
  });

  for (const [action, value] of [
    ["seek", -1],
    ["seek", "later"],
    ["seek", undefined],
    ["seek", "99:99:99:99"],
    ["volume", 101],
    ["volume", -1],
    ["volume", NaN],
    ["volume", true],
    ["volume", { volume: 20, over: -1 }],
    ["volume", { volume: 20, over: 3_601 }],
    ["volume", { volume: 20, over: " " }],
    ["volume", { volume: 20, over: true }],
    ["shuffle", 1],
    ["repeat", true],
    ["queue", undefined],
    ["queue", LIST],
    ["queue", []],
    ["like", "words"],
    ["restore", undefined],
  ] as const) {
    it(`${action} refuses ${JSON.stringify(value) ?? "nothing"}, and says what it accepts`, () => {
      assert.match(refused(action, value).message, /^[A-Z].{15,}\.$/);
    });
  }

  it("has one of the known actions", () => {
    assert.match(refused("dance" as Action, undefined).message, /play, .*restore/);
  });

  it("never quotes a value, which may be a secret in the wrong place", () => {
    const secret = "BQDsecretsecretsecret";
    for (const action of ACTIONS) {
      for (const value of [
        `spotify:track:${secret}`,
        { uri: secret },
        { context: secret },
        [secret],
        { volume: secret },
      ]) {
        try {
          readCommand(action, value);
        } catch (error) {
          assert.doesNotMatch(String(error), /secret/);
        }
      }
    }
  });

  it("is a command or an INVALID_ARGUMENT, quickly, for any value", () => {
    const random = new Randomness(13);
    const parts = [
      "spotify:",
      "track:",
      ID,
      "https://open.spotify.com/",
      "intl-de/",
      "+",
      "-",
      ":",
      "30",
      "s",
      "%",
      " ",
      "\n",
      "\u0000",
      "é",
      "/".repeat(300),
      "a".repeat(5_000),
    ];
    const text = (): string => Array.from({ length: random.below(8) }, () => random.pick(parts)).join("");
    const value = (depth: number): unknown => {
      const kind = random.below(depth > 2 ? 5 : 8);
      if (kind === 0) return text();
      if (kind === 1) return random.below(1_000_000) - 500_000;
      if (kind === 2) return random.pick([null, undefined, true, false, NaN, Infinity]);
      if (kind < 5) return text();
      if (kind === 5) return Array.from({ length: random.below(4) }, () => value(depth + 1));
      const names = [
        "uri",
        "uris",
        "context",
        "search",
        "type",
        "offset",
        "position",
        "volume",
        "over",
        "device",
        "id",
        "repeat",
        "shuffle",
      ];
      return Object.fromEntries(
        Array.from({ length: random.below(5) }, () => [random.pick(names), value(depth + 1)]),
      );
    };
    for (let i = 0; i < 10_000; i++) {
      const action = random.pick([...ACTIONS]);
      const one = value(0);
      try {
        assert.equal(readCommand(action, one).command.action, action);
      } catch (error) {
        assert.ok(error instanceof SpotifyError && error.code === "INVALID_ARGUMENT", String(error));
      }
    }
  });
});
