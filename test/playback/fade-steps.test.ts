/** When a fade sets which volume, and what ends it. */
import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";
import { SpotifyError } from "../../src";
import { Fade, type FadeOptions } from "../../src/playback/fade";
import type { Target } from "../../src/playback/scene";
import { failureOf } from "../support/failure";
import { KITCHEN, polled, pushed, STUDY } from "./support/scenes";

describe("A fade of one device", () => {
  let clock: Clock;
  let begun: number;
  let caller: AbortController;
  /** The volume that Spotify shows for the kitchen; null: none; undefined: it does not list it. */
  let shown: number | null | undefined;
  let isPolled: boolean;
  /** The volumes that were set, and when, ms. */
  let set: [at: number, percent: number][];
  /** What the device does with a volume. */
  let onSet: (percent: number, isLast: boolean) => Promise<void>;

  beforeEach(() => {
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    clock.tick(50_000);
    begun = performance.now();
    caller = new AbortController();
    shown = 40;
    isPolled = false;
    set = [];
    onSet = async (percent) => void (shown = percent);
  });

  afterEach(() => {
    const timers = clock.countTimers();
    clock.uninstall();
    assert.equal(timers, 0, "a timer is left");
  });

  function fade(to: number, over: number, target: Partial<Target> = {}): Fade {
    const options: FadeOptions = {
      to: { at: to },
      over,
      signal: caller.signal,
      target: async () => ({ ...KITCHEN, ...target }),
      scene: async () => {
        const targets = [STUDY, ...(shown === undefined ? [] : [{ ...KITCHEN, volume: shown }])];
        return { ...(isPolled ? polled() : pushed()), targets };
      },
      set: async (percent, _target, _scene, isLast) => {
        set.push([performance.now() - begun, percent]);
        await onSet(percent, isLast);
      },
    };
    return new Fade(options);
  }

  async function run(to: number, over: number): Promise<void> {
    const running = fade(to, over).run();
    await clock.tickAsync(over);
    await running;
  }

  it("takes even steps, twice a second", async () => {
    await run(36, 2_000);
    assert.deepEqual(set, [
      [500, 39],
      [1_000, 38],
      [1_500, 37],
      [2_000, 36],
    ]);
  });

  it("sets no volume twice, and waits as long as one percent takes", async () => {
    await run(38, 4_000);
    assert.deepEqual(set, [
      [2_000, 39],
      [4_000, 38],
    ]);
  });

  it("looks every five seconds whether a person has set the volume, if one percent takes longer", async () => {
    const running = fade(39, 60_000).run();
    await clock.tickAsync(60_000);
    await running;
    assert.deepEqual(set, [
      [35_000, 39],
      [60_000, 39],
    ]);
  });

  it("takes a step every two seconds if the Web API is asked, and the last one at the end", async () => {
    isPolled = true;
    await run(30, 5_000);
    assert.deepEqual(set, [
      [2_000, 36],
      [4_000, 32],
      [5_000, 30],
    ]);
  });

  it("is one step over no time", async () => {
    await run(30, 0);
    assert.deepEqual(set, [[0, 30]]);
  });

  for (const [what, target] of [
    ["only the device itself can set", { canSetVolume: false }],
    ["is not known", { volume: null }],
  ] as const) {
    it(`fails if the volume ${what}`, async () => {
      const { message } = await failureOf(fade(30, 2_000, target).run(), "RESTRICTED");
      assert.match(message, /^The volume of Kitchen cannot fade/);
      assert.deepEqual(set, []);
    });
  }

  for (const [what, before, percent, ends] of [
    ["three percent louder than one of the last volumes", 34, 43, false],
    ["four percent louder than that", 34, 44, true],
    ["three percent quieter than the last volume", 34, 33, false],
    ["four percent quieter than that", 34, 32, true],
    ["no volume", 34, null, false],
    ["no device", 34, undefined, false],
  ] as const) {
    it(`${ends ? "is" : "is not"} ended by ${what}`, async () => {
      const running = fade(before, 3_000).run();
      await clock.tickAsync(2_000);
      assert.equal(set.length, 4);
      shown = percent;
      await clock.tickAsync(1_000);
      await running;
      assert.equal(set.length > 4, !ends);
    });
  }

  it("is ended by a volume from more than three seconds before", async () => {
    const running = fade(0, 10_000).run();
    await clock.tickAsync(3_500);
    shown = 40;
    await clock.tickAsync(6_500);
    await running;
    assert.deepEqual(set.at(-1), [3_500, 26]);
  });

  it("ends without an error, at once, if it is ended", async () => {
    const one = fade(20, 10_000);
    const running = one.run();
    await clock.tickAsync(1_200);
    assert.equal(one.isOver, false);
    one.end();
    await running;
    assert.equal(one.isOver, true);
    assert.deepEqual(set.at(-1), [1_000, 38]);
  });

  it("fails with the reason of its caller, at once", async () => {
    const reason = new SpotifyError("CLOSED", "The node was closed.");
    const running = failureOf(fade(20, 10_000).run());
    await clock.tickAsync(1_200);
    caller.abort(reason);
    assert.equal(await running, reason);
  });

  for (const [what, percent, isDone] of [
    ["three percent away", 33, true],
    ["four percent away", 34, false],
    ["not listed", undefined, false],
  ] as const) {
    it(`${isDone ? "is done" : "fails"} if the last volume is not seen, and the device is ${what}`, async () => {
      const error = new SpotifyError("NOT_CONFIRMED", "It was not seen.");
      onSet = async (volume, isLast) => {
        shown = isLast ? percent : volume;
        if (isLast) throw error;
      };
      const running = fade(30, 1_000).run();
      const outcome = running.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      await clock.tickAsync(1_000);
      assert.equal(await outcome, isDone ? undefined : error);
    });
  }

  for (const error of [new SpotifyError("RESTRICTED", "No."), new Error("A mistake.")]) {
    it(`fails with what a volume fails with: ${error.message}`, async () => {
      onSet = () => Promise.reject(error);
      const running = fade(39, 500).run();
      const outcome = running.catch((thrown: unknown) => thrown);
      await clock.tickAsync(500);
      assert.equal(await outcome, error);
    });
  }
});
