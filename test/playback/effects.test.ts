import assert from "node:assert/strict";
import { showsEffect } from "../../src/playback/effects";
import type { PlayOrder } from "../../src/playback/order";
import type { Scene, Target } from "../../src/playback/scene";
import { readPlayer } from "../../src/player/web-api-reading";
import { EPISODE, KITCHEN, PLAYING, TRACK } from "../player/web-api-documents";

const TARGET: Target = {
  id: KITCHEN.id,
  name: "Kitchen",
  type: "speaker",
  volume: 40,
  canSetVolume: true,
  isPrivate: false,
  aliases: [],
  isRestricted: false,
};
const AGAIN: PlayOrder = { kind: "play", uris: [TRACK.uri] };

/** The form in which the Web API shows it. */
function scene(change: object): Scene {
  const { state } = readPlayer({ ...PLAYING, item: TRACK, device: KITCHEN, ...change }, undefined, null);
  return { state, targets: [TARGET], playbackId: undefined, serverTime: undefined, ackId: undefined };
}

describe("The Web API shows that playback was started", () => {
  const before = scene({ progress_ms: 100_000 });

  it("if the item plays, and another item played before", () => {
    const other = scene({ item: { ...TRACK, uri: "spotify:track:0wKuMHryNyL3Fvj9iTFyRo" } });
    assert.equal(showsEffect(AGAIN, TARGET, other, before), true);
  });

  it("if the item played already, and is at its start", () => {
    assert.equal(showsEffect(AGAIN, TARGET, before, scene({ progress_ms: 800 })), true);
  });

  it("if the item played already, and is at the requested position", () => {
    const order = { ...AGAIN, position: 60_000 };
    assert.equal(showsEffect(order, TARGET, before, scene({ progress_ms: 60_500 })), true);
    assert.equal(showsEffect(order, TARGET, before, scene({ progress_ms: 100_500 })), false);
  });

  it("if the item played already, and began at its start instead of the requested position", () => {
    const order = { ...AGAIN, position: 60_000 };
    assert.equal(showsEffect(order, TARGET, before, scene({ progress_ms: 800 })), true);
  });

  it("but not if this may still be the state from before", () => {
    assert.equal(showsEffect(AGAIN, TARGET, before, scene({ progress_ms: 100_500 })), false);
  });

  it("if the Web API does not name a position", () => {
    assert.equal(showsEffect(AGAIN, TARGET, before, scene({ progress_ms: null })), true);
  });

  it("if the item is an episode, which continues where it was left", () => {
    const episode = { item: EPISODE, progress_ms: 900_000, currently_playing_type: "episode" };
    const order: PlayOrder = { kind: "play", uris: [EPISODE.uri] };
    assert.equal(showsEffect(order, TARGET, scene(episode), scene(episode)), true);
  });
});

describe("A device has taken over", () => {
  const elsewhere = scene({ device: { ...KITCHEN, id: "elsewhere" } });

  it("if it is active, even if it stays paused like librespot", () => {
    const taken = scene({ is_playing: false });
    for (const playback of ["restore", "resume", "pause"] as const) {
      assert.equal(showsEffect({ kind: "transfer", playback }, TARGET, elsewhere, taken), true);
    }
  });

  it("but not if another one is active, or if it plays and should not", () => {
    assert.equal(showsEffect({ kind: "transfer", playback: "resume" }, TARGET, elsewhere, elsewhere), false);
    assert.equal(showsEffect({ kind: "transfer", playback: "pause" }, TARGET, elsewhere, scene({})), false);
  });
});
