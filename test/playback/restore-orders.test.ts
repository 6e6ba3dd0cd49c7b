/** Which parts of an incomplete snapshot are restored. */
import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import type { CommandOptions } from "../../src/playback/command";
import { snapshotOf } from "../../src/playback/restore";
import type { Snapshot } from "../../src/playback/snapshot";
import type { PlaybackContext } from "../../src/player/playback-state";
import { LivingRoom, playing } from "./support/living-room";
import { pushed } from "./support/scenes";

const SONG = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";
const JINGLE = "spotify:track:11dFghVXANMlKmJXsNCbNl";
const LIST = "spotify:playlist:37i9dQZF1DX0XUsuxWHRQd";
const context = (uri: string): PlaybackContext => ({ uri, type: "playlist", name: null, url: null });

describe("Of a snapshot,", () => {
  let clock: Clock;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    clock.tick(50_000);
  });

  afterEach(() => clock.uninstall());

  describe("the position", () => {
    const at = Date.UTC(2026, 0, 1);

    for (const [what, state, position] of [
      ["is where the item is after three seconds of playing", { position: 60_000 }, 63_000],
      ["is where the item is while it is paused", { position: 60_000, ...playing(false) }, 60_000],
      ["is not beyond the end", { position: 60_000, duration: 61_500 }, 61_500],
      ["is known without a duration", { position: 60_000, duration: null }, 63_000],
      ["may be unknown", { position: null }, null],
      [
        "is not before what Spotify said, if the clock was set back",
        { position: 60_000, at: at + 9_000 },
        60_000,
      ],
    ] as const) {
      it(what, () => {
        clock.setSystemTime(at + 3_000);
        assert.equal(snapshotOf(pushed({ at, ...state })).position, position);
      });
    }
  });

  describe("restoring", () => {
    let room: LivingRoom;
    let snapshot: Snapshot;

    beforeEach(() => {
      room = new LivingRoom();
      room.become({ ...playing(false), uri: SONG, context: context(LIST), position: 60_000, shuffle: false });
      room.obey();
      snapshot = snapshotOf(room.scene);
    });

    async function restore(change: Partial<Snapshot>, options?: CommandOptions): Promise<string[]> {
      await room.run("restore", { ...snapshot, ...change }, options);
      return room.orders.map(({ kind }) => kind);
    }

    for (const [what, change] of [
      ["an item, but no device", { device: null }],
      ["a device, but no item", { uri: null }],
    ] as const) {
      it(`pauses what plays, if it has ${what}`, async () => {
        room.become({ ...playing(true), uri: JINGLE });
        assert.deepEqual(await restore(change), ["pause"]);
      });
    }

    it("leaves a volume alone that is not known", async () => {
      assert.deepEqual(await restore({ volume: null }), []);
    });

    it("sets the volume once, and seeks nothing, if no confirmation is asked for", async () => {
      room.answer = () => undefined;
      assert.deepEqual(await restore({ volume: 70, position: 5_000 }, { confirm: false }), ["volume"]);
    });

    for (const [position, orders] of [
      [63_000, []],
      [63_001, ["seek"]],
      [57_000, []],
      [56_999, ["seek"]],
    ] as const) {
      it(`seeks only if the item is more than three seconds away: ${position}`, async () => {
        assert.deepEqual(await restore({ position }, { confirm: true }), orders);
      });
    }

    it("plays the item again if it is loaded from another playlist", async () => {
      room.become({ context: context("spotify:playlist:5TFCp6cxCaJRhbdn6IWEGh") });
      assert.equal((await restore({}))[0], "play");
    });

    it("plays the item again if it is loaded alone", async () => {
      room.become({ context: null });
      assert.equal((await restore({}))[0], "play");
    });

    it("plays nothing again if the item is loaded alone, as it was", async () => {
      room.become({ context: null });
      assert.deepEqual(await restore({ context: null }), []);
    });
  });
});
