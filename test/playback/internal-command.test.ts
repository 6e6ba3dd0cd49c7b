import assert from "node:assert/strict";
import { optionsOf, playerCommand } from "../../src/playback/internal-command";
import { playCommand } from "../../src/playback/play-command";
import { pushed } from "./support/scenes";

const SONG = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";
const JINGLE = "spotify:track:11dFghVXANMlKmJXsNCbNl";
const LIST = "spotify:playlist:37i9dQZF1DX0XUsuxWHRQd";
const { state } = pushed({ shuffle: true, repeat: "context" });

describe("The command that a device gets", () => {
  for (const [order, command] of [
    [{ kind: "next" }, { endpoint: "skip_next" }],
    [{ kind: "previous" }, { endpoint: "skip_prev", options: { allow_seeking: true } }],
    [{ kind: "resume" }, { endpoint: "resume" }],
    [{ kind: "pause" }, { endpoint: "pause" }],
    [
      { kind: "seek", position: 1_000.6 },
      { endpoint: "seek_to", value: 1_001, position: 1_001 },
    ],
    [
      { kind: "queue", uri: SONG },
      {
        endpoint: "add_to_queue",
        track: { uri: SONG, uid: "", metadata: { is_queued: "true" }, provider: "queue" },
      },
    ],
  ] as const) {
    it(`is ${command.endpoint} for ${order.kind}`, () => assert.deepEqual(playerCommand(order), command));
  }

  for (const [what, options, fields] of [
    ["shuffle", { shuffle: false }, { shuffling_context: false }],
    ["repeat of a track", { repeat: "track" }, { repeating_track: true, repeating_context: false }],
    [
      "shuffle and repeat",
      { shuffle: true, repeat: "context" },
      { shuffling_context: true, repeating_track: false, repeating_context: true },
    ],
  ] as const) {
    it(`has only the switches that are set: ${what}`, () => {
      assert.deepEqual(optionsOf({ kind: "options", ...options }), fields);
    });
  }
});

describe("The command to play", () => {
  it("names a playlist, and keeps shuffle and repeat as they are", () => {
    assert.deepEqual(playCommand({ kind: "play", context: LIST }, state), {
      context: { entity_uri: LIST, uri: LIST, url: `context://${LIST}`, metadata: {} },
      play_origin: { feature_identifier: "playlist", feature_version: "1" },
      options: {
        license: "premium",
        skip_to: {},
        initially_paused: false,
        player_options_override: {
          shuffling_context: true,
          repeating_track: false,
          repeating_context: true,
          modes: { context_enhancement: "NONE" },
        },
      },
      play_options: { reason: "interactive", operation: "replace", trigger: "immediately" },
    });
  });

  it("names a single item like a playlist", () => {
    const { context, play_origin: origin } = playCommand({ kind: "play", uris: [SONG] }, state);
    assert.deepEqual(context, { entity_uri: SONG, uri: SONG, url: `context://${SONG}`, metadata: {} });
    assert.deepEqual(origin, { feature_identifier: "track", feature_version: "1" });
  });

  it("lists several items", () => {
    const { context, play_origin: origin } = playCommand({ kind: "play", uris: [SONG, JINGLE] }, state);
    assert.deepEqual(context, { metadata: {}, pages: [{ tracks: [{ uri: SONG }, { uri: JINGLE }] }] });
    assert.deepEqual(origin, { feature_identifier: "harmony", feature_version: "1" });
  });

  for (const [uri, feature] of [
    ["spotify:album:x", "album"],
    ["spotify:artist:x", "artist"],
    ["spotify:show:x", "show"],
    ["spotify:search:x", "harmony"],
    ["spotify:collection", "harmony"],
  ] as const) {
    it(`comes from the part of Spotify's app for it: ${uri}`, () => {
      const { play_origin: origin } = playCommand({ kind: "play", context: uri }, state);
      assert.deepEqual(origin, { feature_identifier: feature, feature_version: "1" });
    });
  }

  it("has everything that was asked for", () => {
    const order = { kind: "play", context: LIST, position: 1_000.6, shuffle: false, paused: true } as const;
    const { options } = playCommand({ ...order, repeat: "track", offset: SONG }, state);
    assert.deepEqual(options, {
      license: "premium",
      skip_to: { track_uri: SONG },
      initially_paused: true,
      player_options_override: {
        shuffling_context: false,
        repeating_track: true,
        repeating_context: false,
        modes: { context_enhancement: "NONE" },
      },
      seek_to: 1_001,
    });
  });

  it("begins with the item of a number, also the first one", () => {
    const { options } = playCommand({ kind: "play", context: LIST, offset: 0 }, state);
    assert.deepEqual((options as { skip_to: object }).skip_to, { track_index: 0 });
  });
});
