import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { raceAbort } from "../../src/async/race-abort";
import { wait } from "../../src/async/wait";
import { Outcome } from "../support/failure";
import { Manual, useClock } from "./support";

const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

describe("wait", () => {
  const clock = useClock();

  it("ends after its delay, and leaves no listener on its signal", async () => {
    const { signal } = new AbortController();
    const waiting = new Outcome(wait(100, signal));
    await clock.current.tickAsync(99);
    assert.equal(waiting.pending, true);
    await clock.current.tickAsync(1);
    assert.equal(waiting.pending, false);
    assert.equal(listeners(signal), 0);
  });

  it("fails with the reason of its signal at once, before and during the wait", async () => {
    const reason = new Error("closed");
    const stop = new AbortController();
    const waiting = wait(100, stop.signal);
    stop.abort(reason);
    await assert.rejects(waiting, reason);
    await assert.rejects(wait(100, stop.signal), reason);
    assert.equal(clock.current.countTimers(), 0);
  });
});

describe("raceAbort", () => {
  it("gives the result or the failure of its promise, and leaves no listener", async () => {
    const { signal } = new AbortController();
    assert.equal(await raceAbort(signal, Promise.resolve(1)), 1);
    await assert.rejects(raceAbort(signal, Promise.reject(new Error("no"))), /no/);
    assert.equal(listeners(signal), 0);
  });

  it("fails with the reason of its signal; a later failure of its promise is handled", async () => {
    const reason = new Error("closed");
    const stop = new AbortController();
    const work = new Manual<void>();
    const racing = raceAbort(stop.signal, work.promise);
    stop.abort(reason);
    await assert.rejects(racing, reason);
    await assert.rejects(raceAbort(stop.signal, work.promise), reason);
    // An unhandled rejection would fail this run.
    work.reject(new Error("late"));
    await new Promise((resolve) => setImmediate(resolve));
  });
});
