import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { withDeadline } from "../../src/async/deadline";
import { endingWith, withEither } from "../../src/async/ending-with";
import { SkippableWait } from "../../src/async/skippable-wait";
import { SpotifyError } from "../../src/core/errors";

describe("endingWith", () => {
  const REASON = new Error("It is over.");
  const listeners = ({ signal }: AbortController): number => getEventListeners(signal, "abort").length;

  for (const which of [0, 1] as const) {
    it(`aborts with the ${["first", "second"][which]} signal, with the same reason`, () => {
      const controllers = [new AbortController(), new AbortController()] as const;
      const { signal } = endingWith(controllers[0].signal, controllers[1].signal);
      assert.equal(signal.aborted, false);
      controllers[which].abort(REASON);
      assert.equal(signal.reason, REASON);
    });
  }

  it("is already aborted if one of them is", () => {
    const { signal } = endingWith(new AbortController().signal, AbortSignal.abort(REASON));
    assert.equal(signal.reason, REASON);
  });

  it("leaves no listener when it is cleared, and no longer aborts", () => {
    const closing = new AbortController();
    const given = new AbortController();
    for (let i = 0; i < 100; i++) endingWith(closing.signal, given.signal).clear();
    const { signal, clear } = endingWith(closing.signal, given.signal);
    assert.deepEqual([listeners(closing), listeners(given)], [1, 1]);
    clear();
    assert.deepEqual([listeners(closing), listeners(given)], [0, 0]);
    closing.abort(REASON);
    assert.equal(signal.aborted, false);
  });
});

describe("A function that follows a long-lived signal", () => {
  const late = (): SpotifyError => new SpotifyError("TIMEOUT", "Too late.");
  const ways: [what: string, run: (closing: AbortSignal) => Promise<unknown>][] = [
    ["withEither", (closing) => withEither([closing, undefined], () => Promise.resolve())],
    ["withEither that fails", (closing) => withEither([closing], () => Promise.reject(new Error("No.")))],
    ["withDeadline", (closing) => withDeadline(60_000, late, () => Promise.resolve(), closing)],
    ["SkippableWait", (closing) => new SkippableWait().wait(1, closing)],
  ];
  for (const [what, run] of ways) {
    it(`leaves no listener on it: ${what}`, async () => {
      const closing = new AbortController();
      await Promise.allSettled(Array.from({ length: 20 }, () => run(closing.signal)));
      assert.equal(getEventListeners(closing.signal, "abort").length, 0);
    });
  }
});
