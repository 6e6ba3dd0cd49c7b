import assert from "node:assert/strict";
import FakeTimers, { type Clock } from "@sinonjs/fake-timers";

/** A clock that stands still until a test moves it. Fails a test that leaves a timer behind. */
export function useClock(): { readonly current: Clock } {
  const holder: { current: Clock } = { current: undefined as unknown as Clock };
  beforeEach(() => {
    holder.current = FakeTimers.install({
      now: 1_000_000,
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
    });
  });
  afterEach(() => {
    const timers = holder.current.countTimers();
    holder.current.uninstall();
    assert.equal(timers, 0, "a timer is left");
  });
  return holder;
}

/** A promise that a test settles. */
export class Manual<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
