/** What a scene must show after an order, so that the order is confirmed. */
import assert from "node:assert/strict";
import { showsEffect } from "../../src/playback/effects";
import type { Order } from "../../src/playback/order";
import type { Scene } from "../../src/playback/scene";
import type { PlaybackState } from "../../src/player/playback-state";
import { KITCHEN, polled, pushed, STUDY } from "./support/scenes";

const ANOTHER = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";
const ELSEWHERE = pushed({ device: STUDY });
const PAUSED = pushed({ playing: false });

type Case = readonly [what: string, order: Order, before: Scene, after: Scene, shows: boolean | undefined];

function confirms(name: string, cases: readonly Case[]): void {
  describe(name, () => {
    for (const [what, order, before, after, shows] of cases) {
      const verdict =
        shows === undefined ? "cannot be confirmed" : shows ? "is confirmed" : "is not confirmed";
      it(`${verdict} by ${what}`, () => assert.equal(showsEffect(order, KITCHEN, before, after), shows));
    }
  });
}

const resume: Order = { kind: "resume" };
const pause: Order = { kind: "pause" };

confirms("Resuming", [
  ["a device that plays", resume, PAUSED, pushed(), true],
  ["a device that is paused", resume, PAUSED, PAUSED, false],
  ["another device that plays", resume, PAUSED, ELSEWHERE, false],
  ["no active device", resume, PAUSED, pushed({ device: null, playing: false }), false],
]);

confirms("Pausing", [
  ["a device that is paused", pause, pushed(), PAUSED, true],
  ["a device that plays", pause, pushed(), pushed(), false],
  ["another device that plays", pause, pushed(), ELSEWHERE, true],
]);

const next: Order = { kind: "next" };
const previous: Order = { kind: "previous" };
const LATE = { position: 100_000 };

const transfer = (playback: "restore" | "resume" | "pause"): Order => ({ kind: "transfer", playback });

confirms("A transfer", [
  ["the device, which plays", transfer("restore"), ELSEWHERE, pushed(), true],
  ["the device, which plays as ordered", transfer("resume"), ELSEWHERE, pushed(), true],
  ["the device, which plays although it is to pause", transfer("pause"), ELSEWHERE, pushed(), false],
  ["the device, which is paused as ordered", transfer("pause"), ELSEWHERE, PAUSED, true],
]);

confirms("Skipping to the next item", [
  ["another item", next, pushed(), pushed({ uri: ANOTHER }), true],
  ["the same item, begun again", next, pushed(), pushed({}, { playbackId: "2" }), true],
  ["the same item", next, pushed(), pushed(), false],
  ["the same item nearer to its start", next, pushed(LATE), pushed({ position: 800 }), false],
  ["the same item, if the Web API shows it", next, pushed(), polled(), false],
]);

confirms("Skipping back", [
  ["another item", previous, pushed(LATE), pushed({ uri: ANOTHER, position: 100_000 }), true],
  ["the same item, begun again", previous, pushed(LATE), pushed(LATE, { playbackId: "2" }), true],
  ["the same item nearer to its start", previous, pushed(LATE), pushed({ position: 800 }), true],
  ["the same item where it was", previous, pushed(LATE), pushed(LATE), false],
  ["the same item further on", previous, pushed(LATE), pushed({ position: 101_000 }), false],
]);

const seek: Order = { kind: "seek", position: 60_000 };
const START = pushed({ position: 10_000 });
const CLOSE = pushed({ position: 59_000, at: 1_000 });
const CLOSE_AND_PAUSED = pushed({ position: 59_000, playing: false });

