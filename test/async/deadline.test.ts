import assert from "node:assert/strict";
import { SpotifyError } from "../../src";
import { Deadline, settledWithin, withDeadline } from "../../src/async/deadline";
import { raceAbort } from "../../src/async/race-abort";
import { Outcome } from "../support/failure";
import { Manual, useClock } from "./support";

const late = (): SpotifyError => new SpotifyError("TIMEOUT", "No answer.");
/** Work that ends only when its signal aborts. */
const endless = (signal: AbortSignal): Promise<never> => raceAbort(signal, new Promise<never>(() => {}));

describe("a deadline", () => {
  const clock = useClock();

  it("aborts its signal after the delay, with its error, unless it is cleared", async () => {
    const [kept, cleared] = [new Deadline(100, late), new Deadline(100, late)];
    cleared.clear();
    await clock.current.tickAsync(100);
    assert.equal((kept.signal.reason as SpotifyError).message, "No answer.");
    assert.equal(cleared.signal.aborted, false);
  });

  it("gives the result of work that ends in time, and leaves no timer", async () => {
    assert.equal(await withDeadline(100, late, () => Promise.resolve("done")), "done");
    await assert.rejects(
      withDeadline(100, late, () => Promise.reject(new Error("no"))),
      /no/,
    );
  });

  it("ends work that takes too long", async () => {
    const work = new Outcome(withDeadline(100, late, endless));
    await clock.current.tickAsync(99);
    assert.equal(work.pending, true);
    await clock.current.tickAsync(1);
    assert.equal(work.error?.code, "TIMEOUT");
  });

  it("ends work when the caller's signal aborts", async () => {
    const stop = new AbortController();
    const work = withDeadline(100, late, endless, stop.signal);
    stop.abort(new Error("closed"));
    await assert.rejects(work, /closed/);
  });

  it("gives closing work enough time, and no more", async () => {
    await settledWithin(100, Promise.resolve());
    await settledWithin(100, Promise.reject(new Error("no")));
    const goodbye = new Outcome(settledWithin(100, new Manual<void>().promise));
    await clock.current.tickAsync(99);
    assert.equal(goodbye.pending, true);
    await clock.current.tickAsync(1);
    assert.equal(goodbye.pending, false);
    assert.equal(goodbye.error, undefined);
  });
});
