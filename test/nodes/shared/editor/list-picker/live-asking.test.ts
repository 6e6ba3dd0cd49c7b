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

  it("is asked for at once, and then not while nothing changes", async () => {
    asking.begin();
    await answered();
    await clock.tickAsync(3_600_000);
    assert.equal(questions.length, 1);
  });

  it("is asked for again when something has changed", async () => {
    asking.begin();
    await answered();
    await clock.tickAsync(60_000);
    asking.changed();
    await clock.tickAsync(0);
    assert.equal(questions.length, 2);
  });

  it("is asked for once after many changes that come one after another", async () => {
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

  it("is asked for again after a change that came during the question", async () => {
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

  it("is asked for at once when a person wants that, and the answer before is not waited for", async () => {
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

  it("is not asked for before it is open, nor after it was closed", async () => {
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

  describe("of which nobody tells that it changes", () => {
    beforeEach(() => {
      asking = liveAsking(ask, 10_000);
    });

    it("is asked for every ten seconds", async () => {
      asking.begin();
      await answered();
      await clock.tickAsync(10_000);
      assert.equal(questions.length, 2);
      await answered();
      await clock.tickAsync(10_000);
      assert.equal(questions.length, 3);
    });

    it("is not asked for because of an answer that nobody waits for: of the question before, or after it was closed", async () => {
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

    it("is asked for no more after a failure, until something changes", async () => {
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
