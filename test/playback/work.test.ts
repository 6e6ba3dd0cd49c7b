/** How long a command waits for what, and what it does if a device is slow, gone or asleep. */
import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import { failureOf } from "../support/failure";
import { device, LivingRoom, playing } from "./support/living-room";

const SONG = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";
const ECHO = device("Echo", { id: "51d00000_amzn_1" });
const error = (code: "RESTRICTED" | "UNREACHABLE" | "DEVICE_NOT_FOUND"): SpotifyError =>
  new SpotifyError(code, "No.");

describe("The work of a command", () => {
  let clock: Clock;
  let room: LivingRoom;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    clock.tick(50_000);
    room = new LivingRoom();
  });

  afterEach(() => {
    const timers = clock.countTimers();
    clock.uninstall();
    assert.equal(timers, 0, "a timer is left");
    assert.equal(room.isWatched, false, "playback is still watched");
  });

  /** When a promise settled, ms from now. */
  async function duration(promise: Promise<unknown>): Promise<number> {
    const begun = performance.now();
    const settled = promise.then(
      () => performance.now() - begun,
      () => performance.now() - begun,
    );
    await clock.tickAsync(60_000);
    return settled;
  }

  it("seeks from where the item is now", async () => {
    room.obey();
    room.become({ position: 61_000 });
    clock.tick(3_000);
    await room.run("seek", "+10s");
    assert.deepEqual(room.orders, [{ kind: "seek", position: 74_000 }]);
  });

  it("has one time limit for all its orders", async () => {
    const queued = failureOf(room.run("queue", [SONG, SONG], { timeout: 5_000 }), "NOT_CONFIRMED");
    await clock.tickAsync(3_000);
    room.push({ queue: [{ uri: SONG, title: null, artist: null, queued: true }] });
    await clock.tickAsync(0);
    assert.equal(room.orders.length, 2);
    assert.equal(await duration(queued), 2_000);
  });

  it("is done if no answer comes, but the effect is seen", async () => {
    room.answer = () => new Promise(() => undefined);
    const paused = room.run("pause");
    await clock.tickAsync(1_000);
    room.push(playing(false));
    await clock.tickAsync(7_000);
    assert.equal((await paused).state.playing, false);
  });

  it("fails if no answer comes", async () => {
    room.answer = () => new Promise(() => undefined);
    const failed = failureOf(room.run("pause"), "NOT_CONFIRMED");
    await clock.tickAsync(8_000);
    assert.match((await failed).message, /^Spotify did not answer within 8 s\. Kitchen plays/);
  });

  it("sends an order again although Spotify cannot be asked whether it has happened", async () => {
    room.silence = error("UNREACHABLE");
    room.answer = () => {
      room.obey();
      throw error("UNREACHABLE");
    };
    const paused = room.run("pause");
    await clock.tickAsync(300);
    assert.equal((await paused).state.playing, false);
    assert.equal(room.arrived.length, 2);
  });

  it("resumes without an error if a person was quicker, and the device declines it for that", async () => {
    room.become(playing(false));
    room.answer = () => {
      room.become(playing(true));
      throw error("RESTRICTED");
    };
    assert.equal((await room.run("play")).state.playing, true);
  });

  it("fails if a device declines anything else, even if it holds now", async () => {
    room.answer = () => {
      room.become({ shuffle: false });
      throw error("RESTRICTED");
    };
    await failureOf(room.run("shuffle", false), "RESTRICTED");
    assert.equal(room.asked, 0);
  });

  describe("for a device", () => {
    it("that is named by spaces is for the active one", async () => {
      room.obey();
      await room.run("next", undefined, { device: "  " });
      await room.run("pause", undefined, { device: "  " });
      assert.deepEqual(room.arrived, ["internal next kitchen", "internal pause kitchen"]);
    });

    it("that is not listed says its name without spaces", async () => {
      const { message } = await failureOf(room.run("pause", undefined, { device: " Phone " }));
      assert.match(message, /“Phone”/);
    });

    it("that was woken uses what Spotify lists then, and tells of the steps", async () => {
      room.obey();
      const steps: string[] = [];
      const phone = device("Phone", { volume: 30 });
      room.wake = async (_name, _scene, _signal, onStep) => {
        onStep({ name: "waking" });
        room.become({}, { targets: [...room.scene.targets, phone] });
        return { ...phone, volume: 10 };
      };
      await room.run("volume", "+5", { device: "Phone", onStep: ({ name }) => steps.push(name) });
      assert.deepEqual(room.orders, [{ kind: "volume", percent: 35 }]);
      assert.deepEqual(steps.slice(0, 3), ["queued", "reading", "waking"]);
    });

    it("that was woken under another name is for that one", async () => {
      room.obey();
      room.wake = () => Promise.resolve(device("Speaker 7"));
      await room.run("play", SONG, { device: "Attic" });
      assert.deepEqual(room.arrived, ["internal play speaker 7"]);
    });
  });

  describe("after Spotify has lost the device", () => {
    /** The first order finds the device gone; a later one is obeyed. */
    function lose(): void {
      room.answer = () => {
        room.obey();
        room.become({}, { targets: [] });
        throw error("DEVICE_NOT_FOUND");
      };
    }

    it("goes on when the device appears again", async () => {
      lose();
      const played = room.run("play", SONG);
      await clock.tickAsync(5_000);
      room.push({}, { targets: [room.study] });
      await clock.tickAsync(0);
      assert.equal(room.arrived.length, 1);
      room.push({}, { targets: [room.kitchen] });
      await played;
      assert.deepEqual(room.arrived, ["internal play kitchen", "internal play kitchen"]);
    });

    it("fails after 12 s, and names the device, which is not woken against the command's will", async () => {
      lose();
      const failed = failureOf(
        room.run("play", SONG, { device: "kitchen", wake: false }),
        "DEVICE_NOT_FOUND",
      );
      assert.equal(await duration(failed), 12_000);
      assert.match((await failed).message, /“Kitchen”/);
      assert.deepEqual(room.woken, []);
    });
  });

  describe("for an Echo that does not become active", () => {
    beforeEach(() => room.become({}, { targets: [room.kitchen, ECHO] }));

    it("asks it for five seconds, and tells of it", async () => {
      const steps: string[] = [];
      const moved = room.run("transfer", undefined, {
        device: "Echo",
        onStep: ({ name, device: named }) => name === "transferring" && steps.push(named!),
      });
      const failed = failureOf(moved, "NOT_CONFIRMED");
      assert.equal(await duration(failed), 5_000);
      assert.equal(room.arrived.length, 10);
      assert.deepEqual(new Set(steps), new Set(["Echo"]));
    });

    it("waits half a second after it declined", async () => {
      room.answer = () => {
        room.obey();
        throw error("RESTRICTED");
      };
      const moved = room.run("transfer", undefined, { device: "Echo" });
      await clock.tickAsync(499);
      assert.equal(room.arrived.length, 1);
      await clock.tickAsync(1);
      await moved;
      assert.equal(room.arrived.length, 2);
    });
  });
});
