/** How volumes, fades and other commands that wait treat each other. */
import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import type { Action } from "../../src/playback/actions";
import { snapshotOf } from "../../src/playback/restore";
import { failureOf } from "../support/failure";
import { LivingRoom } from "./support/living-room";

const SONG = "spotify:track:0wKuMHryNyL3Fvj9iTFyRo";
const JINGLE = "spotify:track:11dFghVXANMlKmJXsNCbNl";

describe("A volume", () => {
  let clock: Clock;
  let room: LivingRoom;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    room = new LivingRoom();
    room.become({ uri: JINGLE, context: null });
  });

  afterEach(() => {
    const timers = clock.countTimers();
    clock.uninstall();
    assert.equal(timers, 0, "a timer is left");
  });

  const settle = (): Promise<unknown> => clock.tickAsync(0);
  const volume = (): number | null => room.scene.targets[0]!.volume;
  const percents = (): number[] =>
    room.orders.flatMap((order) => (order.kind === "volume" ? [order.percent] : []));

  it("replaces one that still waits after another command's turn has come", async () => {
    const others = [room.run("next"), room.run("next")];
    const first = room.run("volume", 10);
    await settle();
    room.push({ uri: SONG });
    await settle();
    assert.equal(room.orders.length, 2);
    const second = room.run("volume", 20);
    room.obey();
    room.push({ uri: JINGLE });
    await Promise.all([...others, first, second]);
    assert.deepEqual(percents(), [20]);
  });

  it("is not replaced by a fade", async () => {
    const next = room.run("next");
    const first = room.run("volume", 50);
    const fade = room.run("volume", { volume: 60, over: 0 });
    await settle();
    room.obey();
    room.push({ uri: SONG });
    await Promise.all([next, first, fade]);
    assert.deepEqual(percents(), [50, 60]);
  });

  describe("during a fade", () => {
    let fade: Promise<unknown>;

    beforeEach(async () => {
      room.obey();
      fade = room.run("volume", { volume: 20, over: 10 });
      await clock.tickAsync(5_000);
      assert.equal(volume(), 30);
    });

    const snapshot = (percent: number | null): unknown => ({ ...snapshotOf(room.scene), volume: percent });

    for (const [what, action, value, last] of [
      ["a volume ends it", "volume", () => 31, 31],
      ["a command to play with a volume ends it", "play", () => ({ uri: SONG, volume: 31 }), 31],
      ["a snapshot with a volume ends it", "restore", () => snapshot(31), 31],
      ["a command to play does not end it", "play", () => SONG, 20],
      ["a snapshot without a volume does not end it", "restore", () => snapshot(null), 20],
      ["another command does not end it", "next", () => undefined, 20],
    ] as const satisfies readonly (readonly [string, Action, () => unknown, number])[]) {
      it(what, async () => {
        await room.run(action, value());
        await clock.tickAsync(5_000);
        await fade;
        assert.equal(volume(), last);
      });
    }

    it("ends the fade that began last, also after the one before has ended", async () => {
      const second = room.run("volume", { volume: 40, over: 10 });
      await clock.tickAsync(5_000);
      assert.equal(volume(), 35);
      await room.run("volume", 34);
      await clock.tickAsync(5_000);
      await Promise.all([fade, second]);
      assert.equal(volume(), 34);
    });

    it("ends it although a step of it waits", async () => {
      const obeys = room.answer;
      room.answer = () => undefined;
      const next = room.run("next");
      const set = room.run("volume", 31);
      await clock.tickAsync(500);
      room.answer = obeys;
      room.push({ uri: SONG });
      await clock.tickAsync(5_000);
      await Promise.all([next, set, fade]);
      assert.equal(volume(), 31);
    });

    it("wakes no device that has gone", async () => {
      room.answer = () => {
        room.become({}, { targets: [room.study] });
        throw new SpotifyError("DEVICE_NOT_FOUND", "Spotify has lost it.");
      };
      const failed = failureOf(fade, "DEVICE_NOT_FOUND");
      await clock.tickAsync(13_000);
      await failed;
      assert.deepEqual(room.woken, []);
    });
  });

  it("has a step that tells of its fade", async () => {
    room.obey();
    const steps: string[] = [];
    await room.run("volume", { volume: 20, over: 0 }, { onStep: ({ name }) => steps.push(name) });
    assert.deepEqual(steps.slice(0, 3), ["queued", "reading", "fading"]);
  });

  it("has a step that tells that it replaces another one", async () => {
    room.obey();
    const steps: string[] = [];
    const first = room.run("volume", 10);
    const second = room.run("volume", 20, { onStep: ({ name }) => steps.push(name) });
    await Promise.all([first, second]);
    assert.deepEqual([steps, percents()], [["queued"], [20]]);
  });
});

describe("The outcome of a command", () => {
  it("has a snapshot only if that was asked for", async () => {
    const room = new LivingRoom();
    room.obey();
    assert.ok((await room.run("snapshot")).snapshot);
    assert.deepEqual(Object.keys(await room.run("next")), ["state"]);
  });

  it("has the devices and what plays, if these were asked for, while another command is carried out", async () => {
    const room = new LivingRoom();
    const own = new AbortController();
    const next = failureOf(room.run("next", undefined, { signal: own.signal }), "CLOSED");
    const { devices, state } = await room.run("devices");
    assert.deepEqual([devices, state.uri], [[], room.scene.state.uri]);
    own.abort(new SpotifyError("CLOSED", "Over."));
    await next;
  });
});
