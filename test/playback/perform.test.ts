/** The orders that a command becomes, on devices that do what they are told. */
import assert from "node:assert/strict";
import { SpotifyError } from "../../src";
import type { Order } from "../../src/playback/order";
import { failureOf } from "../support/failure";
import { device, LivingRoom, playing } from "./support/living-room";

const SONG = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";
const LIST = "spotify:playlist:37i9dQZF1DX0XUsuxWHRQd";

describe("The orders of a command", () => {
  let room: LivingRoom;

  beforeEach(() => {
    room = new LivingRoom();
    room.obey();
  });

  /** Has the device take only the item of an order to play, and then show this. */
  function ignoreSettings(state: Parameters<LivingRoom["push"]>[0]): void {
    const obeys = room.answer;
    room.answer = (order, target) => {
      if (order.kind !== "play") return obeys(order, target);
      room.push({ ...playing(true), uri: SONG, context: null, ...state }, { playbackId: "begun" });
      return undefined;
    };
  }

  const play = (order: object): Order => ({ kind: "play", uris: [SONG], ...order });

  describe("to play", () => {
    for (const [what, settings] of [
      ["nothing but the item", {}],
      ["the position", { position: 5_000 }],
      ["shuffle", { shuffle: false }],
      ["repeat", { repeat: "track" }],
      ["all of them", { position: 5_000, shuffle: false, repeat: "track" }],
    ] as const) {
      it(`are one order with ${what}`, async () => {
        await room.run("play", { uri: SONG, ...settings });
        assert.deepEqual(room.orders, [play(settings)]);
      });
    }

    for (const [what, taken, order] of [
      ["shuffle", { shuffle: true, repeat: "track", position: 60_000 }, { kind: "options", shuffle: false }],
      ["repeat", { shuffle: false, repeat: "off", position: 60_000 }, { kind: "options", repeat: "track" }],
      [
        "a position",
        { shuffle: false, repeat: "track", position: 63_001 },
        { kind: "seek", position: 60_000 },
      ],
    ] as const) {
      it(`are followed by ${what} that the device did not take, also if a confirmation is asked for`, async () => {
        ignoreSettings(taken);
        const value = { uri: SONG, shuffle: false, repeat: "track", position: 60_000 };
        await room.run("play", value, { confirm: true });
        assert.deepEqual(room.orders.slice(1), [order]);
      });
    }

    for (const [what, taken] of [
      ["is within three seconds", { position: 63_000 }],
      ["is not known", { position: null }],
    ] as const) {
      it(`are not followed by a seek if the position ${what}`, async () => {
        ignoreSettings(taken);
        await room.run("play", { uri: SONG, position: 60_000 });
        assert.equal(room.orders.length, 1);
      });
    }

    it("are not followed by anything if no confirmation is asked for", async () => {
      ignoreSettings({ shuffle: true, position: 0 });
      const value = { uri: SONG, shuffle: false, position: 60_000 };
      await room.run("play", value, { confirm: false });
      assert.equal(room.orders.length, 1);
    });

    it("set the volume once, before the item, also without a confirmation", async () => {
      room.answer = () => undefined;
      await room.run("play", { uri: SONG, volume: 70 }, { confirm: false });
      assert.deepEqual(room.orders, [{ kind: "volume", percent: 70 }, play({})]);
    });

    for (const code of ["RESTRICTED", "NOT_CONFIRMED"] as const) {
      it(`set the volume after the item if the device did not take it before: ${code}`, async () => {
        const obeys = room.answer;
        let plays = false;
        room.answer = (order, target) => {
          plays ||= order.kind === "play";
          if (plays) return obeys(order, target);
          throw new SpotifyError(code, "No.");
        };
        await room.run("play", { uri: SONG, volume: 70 });
        assert.deepEqual(room.orders.slice(1), [play({}), { kind: "volume", percent: 70 }]);
      });
    }

    it("end with the volume if Spotify wants fewer requests", async () => {
      room.answer = () => {
        throw new SpotifyError("RATE_LIMITED", "Later.", { retryAfter: 9 });
      };
      await failureOf(room.run("play", { uri: SONG, volume: 70 }), "RATE_LIMITED");
      assert.deepEqual(room.orders, [{ kind: "volume", percent: 70 }]);
    });

    it("activate an Echo before it plays, because it takes no order before", async () => {
      room.become({}, { targets: [room.kitchen, device("Echo", { id: "51d00000_amzn_12" })] });
      await room.run("play", SONG, { device: "Echo" });
      assert.deepEqual(room.arrived, [
        "internal transfer 51d00000_amzn_12",
        "internal play 51d00000_amzn_12",
      ]);
      await room.run("play", LIST, { device: "Echo" });
      assert.equal(room.arrived.length, 3);
    });

    for (const id of ["51d_amzn_1x", "51d_amzn_"]) {
      it(`go straight to a device whose ID is not that of an Echo: ${id}`, async () => {
        room.become({}, { targets: [room.kitchen, device("Speaker", { id })] });
        await room.run("play", SONG, { device: "Speaker" });
        assert.deepEqual(room.arrived, [`internal play ${id}`]);
      });
    }

    it("are none if a search finds words again", async () => {
      room.lookups = { ...room.lookups, search: () => Promise.resolve({ search: "jazz" }) };
      await failureOf(room.run("play", "some jazz"), "INVALID_ARGUMENT");
      assert.deepEqual(room.orders, []);
    });
  });

  for (const [what, isPlaying, named, arrived] of [
    ["pauses what plays", true, undefined, ["internal pause kitchen"]],
    ["pauses what plays on the device that is named", true, "Kitchen", ["internal pause kitchen"]],
    ["resumes what is paused", false, undefined, ["internal resume kitchen"]],
    ["moves what plays elsewhere to the device that is named", true, "Study", ["internal transfer study"]],
  ] as const) {
    it(`of “toggle”: it ${what}`, async () => {
      room.become(playing(isPlaying));
      await room.run("toggle", undefined, named === undefined ? {} : { device: named });
      assert.deepEqual(room.arrived, arrived);
    });
  }

  it("to pause are none if no device is active", async () => {
    room.become({ device: null, ...playing(false) });
    await room.run("pause");
    assert.deepEqual(room.orders, []);
  });

  it("of “shuffle” with “toggle” turn it round", async () => {
    room.become({ shuffle: false });
    for (const shuffle of [true, false]) {
      await room.run("shuffle", "toggle");
      assert.deepEqual(room.orders.at(-1), { kind: "options", shuffle });
    }
  });

  it("of “repeat” with “toggle” go round as the button in Spotify's apps", async () => {
    room.become({ repeat: "off" });
    for (const repeat of ["context", "track", "off"] as const) {
      await room.run("repeat", "toggle");
      assert.deepEqual(room.orders.at(-1), { kind: "options", repeat });
    }
    await room.run("repeat", "track");
    assert.deepEqual(room.orders.at(-1), { kind: "options", repeat: "track" });
  });

  it("to like are none if nothing has played", async () => {
    room.lookups = { ...room.lookups, like: () => assert.fail("It was liked.") };
    room.become({ uri: null });
    await failureOf(room.run("like"), "INVALID_ARGUMENT");
  });

  it("to change a volume are none if the device does not say how loud it is", async () => {
    room.become({}, { targets: [{ ...room.kitchen, volume: null }] });
    const { message } = await failureOf(room.run("volume", "+5"), "RESTRICTED");
    assert.match(message, /^Kitchen does not say/);
    assert.deepEqual(room.orders, []);
  });

  it("to set a volume are none if only the device itself can, and the error has the reason", async () => {
    room.become({}, { targets: [device("Kitchen", { canSetVolume: false })] });
    const error = await failureOf(room.run("volume", 5), "RESTRICTED");
    assert.equal(error.reason, "volume_control_disallowed");
    assert.match(error.message, /^The volume of Kitchen /);
  });
});

