import assert from "node:assert/strict";
import { SkippableWait } from "../../src/async/skippable-wait";

const LONG = 60_000;
const NEVER = new AbortController().signal;

describe("A wait that can be cut short", () => {
  it("lasts as long as it was asked to", async () => {
    const began = performance.now();
    await new SkippableWait().wait(20, NEVER);
    assert.ok(performance.now() - began >= 18);
  });

  it("ends when it is skipped, and when its signal is aborted", async () => {
    const pause = new SkippableWait();
    const skipped = pause.wait(LONG, NEVER);
    pause.skip();
    await skipped;
    const stop = new AbortController();
    const aborted = pause.wait(LONG, stop.signal);
    stop.abort(new Error("Over."));
    await aborted;
    await pause.wait(LONG, stop.signal);
  });

  it("is not cut short by a skip that came before it", async () => {
    const pause = new SkippableWait();
    pause.skip();
    const began = performance.now();
    await pause.wait(20, NEVER);
    assert.ok(performance.now() - began >= 18);
  });
});
