import assert from "node:assert/strict";
import { holdsAlready } from "../../src/playback/effects";
import type { Order } from "../../src/playback/order";
import type { Scene } from "../../src/playback/scene";
import { KITCHEN, pushed, STUDY } from "./support/scenes";

const PAUSED = pushed({ playing: false });
const ELSEWHERE = pushed({ device: STUDY });
const NOWHERE = pushed({ device: null, playing: false });
const LOUD = { ...KITCHEN, volume: 90 };

const transfer = (playback: "restore" | "resume" | "pause"): Order => ({ kind: "transfer", playback });

/** The order, what holds, and whether the order would change nothing. */
const CASES: readonly (readonly [string, Order, Scene, boolean])[] = [
  ["resume, if the device plays", { kind: "resume" }, pushed(), true],
  ["resume, if it is paused", { kind: "resume" }, PAUSED, false],
  ["resume, if another device plays", { kind: "resume" }, ELSEWHERE, false],
  ["pause, if the device is paused", { kind: "pause" }, PAUSED, true],
  ["pause, if it plays", { kind: "pause" }, pushed(), false],
  ["pause, if another device plays", { kind: "pause" }, ELSEWHERE, true],
  ["pause, if no device is active", { kind: "pause" }, NOWHERE, true],
  ["a volume that is set", { kind: "volume", percent: 40 }, pushed(), true],
  ["another volume", { kind: "volume", percent: 41 }, pushed(), false],
  [
    "a volume that was set before a person changed it",
    { kind: "volume", percent: 40 },
    pushed({}, { targets: [LOUD] }),
    false,
  ],
  [
    "the last known volume of a device that Spotify does not list now",
    { kind: "volume", percent: 40 },
    pushed({}, { targets: [STUDY] }),
    true,
  ],
  ["shuffle that is on", { kind: "options", shuffle: true }, pushed({ shuffle: true }), true],
  ["shuffle that is off", { kind: "options", shuffle: true }, pushed({ shuffle: false }), false],
  ["repeat that is set", { kind: "options", repeat: "track" }, pushed({ repeat: "track" }), true],
  ["another repeat", { kind: "options", repeat: "track" }, pushed({ repeat: "off" }), false],
  [
    "shuffle that is on with another repeat",
    { kind: "options", shuffle: true, repeat: "track" },
    pushed({ shuffle: true, repeat: "off" }),
    false,
  ],
  ["shuffle that is on elsewhere", { kind: "options", shuffle: true }, ELSEWHERE, false],
  ["a transfer to the active device, which plays", transfer("restore"), pushed(), true],
  ["a transfer to the active device, which is paused", transfer("restore"), PAUSED, true],
  ["a transfer to the active device, to play, while it plays", transfer("resume"), pushed(), true],
  ["a transfer to the active device, to play, while it is paused", transfer("resume"), PAUSED, false],
  ["a transfer to the active device, to pause, while it plays", transfer("pause"), pushed(), false],
  ["a transfer to the active device, to pause, while it is paused", transfer("pause"), PAUSED, true],
  ["a transfer from another device", transfer("restore"), ELSEWHERE, false],
  ["the next item", { kind: "next" }, pushed(), false],
  ["a position", { kind: "seek", position: 61_000 }, pushed({ position: 61_000 }), false],
];

describe("An order need not be sent if it changes nothing", () => {
  for (const [what, order, scene, holds] of CASES) {
    it(`${holds ? "as" : "unlike"} ${what}`, () => assert.equal(holdsAlready(order, KITCHEN, scene), holds));
  }

  it("unlike a volume that only the device itself can set", () => {
    const fixed = { ...KITCHEN, canSetVolume: false };
    assert.equal(holdsAlready({ kind: "volume", percent: 40 }, fixed, pushed()), false);
  });
});
