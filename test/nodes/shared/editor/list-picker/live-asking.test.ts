import assert from "node:assert/strict";
import { install, type Clock } from "@sinonjs/fake-timers";
import { liveAsking, type LiveAsking } from "../../../../../nodes/shared/editor/list-picker/live-asking";

describe("An open list", () => {
  let clock: Clock;
  let questions: { signal: AbortSignal; answer: (goesOn: boolean) => void }[];
  let asking: LiveAsking;

  const ask = (signal: AbortSignal): Promise<boolean> =>
    new Promise((answer) => questions.push({ signal, answer }));
  const answered = async (goesOn = true): Promise<void> => {
    questions.at(-1)?.answer(goesOn);
    await clock.tickAsync(0);
  };

  beforeEach(() => {
    clock = install({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    questions = [];
    asking = liveAsking(ask);
  });

  afterEach(() => {
    asking.end();
    assert.equal(clock.countTimers(), 0);
    clock.uninstall();
  });

  it("is requested at once, and not again while nothing changes", async () => {
    asking.begin();
    await answered();
    await clock.tickAsync(3_600_000);
    assert.equal(questions.length, 1);
  });

  it("is requested again when something has changed", async () => {
    asking.begin();
    await answered();
    await clock.tickAsync(60_000);
    asking.changed();
    await clock.tickAsync(0);
    assert.equal(questions.length, 2);
  });

  it("is requested once after many changes in a row", async () => {
    asking.begin();
    await answered();
    for (let change = 0; change < 19; change++) {
      asking.changed();
      await clock.tickAsync(100);
    }
    assert.equal(questions.length, 1);
    await clock.tickAsync(100);
    assert.equal(questions.length, 2);
  });

  it("is requested again after a change during a request", async () => {
    asking.begin();
    asking.changed();
    await clock.tickAsync(60_000);
    assert.equal(questions.length, 1, "one question at a time");
    await answered();
    await clock.tickAsync(1_999);
    assert.equal(questions.length, 1);
    await clock.tickAsync(1);
    assert.equal(questions.length, 2);
  });

  it("is requested at once if a person wants it, without waiting for the earlier answer", async () => {
    asking.begin();
    asking.begin();
    assert.deepEqual(
      questions.map(({ signal }) => signal.aborted),
      [true, false],
    );
    questions[0]?.answer(true);
    await answered();
    await clock.tickAsync(60_000);
    assert.equal(questions.length, 2);
  });

  it("is not requested before it is open, nor after it is closed", async () => {
    asking.changed();
    assert.equal(questions.length, 0);
    asking.begin();
    asking.end();
    assert.equal(questions[0]?.signal.aborted, true);
    asking.changed();
    await answered();
    await clock.tickAsync(60_000);
    assert.equal(questions.length, 1);
  });

  describe("whose changes are not reported", () => {
    beforeEach(() => {
      asking = liveAsking(ask, 10_000);
    });

    it("is requested every ten seconds", async () => {
      asking.begin();
      await answered();
      await clock.tickAsync(10_000);
      assert.equal(questions.length, 2);
      await answered();
      await clock.tickAsync(10_000);
      assert.equal(questions.length, 3);
    });

    it("is not requested because of an outdated answer: to an earlier request, or after it was closed", async () => {
      asking.begin();
      asking.begin();
      questions[0]?.answer(true);
      await clock.tickAsync(60_000);
      assert.equal(questions.length, 2);
      asking.end();
      await answered();
      await clock.tickAsync(60_000);
      assert.equal(questions.length, 2);
    });

    it("is not requested after a failure, until something changes", async () => {
      asking.begin();
      await answered(false);
      await clock.tickAsync(60_000);
      assert.equal(questions.length, 1);
      asking.changed();
      await clock.tickAsync(0);
      assert.equal(questions.length, 2);
    });
  });
});
