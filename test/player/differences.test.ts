import assert from "node:assert/strict";
import { differences } from "../../src/player/differences";
import type { PlaybackChange, PlaybackState } from "../../src/player/playback-state";
import type { Reading } from "../../src/player/reading";
import { read } from "./support/clusters";

/** A song that is played from a playlist, with a queue of two. */
const BEFORE = read({
  contextUri: "spotify:playlist:1",
  contextMetadata: { context_description: "Dinner" },
  positionAsOfTimestamp: 60_000n,
  nextTracks: [
    { uri: "spotify:track:2", metadata: { title: "Two", artist_name: "Bert" } },
    { uri: "spotify:track:3", provider: "queue", metadata: { title: "Three", artist_name: "Cleo" } },
  ],
});
const [TWO, THREE] = BEFORE.state.queue!;
const [PHONE, KITCHEN] = BEFORE.devices;

/** The reading `passed` ms later. */
function later(passed: number, state: Partial<PlaybackState>, others: Partial<Reading> = {}): Reading {
  const position = BEFORE.state.position! + passed;
  return {
    ...BEFORE,
    receivedAt: BEFORE.receivedAt + passed,
    ...others,
    state: { ...BEFORE.state, position, ...state },
  };
}

/** Another value of the same type. */
function altered(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 60_000;
  if (Array.isArray(value)) return [];
  return typeof value === "string" ? `another ${value}` : null;
}

const idle = { status: "idle", playing: false, device: null, volume: null } as const;
const paused = { status: "paused", playing: false } as const;

const TABLE: [what: string, after: Reading, changed: PlaybackChange[]][] = [
  ["nothing", later(0, {}), []],
  ["a second that passed", later(1_000, {}), []],
  ["an hour that passed, up to the end of the song", later(3_600_000, { position: 200_000 }), []],
  ["a position that is 2 s off", later(10_000, { position: 68_000 }), []],
  ["a position that is more than 2 s off", later(10_000, { position: 67_999 }), ["position"]],
  ["a position that is more than 2 s ahead", later(10_000, { position: 72_001 }), ["position"]],
  ["a position that is not known any more", later(0, { position: null }), []],
  ["a pause", later(5_000, paused), ["playback"]],
  ["a pause and a jump", later(5_000, { ...paused, position: 0 }), ["playback", "position"]],
  ["the end of all playing", later(5_000, { ...idle, position: 0 }), ["playback", "device", "volume"]],
  ["another song", later(5_000, { uri: "spotify:track:2", title: "Two", position: 0 }), ["track"]],
  ["an advert without a URI", later(0, { uri: null, type: "ad" }), ["track"]],
  ["another device", later(0, { device: KITCHEN!, volume: 100 }), ["device", "volume"]],
  [
    "another playlist",
    later(0, { context: { ...BEFORE.state.context!, uri: "spotify:playlist:2" } }),
    ["context"],
  ],
  ["no playlist any more", later(0, { context: null }), ["context"]],
  [
    "the name of the playlist",
    later(0, { context: { ...BEFORE.state.context!, name: "Lunch" } }),
    ["details"],
  ],
  ["another volume", later(0, { volume: 51 }), ["volume"]],
  ["shuffle", later(0, { shuffle: true }), ["shuffle"]],
  ["smart shuffle", later(0, { smartShuffle: true }), ["shuffle"]],
  ["repeat", later(0, { repeat: "track" }), ["repeat"]],
  ["one more in the queue", later(0, { queue: [TWO!, THREE!, TWO!] }), ["queue"]],
  ["another order of the queue", later(0, { queue: [THREE!, TWO!] }), ["queue"]],
  [
    "a song of the queue that a person queued",
    later(0, { queue: [{ ...TWO!, queued: true }, THREE!] }),
    ["queue"],
  ],
  ["a queue that is not known", later(0, { queue: null }), ["queue"]],
  ["the name of a song in the queue", later(0, { queue: [{ ...TWO!, title: "II" }, THREE!] }), ["details"]],
  ["a device that is gone", later(0, {}, { devices: [PHONE!] }), ["devices"]],
  [
    "a device with another name",
    later(0, {}, { devices: [PHONE!, { ...KITCHEN!, name: "Bath" }] }),
    ["devices"],
  ],
  [
    "the volume of a device that does not play",
    later(0, {}, { devices: [PHONE!, { ...KITCHEN!, volume: 3 }] }),
    [],
  ],
  ["another order of the devices", later(0, {}, { devices: [KITCHEN!, PHONE!] }), []],
  ["a private session", later(0, {}, { devices: [{ ...PHONE!, isPrivate: true }, KITCHEN!] }), ["devices"]],
  [
    "another name of the active device, which is not in the list",
    later(0, { device: { ...BEFORE.state.device!, name: "Anna's other phone" } }),
    ["devices"],
  ],
  ["a title that came late", later(0, { title: "Round Trips" }), ["details"]],
  ["an artist that came late", later(0, { artists: [{ name: "Ada", uri: null }] }), ["details"]],
  ["a picture that came late", later(0, { images: [] }), ["details"]],
  ["a duration that came late", later(0, { duration: 200_100 }), ["details"]],
  ["an action that is denied", later(0, { denied: { next: ["x"] } }), []],
  [
    "everything",
    later(
      0,
      {
        uri: "spotify:track:9",
        status: "paused",
        device: KITCHEN!,
        context: null,
        volume: 100,
        shuffle: true,
        repeat: "context",
        queue: [],
      },
      { devices: [] },
    ),
    ["track", "playback", "device", "context", "volume", "shuffle", "repeat", "queue", "devices"],
  ],
];

describe("The differences between two readings", () => {
  for (const [what, after, changed] of TABLE) {
    it(`${what}: ${changed.join(", ") || "no difference"}`, () => {
      assert.deepEqual(differences(BEFORE, after), changed);
    });
  }

  it("include each property of the state that describes playback, and no other", () => {
    // Four properties follow from others. The rest say what is possible, and where the state comes from.
    const silent = ["playing", "artist", "url", "image", "at", "denied", "account", "source"];
    const untold = Object.entries(BEFORE.state)
      .filter(([key, value]) => differences(BEFORE, later(0, { [key]: altered(value) })).length === 0)
      .map(([key]) => key);
    assert.deepEqual(untold, silent);
  });

  it("no position, if it was not known before", () => {
    assert.deepEqual(differences(later(0, { position: null }), BEFORE), []);
  });

  it("nothing, if the queue is not known before and after", () => {
    const unknown = later(0, { queue: null });
    assert.deepEqual(differences(unknown, unknown), []);
  });

  it("no position, if nothing is active before or after", () => {
    const wasIdle = later(0, { ...idle, position: 0 }, { speed: 0 });
    const changed = differences(wasIdle, later(0, { position: 90_000 }));
    assert.deepEqual(changed, ["playback", "device", "volume"]);
  });

  it("do not include the position of a paused song", () => {
    const still = later(0, paused, { speed: 0 });
    assert.deepEqual(differences(still, { ...still, receivedAt: still.receivedAt + 600_000 }), []);
  });

  it("follow the speed of a podcast", () => {
    const fast = later(0, {}, { speed: 2 });
    assert.deepEqual(differences(fast, later(10_000, { position: 80_000 })), []);
    assert.deepEqual(differences(fast, later(10_000, { position: 70_000 })), ["position"]);
  });
});
