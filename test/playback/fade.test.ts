/** What ends a fade and what does not, on a device that does what it is told. */
import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import type { Order } from "../../src/playback/order";
import { failureOf } from "../support/failure";
import { LivingRoom } from "./support/living-room";

const TRACK = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";

describe("A fade", () => {
  let clock: Clock;
  let room: LivingRoom;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    room = new LivingRoom();
    room.obey();
  });

  afterEach(() => {
    const timers = clock.countTimers();
    clock.uninstall();
    assert.equal(timers, 0, "a timer is left");
    assert.equal(room.isWatched, false, "playback is still watched");
  });

  const volume = (): number => room.scene.targets[0]!.volume!;

  function setAtDevice(percent: number): void {
    const [kitchen, ...others] = room.scene.targets;
    room.become({}, { targets: [{ ...kitchen!, volume: percent }, ...others] });
  }

  const percents = (): number[] =>
    room.orders
      .filter((order): order is Order & { kind: "volume" } => order.kind === "volume")
      .map(({ percent }) => percent);

  it("of an hour sets each percent once", async () => {
    const faded = room.run("volume", { volume: 10, over: 3_600 });
    await clock.tickAsync(3_600_000);
    await faded;
    assert.deepEqual(
      percents(),
      Array.from({ length: 30 }, (_, index) => 39 - index),
    );
  });

  it("over no time is a single volume", async () => {
    await room.run("volume", { volume: 10, over: 0 });
    assert.deepEqual(percents(), [10]);
  });

  it("to a relative volume begins from the present one", async () => {
    const faded = room.run("volume", { volume: "+20", over: 2 });
    await clock.tickAsync(2_000);
    assert.equal((await faded).state.volume !== null, true);
    assert.equal(volume(), 60);
  });

  it("continues even if the device shows each volume two seconds late", async () => {
    room.answer = (order) => {
      if (order.kind === "volume") setTimeout(() => setAtDevice(order.percent), 2_000);
      return "ack";
    };
    const faded = room.run("volume", { volume: 0, over: 5 });
    await clock.tickAsync(9_000);
    await faded;
    assert.equal(volume(), 0);
  });

  it("continues on a device with 16 volume steps, and is done at the nearest step", async () => {
    room.answer = (order) => {
      if (order.kind !== "volume") return undefined;
      const nearest = Math.round((Math.round((order.percent * 16) / 100) * 100) / 16);
      if (nearest !== volume()) setAtDevice(nearest);
      return undefined;
    };
    const faded = room.run("volume", { volume: 20, over: 10 });
    await clock.tickAsync(14_000);
    await faded;
    assert.equal(volume(), 19);
  });

  it("lets other commands pass, even if the device is slow", async () => {
    const obeys = room.answer;
    room.answer = (order, target) => (order.kind === "volume" ? undefined : obeys(order, target));
    const faded = failureOf(room.run("volume", { volume: 20, over: 10 }), "NOT_CONFIRMED");
    await clock.tickAsync(2_000);
    await room.run("next");
    await clock.tickAsync(11_000);
    await faded;
  });

  it("is not ended by a command to play, unless that has a volume", async () => {
    const faded = room.run("volume", { volume: 20, over: 10 });
    await clock.tickAsync(2_000);
    await room.run("play", TRACK);
    await clock.tickAsync(2_000);
    assert.ok(volume() < 35);
    await room.run("play", { uri: TRACK, volume: 50 });
    await clock.tickAsync(10_000);
    await faded;
    assert.equal(volume(), 50);
  });

  it("is ended by another fade", async () => {
    const first = room.run("volume", { volume: 0, over: 100 });
    await clock.tickAsync(10_000);
    const second = room.run("volume", { volume: 40, over: 2 });
    await clock.tickAsync(2_000);
    await Promise.all([first, second]);
    assert.equal(volume(), 40);
  });

  it("keeps its place among waiting volumes", async () => {
    const first = room.run("volume", 50);
    const faded = room.run("volume", { volume: 0, over: 10 });
    const last = room.run("volume", 30);
    await clock.tickAsync(10_000);
    await Promise.all([first, faded, last]);
    assert.equal(volume(), 30);
  });

  it("is ended by its caller, and reports the reason", async () => {
    const caller = new AbortController();
    const options = { signal: caller.signal };
    const faded = failureOf(room.run("volume", { volume: 0, over: 600 }, options), "CLOSED");
    await clock.tickAsync(10_000);
    caller.abort(new SpotifyError("CLOSED", "The node was closed."));
    await faded;
    const sent = room.orders.length;
    await clock.tickAsync(60_000);
    assert.equal(room.orders.length, sent);
  });

  it("ends with the session", async () => {
    const faded = failureOf(room.run("volume", { volume: 0, over: 600 }), "CLOSED");
    await clock.tickAsync(10_000);
    room.closing.abort(new SpotifyError("CLOSED", "The session is closed."));
    await faded;
  });

  it("fails at once on a device whose volume can be set only on the device", async () => {
    room.become({}, { targets: [{ ...room.kitchen, canSetVolume: false }, room.study] });
    const error = await failureOf(room.run("volume", { volume: 0, over: 600 }), "RESTRICTED");
    assert.match(error.message, /^The volume of Kitchen cannot fade/);
  });
});
