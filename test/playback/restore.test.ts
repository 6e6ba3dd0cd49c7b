/** What a snapshot keeps, and how few orders restore it, on devices that do what they are told. */
import assert from "node:assert/strict";
import { SpotifyError } from "../../src";
import type { CommandOptions } from "../../src/playback/command";
import type { Snapshot } from "../../src/playback/snapshot";
import type { PlaybackState } from "../../src/player/playback-state";
import { device, LivingRoom, playing } from "./support/living-room";

const SONG = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";
const JINGLE = "spotify:track:11dFghVXANMlKmJXsNCbNl";
const LIST = { uri: "spotify:playlist:37i9dQZF1DX0XUsuxWHRQd", type: "playlist", name: null, url: null };

describe("A snapshot", () => {
  let room: LivingRoom;

  beforeEach(() => {
    room = new LivingRoom();
    room.become({ uri: SONG, context: LIST, position: 60_000, volume: 40, shuffle: false, repeat: "off" });
    room.obey();
  });

  const take = async (): Promise<Snapshot> => (await room.run("snapshot")).snapshot!;
  const restore = async (snapshot: Snapshot, options?: CommandOptions): Promise<PlaybackState> =>
    (await room.run("restore", snapshot, options)).state;

  it("keeps the item, the device and the settings, as plain JSON", async () => {
    const snapshot = await take();
    assert.deepEqual(
      { ...snapshot, position: 0 },
      {
        device: { id: "kitchen", name: "Kitchen" },
        context: LIST.uri,
        uri: SONG,
        position: 0,
        volume: 40,
        shuffle: false,
        repeat: "off",
        playing: true,
      },
    );
    assert.ok(Math.abs(snapshot.position! - 60_000) < 1_000, "where the item is now");
    assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot);
    assert.deepEqual(room.arrived, []);
  });

  it("is restored without a request, if nothing has changed", async () => {
    await restore(await take());
    assert.deepEqual(room.arrived, []);
  });

  it("is restored after a pause by a resume", async () => {
    const snapshot = await take();
    await room.run("pause");
    room.arrived.length = 0;
    await restore(snapshot);
    assert.deepEqual(room.arrived, ["internal resume kitchen"]);
  });

  it("is restored after another item: the volume first, then the item at its position", async () => {
    const snapshot = await take();
    await room.run("play", { uri: JINGLE, volume: 70 });
    room.arrived.length = 0;
    room.orders.length = 0;
    const answer = room.answer;
    room.answer = (order, target) => {
      const ackId = answer(order, target);
      if (order.kind === "play") room.push({ uri: SONG, context: LIST });
      return ackId;
    };
    const { uri } = await restore(snapshot);
    assert.deepEqual(room.arrived, ["internal volume kitchen", "internal play kitchen"]);
    assert.deepEqual(room.orders, [
      { kind: "volume", percent: 40 },
      {
        kind: "play",
        context: LIST.uri,
        offset: SONG,
        position: snapshot.position,
        shuffle: false,
        repeat: "off",
        paused: false,
      },
    ]);
    assert.equal(uri, SONG);
  });

  it("of an item that played alone is restored alone, even if the item is its own context", async () => {
    for (const context of [null, { ...LIST, uri: SONG, type: "track" }]) {
      room.become({ uri: SONG, context });
      const snapshot = await take();
      await room.run("play", JINGLE);
      room.orders.length = 0;
      await restore(snapshot);
      assert.deepEqual(
        room.orders.map((order) => "uris" in order && order.uris),
        [[SONG]],
      );
    }
  });

  it("of paused music is restored paused", async () => {
    room.become(playing(false));
    const snapshot = await take();
    await room.run("play", JINGLE);
    room.orders.length = 0;
    const { status } = await restore(snapshot);
    assert.deepEqual(
      [room.orders[0]?.kind, "paused" in room.orders[0]! && room.orders[0].paused],
      ["play", true],
    );
    assert.equal(status, "paused");
  });

  it("sets what the device did not take from the order: position, shuffle and repeat", async () => {
    const snapshot = await take();
    await room.run("play", { uri: JINGLE, shuffle: true, repeat: "track" });
    const answer = room.answer;
    room.answer = (order, target) => {
      if (order.kind !== "play") return answer(order, target);
      room.push({ uri: SONG, context: LIST, position: 0 }, { playbackId: "restored" });
      return undefined;
    };
    room.arrived.length = 0;
    const { position, shuffle, repeat } = await restore(snapshot);
    assert.deepEqual(room.arrived, [
      "internal play kitchen",
      "internal seek kitchen",
      "internal options kitchen",
    ]);
    assert.deepEqual([position, shuffle, repeat], [snapshot.position, false, "off"]);
  });

  it("does not seek in another item, if the original one cannot be found in its context", async () => {
    const snapshot = await take();
    await room.run("play", JINGLE);
    const answer = room.answer;
    room.answer = (order, target) => {
      if (order.kind !== "play") return answer(order, target);
      room.push({ uri: JINGLE, context: LIST, position: 0 }, { playbackId: "restored" });
      return undefined;
    };
    room.arrived.length = 0;
    assert.equal((await restore(snapshot)).position, 0);
    assert.deepEqual(room.arrived, ["internal play kitchen"]);
  });

  it("returns to its device, even if another one plays now", async () => {
    const snapshot = await take();
    await room.run("transfer", undefined, { device: "Study" });
    room.arrived.length = 0;
    assert.equal((await restore(snapshot)).device?.name, "Kitchen");
    assert.deepEqual(room.arrived, ["internal transfer kitchen"]);
  });

  it("finds its device by ID before name, and by name if the ID has changed", async () => {
    const snapshot = await take();
    room.become(
      { device: room.study },
      { targets: [device("Kitchen", { id: "another" }), room.kitchen, room.study] },
    );
    assert.equal((await restore(snapshot)).device?.id, "kitchen");
    const renewed = device("Kitchen", { id: "renewed" });
    room.become({ device: room.study }, { targets: [renewed, room.study] });
    assert.equal((await restore(snapshot)).device?.id, "renewed");
  });

  it("wakes its device if that is asleep, unless it may not", async () => {
    const snapshot = await take();
    room.become({ device: null, ...playing(false) }, { targets: [room.study] });
    room.wake = () => {
      room.become({}, { targets: [room.kitchen, room.study] });
      return Promise.resolve(room.kitchen);
    };
    await assert.rejects(restore(snapshot, { wake: false }), { code: "DEVICE_NOT_FOUND" });
    await restore(snapshot);
    assert.deepEqual(room.woken, ["Kitchen"]);
  });

  it("is restored to another device, if one is named", async () => {
    const snapshot = await take();
    assert.equal((await restore(snapshot, { device: "Study" })).device?.name, "Study");
  });

  it("of silence pauses playback, and otherwise does nothing", async () => {
    room.become({ device: null, uri: null, context: null, position: null, volume: null, ...playing(false) });
    const snapshot = await take();
    assert.deepEqual([snapshot.device, snapshot.uri, snapshot.playing], [null, null, false]);
    await restore(snapshot);
    assert.deepEqual(room.arrived, []);
    room.become({ uri: SONG, device: room.kitchen, ...playing(true) });
    assert.equal((await restore(snapshot)).status, "paused");
  });

  it("is restored even if the device does not accept a volume before it plays", async () => {
    const snapshot = await take();
    await room.run("play", { uri: JINGLE, volume: 70 });
    const answer = room.answer;
    let isAnnouncing = true;
    room.answer = (order, target) => {
      if (order.kind === "volume" && isAnnouncing) throw new SpotifyError("RESTRICTED", "Not now.");
      if (order.kind === "play") isAnnouncing = false;
      return answer(order, target);
    };
    await restore(snapshot);
    assert.equal(room.scene.targets[0]!.volume, 40);
  });
});