confirms("Seeking", [
  ["the position", seek, START, pushed({ position: 60_000 }), true],
  ["the position, and what has played since", seek, START, pushed({ position: 71_999 }), true],
  ["a position that is too late for that", seek, START, pushed({ position: 72_000 }), false],
  ["a position less than 2 s before it", seek, START, pushed({ position: 58_001 }), true],
  ["a position 2 s before it", seek, START, pushed({ position: 58_000 }), false],
  ["no position", { kind: "seek", position: 0 }, START, pushed({ position: null }), false],
  [
    "a position, if none was known",
    seek,
    pushed({ position: null }),
    pushed({ position: 69_000, at: 69_000 }),
    true,
  ],
  ["what playing alone has led to", seek, CLOSE, pushed({ position: 69_000, at: 11_000 }), false],
  [
    "a position behind what playing alone would have led to",
    seek,
    CLOSE,
    pushed({ position: 60_500, at: 11_000 }),
    true,
  ],
  ["where a paused item was", seek, CLOSE_AND_PAUSED, pushed({ position: 59_000, playing: false }), false],
  [
    "a second after where a paused item was",
    seek,
    CLOSE_AND_PAUSED,
    pushed({ position: 60_000, playing: false }),
    true,
  ],
  [
    "where a paused item was, if that is less than a second away",
    seek,
    pushed({ position: 59_001, playing: false }),
    pushed({ position: 59_001, playing: false }),
    true,
  ],
  [
    "another item at that position",
    seek,
    CLOSE_AND_PAUSED,
    pushed({ uri: ANOTHER, position: 59_000, playing: false }),
    true,
  ],
]);

const volume: Order = { kind: "volume", percent: 30 };
const at = (percent: number | null): Partial<Scene> => ({
  targets: [STUDY, { ...KITCHEN, volume: percent }],
});

confirms("A volume", [
  ["the volume", volume, pushed(), pushed({}, at(30)), true],
  ["the volume, if it was set before", volume, pushed({}, at(30)), pushed({}, at(30)), true],
  ["the nearest step of a device with few", volume, pushed(), pushed({}, at(33)), true],
  ["a lower step of a device with few", volume, pushed(), pushed({}, at(27)), true],
  ["a volume that is further away", volume, pushed(), pushed({}, at(34)), false],
  ["no volume", { kind: "volume", percent: 2 }, pushed(), pushed({}, at(null)), false],
  ["a scene without the device", volume, pushed(), pushed({}, { targets: [STUDY] }), false],
  ["a push of a near volume from before", volume, pushed({}, at(31)), pushed({}, at(31)), false],
  ["an answer with a near volume from before", volume, pushed({}, at(31)), { ...polled(), ...at(31) }, true],
  [
    "a near volume of a device that has just appeared",
    volume,
    pushed({}, { targets: [] }),
    pushed({}, at(31)),
    true,
  ],
]);

const options: Order = { kind: "options", shuffle: true, repeat: "track" };
const SET: Partial<PlaybackState> = { shuffle: true, repeat: "track" };

confirms("Shuffle and repeat", [
  ["both", options, pushed(), pushed(SET), true],
  ["shuffle alone", options, pushed(), pushed({ ...SET, repeat: "off" }), false],
  ["repeat alone", options, pushed(), pushed({ ...SET, shuffle: false }), false],
  ["both on another device", options, pushed(), pushed({ ...SET, device: STUDY }), false],
]);

const add: Order = { kind: "queue", uri: ANOTHER };
const queue = (uris: readonly string[], queued = true): Partial<PlaybackState> => ({
  queue: uris.map((uri) => ({ uri, title: null, artist: null, queued })),
});
const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `spotify:track:${i}`);

confirms("Adding to the queue", [
  ["the item in the queue", add, pushed(), pushed(queue([ANOTHER])), true],
  ["the item once more", add, pushed(queue([ANOTHER])), pushed(queue([ANOTHER, ANOTHER])), true],
  ["the item as often as before", add, pushed(queue([ANOTHER])), pushed(queue([ANOTHER])), false],
  ["another item", add, pushed(queue([])), pushed(queue(["spotify:track:x"])), false],
  ["the item, if the queue was not known", add, polled(), pushed(queue([ANOTHER])), true],
  ["the Web API, which shows no queue", add, pushed(), polled(), undefined],
  [
    "more than 20 items that people have added",
    add,
    pushed(queue(many(20))),
    pushed(queue(many(20))),
    undefined,
  ],
  ["19 items that people have added", add, pushed(queue(many(19))), pushed(queue(many(19))), false],
  [
    "items that follow by themselves",
    add,
    pushed({ queue: [...queue(many(19)).queue!, ...queue([ANOTHER], false).queue!] }),
    pushed(queue(many(20))),
    false,
  ],
]);