describe("The steps that a command tells of", () => {
  for (const [what, action, value, steps] of [
    ["an order", "next", undefined, ["queued", "reading", "sending Kitchen", "confirming Kitchen"]],
    ["a search", "play", "jazz", ["queued", "reading", "searching", "sending Kitchen", "confirming Kitchen"]],
    ["a like", "like", SONG, ["queued", "reading", "sending"]],
    ["what holds already", "volume", 40, ["queued", "reading"]],
  ] as const) {
    it(`are those of ${what}`, async () => {
      const room = new LivingRoom();
      room.obey();
      room.lookups = { ...room.lookups, search: () => Promise.resolve({ context: LIST }) };
      const seen: string[] = [];
      await room.run(action, value, {
        onStep: (step) => seen.push([step.name, step.device].join(" ").trim()),
      });
      assert.deepEqual(seen, steps);
    });
  }

  it("name a device by its ID if it has no name", async () => {
    const room = new LivingRoom();
    room.obey();
    const nameless = { ...room.kitchen, name: null };
    room.become({ device: nameless }, { targets: [nameless] });
    const seen: (string | undefined)[] = [];
    await room.run("next", undefined, { onStep: (step) => seen.push(step.device) });
    assert.deepEqual(seen, [undefined, undefined, "kitchen", "kitchen"]);
  });
});
