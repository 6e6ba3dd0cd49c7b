import assert from "node:assert/strict";
import { Backoff } from "../../src/async/backoff";
import { giveUpOnFailure, retry, retryUntilAborted } from "../../src/async/retry";
import { Outcome } from "../support/failure";
import { useClock } from "./support";

/** Fails with its number until try `succeedsAt`. */
function flaky(succeedsAt: number): (count: number) => Promise<string> {
  return (count) =>
    count < succeedsAt ? Promise.reject(new Error(`try ${count}`)) : Promise.resolve(`try ${count}`);
}

describe("Backoff", () => {
  it("doubles its steps up to the limit; each wait is between half and the whole of its step", () => {
    const backoff = new Backoff(100, 1_000);
    for (const step of [100, 200, 400, 800, 1_000, 1_000]) {
      const delay = backoff.next();
      assert.ok(delay >= step / 2 && delay <= step, `${delay} for a step of ${step}`);
    }
    backoff.reset();
    assert.ok(backoff.next() <= 100);
  });

  it("stays at its limit however often it is asked", () => {
    const backoff = new Backoff(100, 1_000);
    for (let i = 0; i < 5_000; i++) assert.ok(backoff.next() <= 1_000);
  });
});

describe("retry", () => {
  const clock = useClock();
  const tens = { next: () => 10 };

  it("gives the result of the first try that succeeds, and waits before each other try", async () => {
    const result = new Outcome(retry(flaky(3), { tries: 3, backoff: tens }));
    await clock.current.tickAsync(19);
    assert.equal(result.pending, true);
    await clock.current.tickAsync(1);
    assert.equal(result.result, "try 3");
  });

  it("fails with the last failure after its tries", async () => {
    const result = new Outcome(retry(flaky(9), { tries: 3, backoff: tens }));
    await clock.current.tickAsync(20);
    assert.equal(result.error?.message, "try 3");
  });

  it("tries again only if that may help", async () => {
    const asked: unknown[] = [];
    const mayHelp = (error: unknown): boolean => {
      asked.push((error as Error).message);
      return asked.length < 2;
    };
    const result = new Outcome(retry(flaky(9), { tries: 5, backoff: tens, mayHelp }));
    await clock.current.tickAsync(100);
    assert.equal(result.error?.message, "try 2");
    assert.deepEqual(asked, ["try 1", "try 2"]);
  });

  it("tries again for a result that another try may improve, and gives the last one", async () => {
    const action = (count: number): Promise<number> => Promise.resolve(count);
    const mayImprove = (count: number): boolean => count < 9;
    const result = new Outcome(retry(action, { tries: 3, backoff: tens, mayImprove }));
    await clock.current.tickAsync(20);
    assert.equal(result.result, 3);
  });

  it("waits as long as the failure asks for; after a wait of 0 no timer runs", async () => {
    const failures: string[] = [];
    const backoff = {
      next: (error: unknown): number => {
        failures.push((error as Error).message);
        return 0;
      },
    };
    assert.equal(await retry(flaky(3), { tries: 3, backoff }), "try 3");
    assert.deepEqual(failures, ["try 1", "try 2"]);
  });

  it("does not repeat a step that has its own retries, and throws the step's error at once", async () => {
    let tries = 0;
    const step = new Error("the step failed");
    const action = async (): Promise<void> => {
      tries++;
      await giveUpOnFailure(Promise.reject(step));
    };
    await assert.rejects(retry(action, { tries: 3, backoff: tens }), (error) => error === step);
    assert.equal(tries, 1);
    assert.equal(await retry(() => giveUpOnFailure(Promise.resolve(7)), { tries: 3, backoff: tens }), 7);
  });

  it("ends its wait when its signal aborts", async () => {
    const stop = new AbortController();
    const result = retry(flaky(9), { tries: 3, backoff: tens, signal: stop.signal });
    const failed = assert.rejects(result, /closed/);
    await clock.current.tickAsync(5);
    stop.abort(new Error("closed"));
    await failed;
  });
});

describe("retryUntilAborted", () => {
  const clock = useClock();

  it("tries until it succeeds, and reports each failure", async () => {
    const failures: unknown[] = [];
    let tries = 0;
    const result = new Outcome(
      retryUntilAborted(() => flaky(8)(++tries), {
        backoff: new Backoff(10, 20),
        signal: new AbortController().signal,
        onError: (error) => failures.push((error as Error).message),
      }),
    );
    await clock.current.tickAsync(140);
    assert.equal(result.result, "try 8");
    assert.equal(failures.length, 7);
  });

  it("ends with its signal: in a wait, and in a try, whose failure is not reported then", async () => {
    for (const abortsAt of [1, 2]) {
      const stop = new AbortController();
      const failures: unknown[] = [];
      let tries = 0;
      const action = (): Promise<never> => {
        if (++tries === 2 && abortsAt === 2) stop.abort();
        return Promise.reject(new Error(`try ${tries}`));
      };
      const result = new Outcome(
        retryUntilAborted(action, {
          backoff: new Backoff(10, 10),
          signal: stop.signal,
          onError: (error) => failures.push(error),
        }),
      );
      await clock.current.tickAsync(1);
      if (abortsAt === 1) stop.abort();
      await clock.current.tickAsync(20);
      assert.equal(result.pending, false);
      assert.equal(result.result, undefined);
      assert.equal(tries, abortsAt);
      assert.equal(failures.length, 1);
    }
  });
});
