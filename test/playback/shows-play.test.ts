/** What a scene must show after an order to play, so that the order is confirmed. */
import assert from "node:assert/strict";
import { showsEffect } from "../../src/playback/effects";
import type { PlayOrder } from "../../src/playback/order";
import type { Scene } from "../../src/playback/scene";
import type { PlaybackContext } from "../../src/player/playback-state";
import { KITCHEN, polled, pushed, STUDY } from "./support/scenes";

const LIST = "spotify:playlist:37i9dQZF1DX0XUsuxWHRQd";
const SONG = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";
const JINGLE = "spotify:track:11dFghVXANMlKmJXsNCbNl";
const BEFORE = pushed({ uri: "spotify:track:before", context: null });

const list: PlayOrder = { kind: "play", context: LIST };
const songs: PlayOrder = { kind: "play", uris: [SONG, JINGLE] };
const from = (uri: string): PlaybackContext => ({ uri, type: "playlist", name: null, url: null });

/** Something has begun. */
const begun = (state: Partial<Scene["state"]>): Scene =>
  pushed({ uri: SONG, context: null, ...state }, { playbackId: "2" });

const CASES: readonly (readonly [string, PlayOrder, Scene, Scene, boolean])[] = [
  ["an item of the playlist", list, BEFORE, begun({ context: from(LIST) }), true],
  ["an item of another playlist", list, BEFORE, begun({ context: from("spotify:playlist:x") }), false],
  ["an item without a playlist", list, BEFORE, begun({}), false],
  ["what was named as the context", { kind: "play", context: SONG }, BEFORE, begun({}), true],
  ["one of the items", songs, BEFORE, begun({ uri: JINGLE }), true],
  ["another release of an item", songs, BEFORE, begun({ uri: "spotify:track:x", context: from(SONG) }), true],
  ["another item", songs, BEFORE, begun({ uri: "spotify:track:x" }), false],
  ["the item to begin with, in whatever context", { ...list, offset: SONG }, BEFORE, begun({}), true],
  ["another item than the one to begin with", { ...list, offset: JINGLE }, BEFORE, begun({}), false],
  ["the item on another device", songs, BEFORE, begun({ device: STUDY }), false],
  ["the item, paused", songs, BEFORE, begun({ playing: false }), false],
  ["the item, paused as ordered", { ...songs, paused: true }, BEFORE, begun({ playing: false }), true],
  [
    "no item",
    { kind: "play", context: LIST, paused: true },
    BEFORE,
    begun({ uri: null, context: from(LIST) }),
    false,
  ],
  ["the item that played already, not begun again", songs, begun({}), begun({}), false],
  ["the item that played already, begun again", songs, pushed({ uri: SONG }), begun({}), true],
];

describe("Playing", () => {
  for (const [what, order, before, after, shows] of CASES) {
    it(`${shows ? "is" : "is not"} confirmed by ${what}`, () => {
      assert.equal(showsEffect(order, KITCHEN, before, after), shows);
    });
  }
});

describe("Playing, if only the Web API shows it", () => {
  const playing = polled({ uri: SONG, context: from(LIST), position: 100_000 });

  for (const [what, before] of [
    ["another device played it before", polled({ ...playing.state, device: STUDY })],
    ["no device was active before", polled({ ...playing.state, device: null })],
    ["another item of the playlist played before", polled({ ...playing.state, uri: JINGLE })],
    ["it was paused before", polled({ ...playing.state, playing: false })],
  ] as const) {
    it(`is confirmed by an item that is not at its start, if ${what}`, () => {
      assert.equal(showsEffect(list, KITCHEN, before, playing), true);
    });
  }

  it("is not confirmed by an item that is not at its start, if it played before", () => {
    assert.equal(showsEffect(list, KITCHEN, playing, playing), false);
  });
});
