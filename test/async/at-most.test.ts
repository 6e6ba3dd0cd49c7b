import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { AtMost } from "../../src/async/at-most";
import { Manual } from "./support";

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("AtMost", () => {
  let actions: Manual<void>[];
  let started: number[];

  beforeEach(() => {
    actions = Array.from({ length: 5 }, () => new Manual<void>());
    started = [];
  });

  const start = (atMost: AtMost, which: number, signal = never): Promise<void> =>
    atMost.run(signal, () => {
      started.push(which);
      return actions[which]!.promise;
    });

  it("runs so many actions at once, and starts the next one when one ends, in order of arrival", async () => {
    const atMost = new AtMost(2);
    const all = actions.map((_, which) => start(atMost, which));
    await turn();
    assert.deepEqual(started, [0, 1]);
    actions[1]!.resolve();
    await turn();
    assert.deepEqual(started, [0, 1, 2]);
    for (const action of actions) action.resolve();
    await Promise.all(all);
    assert.deepEqual(started, [0, 1, 2, 3, 4]);
  });

  it("goes on after a failure", async () => {
    const atMost = new AtMost(1);
    const failing = start(atMost, 0);
    const next = start(atMost, 1);
    actions[0]!.reject(new Error("It failed."));
    actions[1]!.resolve();
    await assert.rejects(failing, /It failed/);
    await next;
    const last = start(atMost, 2);
    actions[2]!.resolve();
    await last;
  });

  it("removes a caller that gives up from the queue, and leaves no listener", async () => {
    const atMost = new AtMost(1);
    const hasty = new AbortController();
    const first = start(atMost, 0);
    const second = start(atMost, 1, hasty.signal);
    const third = start(atMost, 2);
    hasty.abort(new Error("No more."));
    await assert.rejects(second, /No more/);
    actions[0]!.resolve();
    actions[2]!.resolve();
    await Promise.all([first, third]);
    assert.deepEqual(started, [0, 2]);
    await assert.rejects(start(atMost, 3, hasty.signal), /No more/);
    const patient = new AbortController();
    const [fourth, fifth] = [start(atMost, 3), start(atMost, 4, patient.signal)];
    actions[3]!.resolve();
    actions[4]!.resolve();
    await Promise.all([fourth, fifth]);
    assert.equal(getEventListeners(patient.signal, "abort").length, 0);
  });
});
